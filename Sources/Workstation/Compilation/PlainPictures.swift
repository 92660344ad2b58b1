import EdgeFormat
import ModelGraph

// Layers of float graphs: convolutions, dense layers, pools and norms of plain tensors. They compute with float32, and
// products with int32 too; other types are converted before and after.
extension Lowering {
    mutating func lowerPlainPicture(_ node: Graph.Node) throws(EdgeError) {
        switch node.operation {
        case let convolution as Convolution: try lowerPlain(convolution, node)
        case let sum as ConvolutionAddition: try lowerPlain(sum, node)
        case let dense as Dense: try lowerPlain(dense, node)
        case is MatrixProduct: try lowerProduct(node)
        case let pool as AveragePool: try lowerPlain(pool, node)
        case let pool as MaxPool: try lowerPlain(pool, node)
        case is Softmax: try addFloat(.plainSoftmax, node, [0])
        case is LogSoftmax: try addFloat(.plainSoftmax, node, [1])
        case let norm as GroupNormalization: try lowerPlain(norm, node)
        case is Addition: try lowerAddition(node)
        case let joined as Concatenation: try lowerPlain(joined, node)
        case let pad as Pad:
            let shape = graph.values[node.inputs[0]].type.shape
            try lower(
                Rearrangement.pad(
                    shape, before: pad.before, after: pad.after, mode: .constant, fill: Double(pad.value)), node)
        case let upsampling as Upsampling: try lowerPlain(upsampling, node)
        case is Embedding:
            let (indices, table) = (try operand(node.inputs[0]), try operand(node.inputs[1]))
            record(
                .gather, node.name, inputs: [table, indices], outputs: [try activation(node.outputs[0])], [0],
                computes: node.outputs)
        case let sinusoid as Sinusoid: try lowerPlain(sinusoid, node)
        default: throw notCompiled(node.operation)
        }
    }

    // MARK: Parts

    /// A tensor for what one operation of a node hands to the next.
    private mutating func temporary(_ name: String, _ element: ModelElement, _ shape: [Int]) -> Int {
        parts.add(
            ModelTensor(
                name: name, element: element, role: .temporary, shape: shape, minimum: Int(Int32.min),
                maximum: Int(Int32.max), home: .arena(0)))
    }

    /// The same elements under another shape, in the same memory.
    private mutating func view(_ source: Int, _ shape: [Int]) -> Int {
        guard parts.tensors[source].shape != shape else { return source }
        var tensor = parts.tensors[source]
        tensor.name += ".view"
        tensor.shape = shape
        tensor.sourceAxes = []
        if tensor.role != .constant { tensor.role = .temporary }
        let view = parts.add(tensor)
        parts.share(view, memoryOf: source)
        return view
    }

    /// The same numbers in a type.
    private mutating func converted(_ source: Int, to element: ModelElement, _ name: String) -> Int {
        guard parts.tensors[source].element != element else { return source }
        let target = temporary(name, element, parts.tensors[source].shape)
        record(.conversion, name, inputs: [source], outputs: [target], [])
        return target
    }

    /// One operation of a type, between conversions where the node's values have another one.
    private mutating func add(
        _ kind: OperationKind, _ node: Graph.Node, in element: ModelElement, inputs: [Int], _ parameters: [Int]
    ) throws(EdgeError) {
        var operands: [Int] = []
        for (index, input) in inputs.enumerated() {
            operands.append(converted(input, to: element, node.name + ".operand\(index)"))
        }
        let target = try activation(node.outputs[0])
        guard parts.tensors[target].element != element else {
            return record(kind, node.name, inputs: operands, outputs: [target], parameters, computes: node.outputs)
        }
        let result = temporary(node.name + ".result", element, parts.tensors[target].shape)
        record(kind, node.name, inputs: operands, outputs: [result], parameters)
        record(.conversion, node.name + ".converted", inputs: [result], outputs: [target], [], computes: node.outputs)
    }

    private mutating func addFloat(
        _ kind: OperationKind, _ node: Graph.Node, _ parameters: [Int]
    ) throws(EdgeError) {
        try add(kind, node, in: .float32, inputs: try operands(node), parameters)
    }

