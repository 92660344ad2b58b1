import EdgeFormat
import ModelGraph

/// A quantized graph as operations and tensors of a file, before tensors have places in the arena.
///
/// Flatten and reshape are no operations here: their output is another view of the same memory. How each operation is
/// written stands in `LoweredOperations.swift`.
struct Lowering {
    let graph: Graph
    /// What the file holds: of the graphs before, and of this one.
    var parts: FileParts
    /// The operations of this graph.
    private(set) var range: Range<Int>
    /// The file's tensor of each value of the graph.
    private(set) var tensorOf: [Int?]
    /// The values that each operation of this graph computes; none of an operation that is a part of a node.
    private(set) var resultsOf: [[Graph.ValueID]] = []
    /// Slices of channels, which may turn out to be no operations: where each stands, and what it is.
    private var slices: [(slice: FileParts.ChannelSlice, rearrangement: Rearrangement, node: Graph.Node)] = []
    /// The file's outputs: the graph's, and numbers of rows.
    private(set) var outputs: [(value: Graph.ValueID, tensor: Int)] = []
    /// Which values depend on float arithmetic, so that their bits are none to compare.
    let isRounded: [Bool]
    let borders: [Border]
    /// The largest time step that the graph is asked about.
    private let lastStep: Int

    /// - Parameters:
    ///   - parts: of the graphs before.
    ///   - steps: time steps of the schedule, where there is one.
    init(_ graph: Graph, after parts: FileParts = FileParts(), steps: Int = 1000) throws(EdgeError) {
        self.graph = graph
        self.parts = parts
        lastStep = steps - 1
        borders = try Self.borders(graph)
        isRounded = graph.roundedValues
        tensorOf = [Int?](repeating: nil, count: graph.values.count)
        range = parts.operations.count..<parts.operations.count
        for id in graph.inputs { _ = try activation(id) }
        for node in graph.nodes {
            do throws(EdgeError) {
                try lower(node)
            } catch {
                throw error.within("node '\(node.name)'")
            }
        }
        for id in graph.outputs { outputs.append((id, try output(id))) }
        addCounts()
        for id in graph.states { try remember(id) }
        range = range.lowerBound..<self.parts.operations.count
        try placeParts()
    }

    /// Joins and slices without copies where that can be; the slices that are left become operations.
    private mutating func placeParts() throws(EdgeError) {
        let gone = parts.placeParts(range, slices: slices.map(\.slice))
        guard !slices.isEmpty else { return }
        var rest = slices[...]
        let (records, results) = (parts.removeOperations(from: range.lowerBound), resultsOf)
        resultsOf = []
        for (index, record) in records.enumerated() {
            if let next = rest.first, next.slice.operation == range.lowerBound + index {
                rest.removeFirst()
                if !gone.contains(next.slice.operation) { try rearrange(next.rearrangement, next.node) }
            } else {
                parts.add(record)
                resultsOf.append(results[index])
            }
        }
        range = range.lowerBound..<parts.operations.count
    }

    /// Elements in other places. What is in one piece of the input's memory is a view of it.
    mutating func lower(_ rearrangement: Rearrangement, _ node: Graph.Node) throws(EdgeError) {
        if let first = rearrangement.firstOfPiece {
            let (source, target) = (try operand(node.inputs[0]), try activation(node.outputs[0]))
            if parts.tensors[source].role == .temporary, parts.tensors[source].border.isEmpty,
                parts.tensors[target].border.isEmpty
            {
                return parts.share(target, memoryOf: source, at: first)
            }
        }
        guard graph.values[node.outputs[0]].type.quantization != nil, let channel = rearrangement.firstChannel else {
            return try rearrange(rearrangement, node)
        }
        slices.append(
            (FileParts.ChannelSlice(operation: parts.operations.count, channel: channel), rearrangement, node))
        try add(.rearrangement, node, [])
    }

    /// Whether every result is the same bits on every processor.
    var isExact: Bool {
        resultsOf.allSatisfy { results in !results.isEmpty && results.allSatisfy { !isRounded[$0] } }
    }

    /// The tensor of one of the graph's outputs; a copy where the output is given, constant, or listed before.
    private mutating func output(_ id: Graph.ValueID) throws(EdgeError) -> Int {
        let value = graph.values[id]
        let isListed = outputs.contains { $0.value == id }
        if let known = tensorOf[id], parts.tensors[known].role == .output, !isListed { return known }
        guard isPlain(id) else {
            throw EdgeError(.data, at: "output '\(value.name)'", "is not computed by any operation")
        }
        let source = try operand(id)
        let target = parts.add(try tensor(id, .output))
        record(.conversion, value.name + ".copy", inputs: [source], outputs: [target], [], computes: [id])
        return target
    }

