import EdgeFormat
import ModelGraph

/// A quantized graph as the operations and tensors of a file, before tensors have places in the arena.
///
/// Flatten and reshape are no operations here: their output is another view of the same memory.
struct Lowering {
    private let graph: Graph
    private(set) var operations: [OperationRecord] = []
    private(set) var tensors: [ModelTensor] = []
    /// For each tensor in the arena, the tensor whose memory it shares; itself where it has its own.
    private(set) var memoryOwner: [Int] = []
    private(set) var weights = ByteWriter()
    private(set) var tables = ByteWriter()
    /// The file's tensor of each value of the graph.
    private(set) var tensorOf: [Int?]
    /// The value that each operation computes.
    private(set) var resultOf: [Graph.ValueID] = []
    private let borders: [Border]

    init(_ graph: Graph) throws(EdgeError) {
        self.graph = graph
        borders = Self.borders(graph)
        tensorOf = [Int?](repeating: nil, count: graph.values.count)
        for id in graph.inputs { _ = try activation(id) }
        for node in graph.nodes {
            do throws(EdgeError) {
                try lower(node)
            } catch {
                throw error.within("node '\(node.name)'")
            }
        }
        for id in graph.outputs where tensorOf[id].map({ tensors[$0].role }) != .output {
            throw EdgeError(.data, at: "output '\(graph.values[id].name)'", "is not computed by any operation")
        }
    }

    /// The widest border that a reader of each value needs: padding of convolutions, and of pools that count it.
    private static func borders(_ graph: Graph) -> [Border] {
        var borders = [Border](repeating: Border(), count: graph.values.count)
        for node in graph.nodes {
            let padding: Padding
            switch node.operation {
            case let convolution as Convolution: padding = convolution.padding
            case let pool as AveragePool where pool.countsPadding: padding = pool.padding
            default: continue
            }
            let border = borders[node.inputs[0]]
            borders[node.inputs[0]] = Border(
                top: max(border.top, padding.top), left: max(border.left, padding.left),
                bottom: max(border.bottom, padding.bottom), right: max(border.right, padding.right))
        }
        return borders
    }

    private mutating func lower(_ node: Graph.Node) throws(EdgeError) {
        switch node.operation {
        case let convolution as Convolution: try lower(convolution, node)
        case let dense as Dense: try lower(dense, node)
        case let pool as AveragePool:
            try add(.averagePool, node, inputs: [node.inputs[0]], pool.parameters.stored)
        case let pool as MaxPool:
            try add(.maxPool, node, inputs: [node.inputs[0]], pool.parameters.stored)
        case is Flatten, is Reshape: try share(node)
        case is Softmax:
            let scale = try graph.values[node.inputs[0]].type.activationQuantization.scales[0]
            let offset = addTable { for entry in Softmax.exponentials(scale: scale) { $0.append(entry) } }
            try add(.softmax, node, inputs: [node.inputs[0]], SoftmaxParameters(offset: offset).stored)
        case let function as any UnaryOperation:
            let input = try graph.values[node.inputs[0]].type.activationQuantization
            let output = try graph.values[node.outputs[0]].type.activationQuantization
            try lower(function.table(from: input, to: output), node)
        case let table as Table: try lower(table, node)
        default: throw EdgeError(.data, at: "", "\(type(of: node.operation).name) cannot be compiled to 8 bits")
        }
    }

    private mutating func lower(_ convolution: Convolution, _ node: Graph.Node) throws(EdgeError) {
        let padding = convolution.padding
        let parameters = ConvolutionParameters(
            strideY: convolution.strides.height, strideX: convolution.strides.width,
            padding: Border(top: padding.top, left: padding.left, bottom: padding.bottom, right: padding.right),
            dilationY: convolution.dilations.height, dilationX: convolution.dilations.width)
        try add(.convolution, node, inputs: node.inputs, parameters.stored)
        clampOutput(convolution.activation, node)
    }

    private mutating func lower(_ dense: Dense, _ node: Graph.Node) throws(EdgeError) {
        let rows = graph.values[node.inputs[0]].type
        guard rows.count == rows.shape.last else {
            throw EdgeError(.data, at: "", "has more than one row; only one can be compiled")
        }
        try add(.dense, node, inputs: node.inputs, [])
        clampOutput(dense.activation, node)
    }

    private mutating func lower(_ table: Table, _ node: Graph.Node) throws(EdgeError) {
        let offset = addTable { $0.append(table.entries.map { UInt8(bitPattern: $0) }) }
        try add(.table, node, inputs: [node.inputs[0]], TableParameters(offset: offset).stored)
    }

    /// A fused activation as clamp bounds of the result.
    private mutating func clampOutput(_ activation: Activation, _ node: Graph.Node) {
        guard let index = tensorOf[node.outputs[0]], let quantization = graph.values[node.outputs[0]].type.quantization
        else { return }
        let bounds = activation.bounds(quantization)
        tensors[index].minimum = Int(bounds.minimum)
        tensors[index].maximum = Int(bounds.maximum)
    }