    /// The axes of a tensor in another order: of a constant now, else by an operation.
    private mutating func transposed(
        _ id: Graph.ValueID, _ order: [Int], _ name: String
    ) throws(EdgeError) -> Int {
        let value = graph.values[id]
        let transposition = Rearrangement.transpose(value.type.shape, order)
        if let constant = value.constant {
            let type = TensorType(value.type.element, transposition.shape)
            let moved = try transposition.evaluate([(value.type, constant)], outputs: [type])
            return parts.addConstant(value.name, moved[0], type.shape, storage: value.storage?.transposed(order))
        }
        let target = temporary(name, value.type.element.stored, transposition.shape)
        let offset = parts.addTable { for table in transposition.tables { for entry in table { $0.append(entry) } } }
        record(
            .rearrangement, name, inputs: [try operand(id)], outputs: [target],
            RearrangementParameters(offset: offset).stored)
        return target
    }

    /// One operation on float32 tensors that a node is made of; the last one's target is the node's output.
    private mutating func step(
        _ kind: OperationKind, _ node: Graph.Node, _ suffix: String, _ inputs: [Int], _ shape: [Int],
        _ parameters: [Int] = [], to target: Int? = nil
    ) -> Int {
        let result = target ?? temporary(node.name + "." + suffix, .float32, shape)
        record(
            kind, node.name + "." + suffix, inputs: inputs, outputs: [result], parameters,
            computes: target == nil ? [] : node.outputs)
        return result
    }

    private mutating func scalar(_ value: Float) -> Int { parts.addConstant("", .float32([value]), []) }

    private func stored(_ function: ArithmeticFunction) -> [Int] { [Int(function.rawValue)] }
}

// MARK: Products

extension Lowering {
    private mutating func lowerPlain(_ convolution: Convolution, _ node: Graph.Node) throws(EdgeError) {
        // O·KH·KW·I to KH·KW·I·O: neighbours in memory are what is added at once.
        var inputs = [
            try operand(node.inputs[0]), try transposed(node.inputs[1], [1, 2, 3, 0], node.name + ".weights"),
        ]
        if node.inputs.count > 2 { inputs.append(try operand(node.inputs[2])) }
        try addProduct(.plainConvolution, node, inputs, parameters(convolution).stored, convolution.activation)
    }

    private func parameters(_ convolution: Convolution) -> PlainConvolutionParameters {
        PlainConvolutionParameters(
            window: WindowParameters(
                strides: convolution.strides, padding: convolution.padding, dilations: convolution.dilations),
            groups: convolution.groups, bounds: convolution.activation.floatBounds)
    }

    private mutating func lowerPlain(_ sum: ConvolutionAddition, _ node: Graph.Node) throws(EdgeError) {
        var convolution = sum.convolution
        convolution.activation = .none
        let shape = graph.values[node.outputs[0]].type.shape
        let weights = try transposed(node.inputs[1], [1, 2, 3, 0], node.name + ".weights")
        let inputs = [try operand(node.inputs[0]), weights, try operand(node.inputs[2])]
        let products = step(.plainConvolution, node, "sums", inputs, shape, parameters(convolution).stored)
        let addend = try operand(node.inputs[3])
        let row = parts.tensors[addend].shape.count == 4 ? shape : [shape[0], 1, 1, shape[3]]
        let bounds = sum.convolution.activation.floatBounds
        let target = try activation(node.outputs[0])
        let last = step(
            .arithmetic, node, "addition", [products, view(addend, row)], shape, stored(.addition),
            to: bounds.isEndless ? target : nil)
        guard !bounds.isEndless else { return }
        let clip = FunctionParameters(.clip, a: bounds.lower, b: bounds.upper)
        guard case .channelClip(_, let maxima) = sum.convolution.activation else {
            _ = step(.function, node, "clip", [last], shape, clip.stored, to: target)
            return
        }
        cut(step(.function, node, "clip", [last], shape, clip.stored), to: maxima, node, shape, target)
    }