    /// Names the tensor that a state is copied from after a run: one that stays until then.
    private mutating func remember(_ state: Graph.ValueID) throws(EdgeError) {
        guard let tensor = tensorOf[state], let next = graph.values[state].next else { return }
        guard isPlain(state) else {
            throw EdgeError(.data, at: "state '\(graph.values[state].name)'", "has a scale, which cannot be compiled")
        }
        var source = try operand(next)
        if ![.temporary, .output].contains(parts.tensors[source].role) {
            let target = addTensor(like: tensor, name: graph.values[state].name + ".next")
            record(.conversion, parts.tensors[target].name, inputs: [source], outputs: [target], [], computes: [next])
            source = target
        }
        parts.remember(tensor, from: source)
    }

    /// Rows whose number is known after a run alone get an output that tells it.
    private mutating func addCounts() {
        for (value, tensor) in outputs {
            guard let id = graph.values[value].rowCount, let count = tensorOf[id] else { continue }
            if !outputs.contains(where: { $0.tensor == count }) {
                parts.makeOutput(count)
                outputs.append((id, count))
            }
            parts.count(tensor, by: count)
        }
    }

    /// The widest border that a reader of each value needs: padding of convolutions, and of pools that count it.
    /// - Throws: `EdgeError` for padding that a compiled file cannot hold.
    private static func borders(_ graph: Graph) throws(EdgeError) -> [Border] {
        var borders = [Border](repeating: Border(), count: graph.values.count)
        for node in graph.nodes {
            let padding: Padding
            switch node.operation {
            case let convolution as Convolution: padding = convolution.padding
            case let sum as ConvolutionAddition: padding = sum.convolution.padding
            case let pool as AveragePool where pool.countsPadding: padding = pool.padding
            default: continue
            }
            // Floats have no border: their operations look where the picture ends.
            guard graph.values[node.inputs[0]].type.element.isQuantized else { continue }
            let largest = max(padding.top, padding.left, padding.bottom, padding.right)
            guard largest <= Border.largest else {
                throw EdgeError(
                    .data, at: "node '\(node.name)'",
                    "pads by \(largest); a compiled file has at most \(Border.largest)")
            }
            borders[node.inputs[0]] = borders[node.inputs[0]].union(
                Border(top: padding.top, left: padding.left, bottom: padding.bottom, right: padding.right))
        }
        return borders
    }

    /// Adds the operation of a node whose operands are the tensors of its inputs.
    mutating func add(
        _ kind: OperationKind, _ node: Graph.Node, _ parameters: [Int], inputs: [Int]? = nil, output: Int? = nil
    ) throws(EdgeError) {
        var operands: [Int] = inputs ?? []
        if inputs == nil {
            for id in node.inputs {
                operands.append(try operand(id))
            }
        }
        let result: Int
        if let output { result = output } else { result = try activation(node.outputs[0]) }
        record(kind, node.name, inputs: operands, outputs: [result], parameters, computes: [node.outputs[0]])
    }

    mutating func record(
        _ kind: OperationKind, _ name: String, inputs: [Int], outputs: [Int], _ parameters: [Int],
        computes values: [Graph.ValueID] = []
    ) {
        parts.add(
            OperationRecord(name: name, kind: kind, inputs: inputs, outputs: outputs, parameters: parameters))
        resultsOf.append(values)
    }

    /// Makes a node's output another view of its input's memory. A picture with a border is not in one piece: it is copied
    /// first.
    mutating func share(_ node: Graph.Node) throws(EdgeError) {
        var source = try activation(node.inputs[0])
        if !parts.tensors[source].border.isEmpty || parts.tensors[source].role != .temporary {
            source = copy(of: source, name: node.name + ".copy", value: node.inputs[0])
        }
        let result = try activation(node.outputs[0])
        guard !parts.tensors[result].border.isEmpty else { return parts.share(result, memoryOf: source) }
        // What has a border is no view of what has none.
        let view = addTensor(like: result, name: node.name + ".view")
        parts.share(view, memoryOf: source)
        copy(view, to: result, name: node.name + ".bordered", value: node.outputs[0])
    }