    private mutating func addTable(_ append: (inout ByteWriter) -> Void) -> Int {
        tables.align(to: 64)
        let offset = tables.count
        append(&tables)
        return offset
    }

    private mutating func add(
        _ kind: OperationKind, _ node: Graph.Node, inputs: [Graph.ValueID], _ parameters: [Int]
    ) throws(EdgeError) {
        var operands: [Int] = []
        for id in inputs { operands.append(try graph.values[id].constant == nil ? activation(id) : constant(id)) }
        let output = try activation(node.outputs[0])
        operations.append(
            OperationRecord(name: node.name, kind: kind, inputs: operands, outputs: [output], parameters: parameters))
        resultOf.append(node.outputs[0])
    }

    /// Makes a node's output another view of its input's memory. A picture with a border is not in one piece: it is copied
    /// first.
    private mutating func share(_ node: Graph.Node) throws(EdgeError) {
        var source = try activation(node.inputs[0])
        if !tensors[source].border.isEmpty || tensors[source].role == .input {
            source = try copy(of: source, name: node.name + ".copy", value: node.inputs[0])
        }
        let view = try activation(node.outputs[0])
        memoryOwner[view] = memoryOwner[source]
    }

    /// The same values without a border, through the table that changes nothing.
    private mutating func copy(of source: Int, name: String, value: Graph.ValueID) throws(EdgeError) -> Int {
        var tensor = tensors[source]
        tensor.name = name
        tensor.role = .temporary
        tensor.border = Border()
        let target = append(tensor)
        let offset = addTable { $0.append((-128...127).map { UInt8(bitPattern: Int8($0)) }) }
        operations.append(
            OperationRecord(
                name: name, kind: .table, inputs: [source], outputs: [target],
                parameters: TableParameters(offset: offset).stored))
        resultOf.append(value)
        return target
    }

    private mutating func append(_ tensor: ModelTensor) -> Int {
        tensors.append(tensor)
        memoryOwner.append(tensors.count - 1)
        return tensors.count - 1
    }

    /// The file's tensor of an activation.
    private mutating func activation(_ id: Graph.ValueID) throws(EdgeError) -> Int {
        if let known = tensorOf[id] { return known }
        let value = graph.values[id]
        let quantization = try value.type.activationQuantization
        guard value.type.shape.count <= 6, value.type.shape.count != 4 || value.type.shape[0] == 1 else {
            throw EdgeError(
                .data, at: "value '\(value.name)'", "has a batch or more than 6 axes; compile it for one picture")
        }
        let role: ModelTensor.Role =
            graph.inputs.contains(id) ? .input : graph.outputs.contains(id) ? .output : .temporary
        let index = append(
            ModelTensor(
                name: value.name, element: .int8, role: role, shape: value.type.shape, scales: quantization.scales,
                zeroPoint: Int(quantization.zeroPoint), home: .arena(0), border: borders[id]))
        tensorOf[id] = index
        return index
    }

    /// The file's tensor of a constant, its bytes appended to `weights`.
    private mutating func constant(_ id: Graph.ValueID) throws(EdgeError) -> Int {
        if let known = tensorOf[id] { return known }
        let value = graph.values[id]
        weights.align(to: 64)
        let offset = weights.count
        let element: ModelElement
        switch value.constant {
        case .int8(let bytes):
            element = .int8
            weights.append(bytes.map { UInt8(bitPattern: $0) })
        case .int32(let integers):
            element = .int32
            for integer in integers { weights.append(integer) }
        default: throw EdgeError(.data, at: "constant '\(value.name)'", "is not quantized")
        }
        let index = append(
            ModelTensor(
                name: value.name, element: element, role: .constant, shape: value.type.shape,
                scales: value.type.quantization?.scales ?? [], minimum: element == .int8 ? -128 : 0,
                maximum: element == .int8 ? 127 : 0, home: .weights(offset)))
        tensorOf[id] = index
        return index
    }
}

extension AveragePool {
    fileprivate var parameters: PoolParameters {
        PoolParameters(window: window, strides: strides, padding: padding, countsPadding: countsPadding)
    }
}

extension MaxPool {
    fileprivate var parameters: PoolParameters {
        PoolParameters(window: window, strides: strides, padding: padding, countsPadding: false)
    }
}

extension PoolParameters {
    fileprivate init(window: Extent, strides: Extent, padding: Padding, countsPadding: Bool) {
        self.init(
            windowY: window.height, windowX: window.width, strideY: strides.height, strideX: strides.width,
            padding: Border(top: padding.top, left: padding.left, bottom: padding.bottom, right: padding.right),
            countsPadding: countsPadding)
    }
}
