import EdgeFormat
import ModelGraph

/// Turns a file's nodes into a graph, one after the other.
///
/// A value of four dimensions is a picture: N·C·H·W in the file, N·H·W·C in the graph. No transposes are left behind:
/// where a picture is flattened the order of its elements is remembered (`AxisOrder`), and the dense layer that reads it
/// gets its weights in that order.
struct ONNXImporter {
    /// A value that is given or computed.
    struct Computed {
        var id: Graph.ValueID
        var order: AxisOrder
    }

    private let document: ONNXDocument
    private let nodes: [ONNXNode]
    let opset: Int
    var result: Graph
    /// What the file's names stand for; constants are in the file's order of elements.
    private var computed: [String: Computed] = [:]
    private var constants: [String: ONNXTensor]
    /// Names that nodes compute, to tell a cycle from a name that is nowhere.
    private let promised: Set<String>
    /// How often each name is read, as an output of the model too.
    private var readers: [String: Int] = [:]
    /// The node that computes a value, as an index into the graph's.
    private var producers: [Graph.ValueID: Int] = [:]
    /// Names that stand for a part of a time embedding.
    private(set) var times: [String: TimeChain] = [:]
    /// Values that are read under several names.
    private var shared: Set<Graph.ValueID> = []

    init(_ document: ONNXDocument) throws(EdgeError) {
        self.document = document
        // Unknown operators are told before constants that cannot be read, and are known only after the patterns.
        let initializers = Result { () throws(EdgeError) in try document.initializers() }
        nodes = GELUPattern(
            document.nodes, constants: (try? initializers.get()) ?? [:], outputs: document.outputs.map(\.name)
        ).replaced()
        guard !nodes.isEmpty else { throw EdgeError(.data, at: "", "not an ONNX model: there are no nodes in it") }
        try Self.refuseUnknown(nodes)
        guard let opset = document.opset else {
            throw EdgeError(.data, at: "", "the file does not say which operator set it uses")
        }
        guard Self.opsets.contains(opset) else {
            throw EdgeError(
                .data, at: "",
                "operator set \(opset); \(Self.opsets.lowerBound) ... \(Self.opsets.upperBound) are supported")
        }
        guard !document.hasSparseInitializers else {
            throw EdgeError(.data, at: "", "sparse constants are not supported")
        }
        self.opset = opset
        constants = try initializers.get()
        promised = Set(nodes.flatMap(\.outputs))
        result = Graph(name: document.name)
        result.metadata = document.metadata
        for name in nodes.flatMap(\.inputs) + document.outputs.map(\.name) { readers[name, default: 0] += 1 }
    }

    static let opsets = 7...22

    /// The whole graph, valid and without dead values.
    mutating func graph() throws(EdgeError) -> Graph {
        for input in document.inputs where constants[input.name] == nil {
            do throws(EdgeError) { try addInput(input) } catch { throw error.within("input '\(input.name)'") }
        }
        for node in nodes {
            do throws(EdgeError) { try add(node) } catch { throw error.within(node.place) }
        }
        for output in document.outputs {
            do throws(EdgeError) {
                let value = try value(output.name)
                guard value.order == .same || value.order == .picture else {
                    throw EdgeError(.data, at: "", "a flattened picture as an output is not supported")
                }
                result.outputs.append(try named(value.id, output.name))
            } catch {
                throw error.within("output '\(output.name)'")
            }
        }
        let graph = result.removingDeadCode()
        try graph.validate()
        return graph
    }

    /// The value under the name of an output: an alias that was skipped may have left it another one.
    private mutating func named(_ id: Graph.ValueID, _ name: String) throws(EdgeError) -> Graph.ValueID {
        if result.values[id].name == name { return id }
        if result.inputs.contains(id) || result.outputs.contains(id) {
            return try result.add(Identity(), name: name, inputs: [id])
        }
        result.values[id].name = name
        return id
    }

    private mutating func addInput(_ input: ONNXValue) throws(EdgeError) {
        guard input.elementType == 1 || input.elementType == 7 else {
            throw EdgeError(
                .data, at: "", "element type \(input.elementType); only float32 (1) and int64 (7) are supported")
        }
        guard let dimensions = input.shape else { throw EdgeError(.data, at: "", "its shape is not known") }
        var shape: [Int] = []
        for (axis, dimension) in dimensions.enumerated() {
            // A batch of no fixed size is one picture.
            guard let size = dimension ?? (axis == 0 ? 1 : nil) else {
                throw EdgeError(.data, at: "", "dimension \(axis) has no fixed size; export the model with one")
            }
            shape.append(size)
        }
        _ = try Shape.elementCount(shape)
        guard input.elementType == 1 || shape.count == 1 else {
            throw EdgeError(.data, at: "", "int64 of \(shape.count) dimensions; only lists are supported")
        }
        let id = result.addInput(
            input.name, TensorType(input.elementType == 1 ? .float32 : .int64, AxisOrder.graphShape(shape)))
        try define(input.name, Computed(id: id, order: shape.count == 4 ? .picture : .same))
    }

    private mutating func add(_ node: ONNXNode) throws(EdgeError) {
        guard let rule = Self.rules[node.type] else { return }
        for attribute in node.attributes.keys.sorted() where !rule.attributes.contains(attribute) {
            throw EdgeError(.data, at: "", "attribute '\(attribute)' of \(node.type) is not supported")
        }
        for name in node.inputs where !name.isEmpty { try expectDefined(name) }
        guard node.outputs.first?.isEmpty == false else { throw EdgeError(.data, at: "", "there is no output") }
        try rule.add(&self, node)
    }
}