    /// The same values without a border.
    mutating func copy(of source: Int, name: String, value: Graph.ValueID) -> Int {
        let target = addTensor(like: source, name: name)
        copy(source, to: target, name: name, value: value)
        return target
    }

    /// A tensor like another one, without a border.
    mutating func addTensor(like source: Int, name: String) -> Int {
        var tensor = parts.tensors[source]
        tensor.name = name
        tensor.role = .temporary
        tensor.sourceAxes = []
        tensor.nextTensor = nil
        tensor.border = Border()
        return parts.add(tensor)
    }

    /// Copies values: through the table that changes nothing, or the rescaling that does not.
    mutating func copy(_ source: Int, to target: Int, name: String, value: Graph.ValueID) {
        guard parts.tensors[source].element == .int8 else {
            return record(.rescale, name, inputs: [source], outputs: [target], [], computes: [value])
        }
        let offset = parts.addTable { $0.append((-128...127).map { UInt8(bitPattern: Int8($0)) }) }
        record(
            .table, name, inputs: [source], outputs: [target], TableParameters(offset: offset).stored, computes: [value]
        )
    }

    /// The file's tensor of an activation, or of an input that counts or names something.
    mutating func activation(_ id: Graph.ValueID) throws(EdgeError) -> Int {
        if let known = tensorOf[id] { return known }
        let value = graph.values[id]
        guard value.type.shape.count <= 6, isPlain(id) || value.type.shape.count != 4 || value.type.shape[0] <= 64
        else {
            throw EdgeError(.data, at: "value '\(value.name)'", "has more than 64 pictures or more than 6 axes")
        }
        let role: ModelTensor.Role =
            value.next != nil
            ? .state : graph.inputs.contains(id) ? .input : graph.outputs.contains(id) ? .output : .temporary
        let index = parts.add(try tensor(id, role))
        tensorOf[id] = index
        return index
    }

    private func tensor(_ id: Graph.ValueID, _ role: ModelTensor.Role) throws(EdgeError) -> ModelTensor {
        let value = graph.values[id]
        if value.type.quantization == nil {
            // An index is cut to bounds, any other int32 is itself.
            let isIndex = isIndex(id)
            var tensor = ModelTensor(
                name: value.name, element: value.type.element.stored, role: role, shape: value.type.shape,
                minimum: isIndex ? 0 : Int(Int32.min), maximum: isIndex ? largestIndex(id) : Int(Int32.max),
                home: .arena(0))
            tensor.sourceAxes = value.sourceAxes ?? []
            return tensor
        }
        let quantization = try value.type.activationQuantization
        let isWide = value.type.element == .int16
        var tensor = ModelTensor(
            name: value.name, element: isWide ? .int16 : .int8, role: role, shape: value.type.shape,
            scales: quantization.scales, zeroPoint: Int(quantization.zeroPoint), minimum: isWide ? -32767 : -128,
            maximum: isWide ? 32767 : 127, home: .arena(0), border: borders[id])
        tensor.sourceAxes = value.sourceAxes ?? []
        return tensor
    }

    /// Whether a value's elements are themselves and no integers that stand for reals.
    func isPlain(_ id: Graph.ValueID) -> Bool { graph.values[id].type.quantization == nil && !isIndex(id) }

    /// Whether it is an input that quantized operations look something up by.
    private func isIndex(_ id: Graph.ValueID) -> Bool {
        guard graph.values[id].type.element == .int32, graph.inputs.contains(id) else { return false }
        return graph.nodes.contains {
            $0.inputs.first == id && graph.values[$0.outputs[0]].type.quantization != nil
                && ($0.operation is Embedding || $0.operation is Sinusoid)
        }
    }

    /// The largest index or time step that every reader of an input takes.
    private func largestIndex(_ id: Graph.ValueID) -> Int {
        var largest = 65_535
        for node in graph.nodes where node.inputs.first == id {
            if node.operation is Embedding {
                largest = min(largest, graph.values[node.inputs[1]].type.shape[0] - 1)
            } else {
                largest = min(largest, lastStep)
            }
        }
        return largest
    }

    /// The file's tensor of a constant.
    mutating func constant(_ id: Graph.ValueID) throws(EdgeError) -> Int {
        if let known = tensorOf[id] { return known }
        let index = try parts.addConstant(graph.values[id])
        tensorOf[id] = index
        return index
    }
}
