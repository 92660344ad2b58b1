import EdgeFormat
import ModelGraph

// How each operation of a graph stands in the file.
extension Lowering {
    mutating func lower(_ node: Graph.Node) throws(EdgeError) {
        if isPlain(node.outputs[0]) || node.operation is Quantize { return try lowerPlain(node) }
        switch node.operation {
        case let rearrangement as Rearrangement: try lower(rearrangement, node)
        case let pad as Pad:
            let shape = graph.values[node.inputs[0]].type.shape
            let operation = Rearrangement.pad(
                shape, before: pad.before, after: pad.after, mode: .constant, fill: Double(pad.value))
            try lower(operation, node)
        case let convolution as Convolution: try lower(convolution, .convolution, node)
        case let sum as ConvolutionAddition: try lower(sum.convolution, .convolutionAddition, node)
        case let dense as Dense: try lower(dense, node)
        case let pool as AveragePool: try add(.averagePool, node, pool.parameters.stored)
        case let pool as MaxPool: try add(.maxPool, node, pool.parameters.stored)
        case is Flatten, is Reshape, is Identity: try share(node)
        case is Softmax:
            let exponentials = Softmax.exponentials(scale: try quantization(node.inputs[0]).scales[0])
            let offset = parts.addTable { for entry in exponentials { $0.append(entry) } }
            try add(.softmax, node, SoftmaxParameters(offset: offset).stored)
        case let function as any UnaryOperation: try lower(function, node)
        case let table as Table: try lower(table, node)
        case let table as InterpolatedTable: try lower(table, node)
        case let norm as GroupNormalization: try lower(norm, node)
        case is Rescale: try add(.rescale, node, [])
        case is Addition: try add(.addition, node, [])
        case let arithmetic as Arithmetic where arithmetic.kind.takesQuantized:
            try add(.quantizedArithmetic, node, [Int(arithmetic.kind.stored.rawValue)])
        case is Concatenation: try add(.concatenation, node, [])
        case let upsampling as Upsampling:
            let factor = upsampling.factor
            try add(.upsampling, node, UpsamplingParameters(factorY: factor.height, factorX: factor.width).stored)
        case is Embedding: try add(.embedding, node, [])
        case let sinusoid as Sinusoid: try lower(sinusoid, node)
        default: throw EdgeError(.data, at: "", "\(type(of: node.operation).name) cannot be compiled to 8 bits")
        }
    }

    private func quantization(_ id: Graph.ValueID) throws(EdgeError) -> Quantization {
        try graph.values[id].type.activationQuantization
    }

    private mutating func lower(
        _ convolution: Convolution, _ kind: OperationKind, _ node: Graph.Node
    ) throws(EdgeError) {
        let padding = convolution.padding
        let parameters = ConvolutionParameters(
            strideY: convolution.strides.height, strideX: convolution.strides.width,
            padding: Border(top: padding.top, left: padding.left, bottom: padding.bottom, right: padding.right),
            dilationY: convolution.dilations.height, dilationX: convolution.dilations.width,
            groups: convolution.groups)
        try addLayer(kind, node, convolution.activation, parameters.stored)
    }

    private mutating func lower(_ dense: Dense, _ node: Graph.Node) throws(EdgeError) {
        let rows = graph.values[node.inputs[0]].type
        guard rows.shape.count == 2 || rows.count == rows.shape.last else {
            throw EdgeError(.data, at: "", "has more than one row in more than two axes")
        }
        try addLayer(.dense, node, dense.activation, [])
    }

    /// A layer whose fused activation stands as clamp bounds of the result, and where they differ by channel as its last
    /// operand.
    private mutating func addLayer(
        _ kind: OperationKind, _ node: Graph.Node, _ activation: Activation, _ parameters: [Int]
    ) throws(EdgeError) {
        let type = graph.values[node.outputs[0]].type
        let quantization = try type.activationQuantization
        var inputs = try operands(node)
        let maxima = activation.maxima(
            channels: type.shape.last ?? 1, quantization, element: type.element)
        if maxima.contains(where: { $0 != maxima.first }) {
            let data: TensorData =
                type.element == .int16
                ? .int16(maxima.map { Int16(clamping: $0) }) : .int8(maxima.map { Int8(clamping: $0) })
            inputs.append(parts.addConstant(node.name + ".maxima", data, [maxima.count]))
        }
        try add(kind, node, parameters, inputs: inputs)
        if let index = tensorOf[node.outputs[0]] {
            parts.bound(index, to: activation.bounds(quantization, element: type.element))
        }
    }

    private mutating func lower(_ function: any UnaryOperation, _ node: Graph.Node) throws(EdgeError) {
        let (input, output) = (try quantization(node.inputs[0]), try quantization(node.outputs[0]))
        guard graph.values[node.inputs[0]].type.element == .int16 else {
            return try lower(function.table(from: input, to: output), node)
        }
        try lower(function.interpolatedTable(from: input, to: output), node)
    }

    private mutating func lower(_ table: Table, _ node: Graph.Node) throws(EdgeError) {
        let offset = parts.addTable { $0.append(table.entries.map { UInt8(bitPattern: $0) }) }
        try add(.table, node, TableParameters(offset: offset).stored)
    }

    /// Neither end of an interpolated table has a border; where one needs it, the values are copied.
    private mutating func lower(_ table: InterpolatedTable, _ node: Graph.Node) throws(EdgeError) {
        let offset = parts.addTable { for entry in table.entries { $0.append(entry) } }
        let parameters = InterpolatedTableParameters(offset: offset).stored
        var input = try activation(node.inputs[0])
        if !borders[node.inputs[0]].isEmpty {
            input = copy(of: input, name: node.name + ".plain", value: node.inputs[0])
        }
        guard !borders[node.outputs[0]].isEmpty else {
            return try add(.interpolatedTable, node, parameters, inputs: [input])
        }
        let output = try activation(node.outputs[0])
        let plain = addTensor(like: output, name: node.name + ".table")
        try add(.interpolatedTable, node, parameters, inputs: [input], output: plain)
        copy(plain, to: output, name: node.name + ".bordered", value: node.outputs[0])
    }

    private mutating func lower(_ norm: GroupNormalization, _ node: Graph.Node) throws(EdgeError) {
        var parameters = GroupNormalizationParameters(groups: norm.groups, epsilon: norm.epsilon)
        if norm.activation != .none {
            let table = norm.table(to: try quantization(node.outputs[0]))
            parameters.tableOffset = parts.addTable { $0.append(table.map { UInt8(bitPattern: $0) }) }
            parameters.activationScale = norm.activationScale
        }
        try add(.groupNormalization, node, parameters.stored)
    }

    private mutating func lower(_ sinusoid: Sinusoid, _ node: Graph.Node) throws(EdgeError) {
        let offset = parts.addTable {
            for step in sinusoid.phaseSteps { $0.append(step) }
            for entry in Sinusoid.sineTable { $0.append(entry) }
        }
        try add(.timeEmbedding, node, TimeEmbeddingParameters(offset: offset).stored)
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