    private mutating func lowerPlain(_ dense: Dense, _ node: Graph.Node) throws(EdgeError) {
        var inputs = [try operand(node.inputs[0]), try transposed(node.inputs[1], [1, 0], node.name + ".weights")]
        if node.inputs.count > 2 { inputs.append(try operand(node.inputs[2])) }
        try addProduct(.matrixProduct, node, inputs, dense.activation.floatBounds.stored, dense.activation)
    }

    /// The products of a layer with its clamp; bounds by channel are an operation behind them.
    private mutating func addProduct(
        _ kind: OperationKind, _ node: Graph.Node, _ inputs: [Int], _ parameters: [Int], _ clamp: Activation
    ) throws(EdgeError) {
        guard case .channelClip(_, let maxima) = clamp else {
            return try add(kind, node, in: .float32, inputs: inputs, parameters)
        }
        let type = graph.values[node.outputs[0]].type
        guard type.element == .float32 else { throw notCompiled(node.operation) }
        let products = step(kind, node, "products", inputs, type.shape, parameters)
        cut(products, to: maxima, node, type.shape, try activation(node.outputs[0]))
    }

    /// The last operation of a node: what is above its channel's bound becomes the bound.
    private mutating func cut(_ source: Int, to maxima: [Float], _ node: Graph.Node, _ shape: [Int], _ target: Int) {
        let row = parts.addConstant(node.name + ".maxima", .float32(maxima), [maxima.count])
        _ = step(.arithmetic, node, "maxima", [source, row], shape, stored(.minimum), to: target)
    }

    private mutating func lowerProduct(_ node: Graph.Node) throws(EdgeError) {
        let element = graph.values[node.outputs[0]].type.element
        guard element.isFloat || element == .int32 else {
            throw EdgeError(.data, at: "", "matrix products of \(element.rawValue) cannot be compiled")
        }
        try add(
            .matrixProduct, node, in: element.isFloat ? .float32 : .int32, inputs: try operands(node),
            FloatBounds().stored)
    }
}

// MARK: Pools, norms, sums

extension Lowering {
    private mutating func lowerPlain(_ pool: AveragePool, _ node: Graph.Node) throws(EdgeError) {
        let window = WindowParameters(strides: pool.strides, padding: pool.padding, dilations: pool.dilations)
        let parameters = PlainPoolParameters(
            windowY: pool.window.height, windowX: pool.window.width, window: window,
            kind: pool.countsPadding ? .averageWithPadding : .average)
        try addFloat(.plainPool, node, parameters.stored)
    }

    private mutating func lowerPlain(_ pool: MaxPool, _ node: Graph.Node) throws(EdgeError) {
        let window = WindowParameters(strides: pool.strides, padding: pool.padding, dilations: pool.dilations)
        let parameters = PlainPoolParameters(
            windowY: pool.window.height, windowX: pool.window.width, window: window, kind: .maximum)
        try addFloat(.plainPool, node, parameters.stored)
    }

    /// Mean and variance of groups N·(H·W)·G·(C/G), step by step, then factor and offset of each channel.
    private mutating func lowerPlain(_ norm: GroupNormalization, _ node: Graph.Node) throws(EdgeError) {
        let shape = graph.values[node.outputs[0]].type.shape
        let grouped = [shape[0], shape[1] * shape[2], norm.groups, shape[3] / norm.groups]
        let small = [shape[0], 1, norm.groups, 1]
        let mean = ReductionParameters(.mean, axes: [1, 3]).stored
        let x = view(try operand(node.inputs[0]), grouped)
        let means = step(.reduction, node, "mean", [x], small, mean)
        let centred = step(.arithmetic, node, "centred", [x, means], grouped, stored(.subtraction))
        let squares = step(.arithmetic, node, "squares", [centred, centred], grouped, stored(.multiplication))
        let variance = step(.reduction, node, "variance", [squares], small, mean)
        let sum = step(.arithmetic, node, "sum", [variance, scalar(norm.epsilon)], small, stored(.addition))
        let deviation = step(.function, node, "deviation", [sum], small, FunctionParameters(.squareRoot).stored)
        let unit = view(
            step(.arithmetic, node, "unit", [centred, deviation], grouped, stored(.division)), shape)
        let (factors, offsets) = (try operand(node.inputs[1]), try operand(node.inputs[2]))
        let scaled = step(.arithmetic, node, "scaled", [unit, factors], shape, stored(.multiplication))
        let target = try activation(node.outputs[0])
        let hasFunction = norm.activation != .none
        let result = step(
            .arithmetic, node, "offset", [scaled, offsets], shape, stored(.addition), to: hasFunction ? nil : target)
        guard hasFunction else { return }
        _ = step(.function, node, "activation", [result], shape, FunctionParameters(.silu, a: 1).stored, to: target)
    }

