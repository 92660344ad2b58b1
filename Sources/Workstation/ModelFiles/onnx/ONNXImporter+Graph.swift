import EdgeFormat
import ModelGraph

// Values and nodes of the graph.
extension ONNXImporter {
    mutating func addConstant(_ name: String, _ shape: [Int], _ data: TensorData) throws(EdgeError) -> Graph.ValueID {
        // A list may be empty: an optional one that is left out, or a part of a shape.
        if shape != [0] { _ = try Shape.elementCount(shape) }
        return result.addConstant(name, shape, data)
    }

    /// Counts bytes of memory that making a constant or a table is about to take.
    mutating func charge(bytes: Int) throws(EdgeError) {
        madeBytes += min(bytes, Self.madeLimit + 1)
        guard madeBytes <= Self.madeLimit else {
            throw EdgeError(
                .data, at: "", "it takes more than \(Self.madeLimit >> 20) MiB to compute the model's constants")
        }
    }

    mutating func addConstant(_ name: String, _ shape: [Int], _ floats: [Float]) -> Graph.ValueID {
        result.addConstant(name, shape, .float32(floats))
    }

    /// Adds an operation of one output; one that has only constant inputs is computed instead.
    mutating func emit(
        _ operation: any Operation, _ inputs: [Graph.ValueID], name: String, output: String? = nil
    ) throws(EdgeError) -> Graph.ValueID {
        try emitAll(operation, inputs, name: name, outputs: [output ?? name])[0]
    }

    /// The same of an operation of several outputs, named `outputs`.
    mutating func emitAll(
        _ operation: any Operation, _ inputs: [Graph.ValueID], name: String, outputs: [String]
    ) throws(EdgeError) -> [Graph.ValueID] {
        let operands = inputs.compactMap { id in
            result.values[id].constant.map { (type: result.values[id].type, data: $0) }
        }
        if operands.count == inputs.count {
            let types = try operation.outputTypes(of: operands.map(\.type))
            let (made, given) = (types.map(\.bytes).reduce(0, +), operands.map(\.type.bytes).reduce(0, +))
            // The places of elements are held beside them.
            try charge(bytes: max(made - given, 0) * 8)
            let data = try operation.evaluate(operands, outputs: types)
            return zip(zip(outputs, types), data).map { result.addConstant($0.0, $0.1.shape, $1) }
        }
        do throws(EdgeError) {
            let ids = try result.addAll(operation, name: name, inputs: inputs, outputs: outputs)
            for id in ids { producers[id] = result.nodes.count - 1 }
            return ids
        } catch {
            // The place is named once, by the caller.
            throw EdgeError(error.kind, at: "", error.sentence)
        }
    }

    /// Adds an operation whose output is the node's.
    mutating func add(
        _ operation: any Operation, for node: ONNXNode, _ inputs: [Graph.ValueID], layout: Layout
    ) throws(EdgeError) {
        let id = try emit(operation, inputs, name: node.label, output: node.outputs[0])
        try define(node.outputs[0], Computed(id: id, layout: layout))
    }

    /// Adds an operation on axes of the graph whose output, axis by axis, is the node's: axis k of it is axis `order[k]`
    /// in the file.
    mutating func add(
        _ operation: any Operation, for node: ONNXNode, _ inputs: [Graph.ValueID], order: [Int]
    ) throws(EdgeError) {
        let id = try emit(operation, inputs, name: node.label, output: node.outputs[0])
        try define(node.outputs[0], Computed(id: id, layout: Layout(order: order, shape(id))))
    }

    /// The node that computes a value; nil for inputs and constants.
    func producer(of id: Graph.ValueID) -> Graph.Node? { producers[id].map { result.nodes[$0] } }

    /// The convolution or dense node that computes a value which nothing but one node reads, so that this reader can be
    /// folded into it.
    func foldable(_ name: String) -> Int? {
        guard readers[name] == 1, let id = computed[name]?.id, !shared.contains(id),
            let producer = producers[id], result.nodes[producer].inputs.count > 1,
            result.nodes[producer].inputs.dropFirst().allSatisfy({ result.values[$0].constant != nil })
        else { return nil }
        switch result.nodes[producer].operation {
        case let convolution as Convolution: return convolution.activation == .none ? producer : nil
        case let dense as Dense: return dense.activation == .none ? producer : nil
        default: return nil
        }
    }

    /// Gives a folded node other operands and its output another name.
    mutating func refit(_ producer: Int, inputs: [Graph.ValueID], output: String) {
        result.nodes[producer].inputs = inputs
        result.values[result.nodes[producer].outputs[0]].name = output
        // What a batch norm said of it holds no longer.
        result.values[result.nodes[producer].outputs[0]].trained = nil
    }
}

extension TensorType {
    fileprivate var bytes: Int { count * element.size }
}