// What the operators' rules are written with.
extension ONNXImporter {
    /// The value of a name that is given or computed.
    func value(_ name: String) throws(EdgeError) -> Computed {
        if let value = computed[name] { return value }
        if times[name] != nil { throw unfinished(name) }
        try expectDefined(name)
        throw EdgeError(.data, at: "", "'\(name)' is a constant where a computed value is needed")
    }

    /// Checks that a name is given, constant, or computed by an earlier node.
    private func expectDefined(_ name: String) throws(EdgeError) {
        guard computed[name] == nil, constants[name] == nil, times[name] == nil else { return }
        throw EdgeError(
            .data, at: "",
            promised.contains(name)
                ? "'\(name)' is computed only later: the graph has a cycle or is not in order"
                : "there is no value named '\(name)'")
    }

    /// The first input of a node.
    func input(_ node: ONNXNode) throws(EdgeError) -> Computed {
        guard let name = node.inputs.first else { throw EdgeError(.data, at: "", "there is no input") }
        return try value(name)
    }

    func isConstant(_ name: String) -> Bool { constants[name] != nil }

    /// A constant input; nil where the node leaves it out.
    func optionalConstant(_ node: ONNXNode, _ index: Int, _ what: String) throws(EdgeError) -> ONNXTensor? {
        guard node.inputs.indices.contains(index), !node.inputs[index].isEmpty else { return nil }
        let name = node.inputs[index]
        if let tensor = constants[name] { return tensor }
        throw EdgeError(.data, at: "", "\(what) '\(name)' is computed; only constants are supported")
    }

    func constant(_ node: ONNXNode, _ index: Int, _ what: String) throws(EdgeError) -> ONNXTensor {
        guard let tensor = try optionalConstant(node, index, what) else {
            throw EdgeError(.data, at: "", "\(what) (input \(index)) is missing")
        }
        return tensor
    }

    /// A constant of floats.
    func floats(_ node: ONNXNode, _ index: Int, _ what: String) throws(EdgeError) -> (shape: [Int], elements: [Float]) {
        let tensor = try constant(node, index, what)
        guard let floats = tensor.data.floats else {
            throw EdgeError(.data, at: "", "\(what) is \(tensor.data.elementType.rawValue), not float32")
        }
        return (tensor.shape, floats)
    }

    func shape(_ value: Computed) -> [Int] { result.values[value.id].type.shape }

    mutating func define(_ name: String, _ value: Computed) throws(EdgeError) {
        try expectNew(name)
        computed[name] = value
    }

    mutating func define(_ name: String, constant: ONNXTensor) throws(EdgeError) {
        try expectNew(name)
        constants[name] = constant
    }

    mutating func define(_ name: String, time: TimeChain) throws(EdgeError) {
        try expectNew(name)
        times[name] = time
    }

    private func expectNew(_ name: String) throws(EdgeError) {
        guard computed[name] == nil, constants[name] == nil, times[name] == nil else {
            throw EdgeError(.data, at: "", "'\(name)' is computed twice")
        }
    }

    /// The error of reading a part of a time embedding for something else.
    func unfinished(_ name: String) -> EdgeError {
        EdgeError(
            .data, at: "",
            "'\(name)' is supported only in a time embedding: Cast, Unsqueeze, Mul, Sin and Cos, Concat")
    }

    /// The node that computes a value; nil for inputs and constants.
    func producer(of id: Graph.ValueID) -> Graph.Node? { producers[id].map { result.nodes[$0] } }

    /// The node's output is this value under another name.
    mutating func alias(_ node: ONNXNode, _ value: Computed) throws(EdgeError) {
        if node.inputs.contains(where: { computed[$0]?.id == value.id && readers[$0] != 1 }) { shared.insert(value.id) }
        try define(node.outputs[0], value)
    }

    mutating func addConstant(_ name: String, _ shape: [Int], _ floats: [Float]) -> Graph.ValueID {
        result.addConstant(name, shape, .float32(floats))
    }

    /// Adds an operation whose output is the node's.
    mutating func add(
        _ operation: any Operation, for node: ONNXNode, _ inputs: [Graph.ValueID], order: AxisOrder
    ) throws(EdgeError) {
        let id: Graph.ValueID
        let name = node.name.isEmpty ? node.outputs[0] : node.name
        do throws(EdgeError) {
            id = try result.add(operation, name: name, inputs: inputs, output: node.outputs[0])
        } catch {
            // The place is named once, by the caller.
            throw EdgeError(error.kind, at: "", error.sentence)
        }
        producers[id] = result.nodes.count - 1
        try define(node.outputs[0], Computed(id: id, order: order))
    }

    /// The convolution or dense node that computes a value which nothing but one node reads, so that this reader can be
    /// folded into it.
    func foldable(_ name: String) -> Int? {
        guard readers[name] == 1, let id = computed[name]?.id, !shared.contains(id),
            let producer = producers[id]
        else { return nil }
        switch result.nodes[producer].operation {
        case let convolution as Convolution: return convolution.activation == .none ? producer : nil
        case let dense as Dense: return dense.activation == .none ? producer : nil
        default: return nil
        }
    }
}