    /// Two tensors of one shape, or a picture and a row of its channels.
    private mutating func lowerAddition(_ node: Graph.Node) throws(EdgeError) {
        let (a, b) = (try operand(node.inputs[0]), try operand(node.inputs[1]))
        let shape = parts.tensors[a].shape
        let isRow = parts.tensors[b].shape != shape
        record(
            .arithmetic, node.name, inputs: [a, isRow ? view(b, [shape[0], 1, 1, shape[3]]) : b],
            outputs: [try activation(node.outputs[0])], stored(.addition), computes: node.outputs)
    }

    /// Joins as many as an operation takes at a time.
    private mutating func lowerPlain(_ joined: Concatenation, _ node: Graph.Node) throws(EdgeError) {
        let target = try activation(node.outputs[0])
        let type = parts.tensors[target]
        let axis = joined.axis < 0 ? joined.axis + type.shape.count : joined.axis
        var rest = try operands(node)
        while rest.count > OperationRecord.inputLimit {
            let first = Array(rest.prefix(OperationRecord.inputLimit))
            var shape = type.shape
            shape[axis] = first.reduce(0) { $0 + parts.tensors[$1].shape[axis] }
            let part = temporary(node.name + ".part\(rest.count)", type.element, shape)
            record(.plainConcatenation, node.name + ".part\(rest.count)", inputs: first, outputs: [part], [axis])
            rest = [part] + rest.dropFirst(OperationRecord.inputLimit)
        }
        record(
            .plainConcatenation, node.name, inputs: rest, outputs: [target], [axis], computes: node.outputs)
    }

    private mutating func lowerPlain(_ upsampling: Upsampling, _ node: Graph.Node) throws(EdgeError) {
        let shape = graph.values[node.inputs[0]].type.shape
        let factors = [1, upsampling.factor.height, upsampling.factor.width, 1]
        let places = zip(shape, factors).map { size, factor in (0..<size * factor).map { $0 / factor } }
        try lower(Rearrangement.selection("up-sampling", shape, places: places), node)
    }

    /// The sines, then the cosines, of each time step times each frequency.
    private mutating func lowerPlain(_ sinusoid: Sinusoid, _ node: Graph.Node) throws(EdgeError) {
        let count = graph.values[node.inputs[0]].type.count
        let shape = [count, sinusoid.frequencies.count]
        let times = converted(try operand(node.inputs[0]), to: .float32, node.name + ".times")
        let frequencies = parts.addConstant(
            node.name + ".frequencies", .float32(sinusoid.frequencies), [1, sinusoid.frequencies.count])
        let phases = step(
            .arithmetic, node, "phases", [view(times, [count, 1]), frequencies], shape, stored(.multiplication))
        let sines = step(.function, node, "sines", [phases], shape, FunctionParameters(.sine).stored)
        let cosines = step(.function, node, "cosines", [phases], shape, FunctionParameters(.cosine).stored)
        record(
            .plainConcatenation, node.name, inputs: [sines, cosines], outputs: [try activation(node.outputs[0])], [1],
            computes: node.outputs)
    }
}

extension WindowParameters {
    fileprivate init(strides: Extent, padding: Padding, dilations: Extent) {
        self.init(
            strideY: strides.height, strideX: strides.width,
            padding: Border(top: padding.top, left: padding.left, bottom: padding.bottom, right: padding.right),
            dilationY: dilations.height, dilationX: dilations.width)
    }
}

extension Activation {
    fileprivate var floatBounds: FloatBounds { FloatBounds(lower: range.minimum, upper: range.maximum) }
}
