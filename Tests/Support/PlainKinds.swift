public import Compilation
public import EdgeFormat
public import ModelGraph

/// A graph of elements without scales that has every operation of them, several ways each: what the reference interpreter
/// makes of it stands in the compiled file's golden vectors.
public struct PlainKinds {
    public private(set) var graph = Graph(name: "plain kinds")
    private var draw = SplitMix64(seed: 99)
    /// Elements of long axes.
    private let length: Int

    private init(length: Int) { self.length = length }

    /// The graph, compiled.
    public static func compiled(length: Int = 7) throws(EdgeError) -> CompiledModel {
        var options = CompilationOptions()
        options.meta[.name] = "plain kinds"
        return try Compiler.compile(try graph(length: length), options)
    }

    /// - Parameter length: elements of long axes; from 257 on they are more than one chunk.
    public static func graph(length: Int) throws(EdgeError) -> Graph {
        var kinds = PlainKinds(length: length)
        try kinds.addElements()
        try kinds.addMoves()
        try kinds.addReductions()
        try kinds.addPictures()
        try kinds.addIndexing()
        try kinds.addBoxes()
        return kinds.graph
    }

    private mutating func input(_ element: ElementType, _ shape: [Int]) -> Graph.ValueID {
        graph.addInput("input\(graph.inputs.count)", TensorType(element, shape))
    }

    private mutating func floats(_ shape: [Int], scale: Float = 1) -> Graph.ValueID {
        let bytes = draw.bytes(shape.reduce(1, *))
        return graph.addConstant(
            "constant\(graph.values.count)", shape,
            .float32(bytes.map { Float(Int8(bitPattern: $0)) / 128 * scale }))
    }

    private mutating func integers(_ element: ElementType, _ shape: [Int], _ values: [Int64]) -> Graph.ValueID {
        graph.addConstant("constant\(graph.values.count)", shape, TensorData(element, wholes: values))
    }

    /// Adds an operation; its results are no outputs.
    @discardableResult
    private mutating func step(
        _ operation: any ModelGraph.Operation, _ inputs: [Graph.ValueID]
    ) throws(EdgeError) -> [Graph.ValueID] {
        let types = try operation.outputTypes(of: inputs.map { graph.values[$0].type })
        let name = "\(type(of: operation).name)\(graph.nodes.count)"
        let ids = types.enumerated().map { index, type in
            graph.values.append(Graph.Value(name: "\(name).\(index)", type: type))
            return graph.values.count - 1
        }
        graph.nodes.append(Graph.Node(name: name, operation: operation, inputs: inputs, outputs: ids))
        return ids
    }

    /// Adds an operation whose results are outputs of the graph.
    @discardableResult
    private mutating func add(
        _ operation: any ModelGraph.Operation, _ inputs: [Graph.ValueID]
    ) throws(EdgeError) -> [Graph.ValueID] {
        let ids = try step(operation, inputs)
        graph.outputs += ids
        return ids
    }
}

extension PlainKinds {
    private mutating func addElements() throws(EdgeError) {
        let x = input(.float32, [3, 5])
        let half = input(.float16, [2, length])
        let positive = try step(Arithmetic(.addition), [try step(AbsoluteValue(), [x])[0], floats([], scale: 0.5)])[0]
        let functions: [any UnaryOperation] = [
            ReLU(), Clip(minimum: -0.25, maximum: 0.5), Sigmoid(), Tanh(), SiLU(), LeakyReLU(slope: 0.1),
            ThresholdedReLU(threshold: 0.2), ELU(alpha: 0.7), SELU(alpha: 1.67, gamma: 1.05),
            HardSigmoid(slope: 0.3, offset: 0.4), GELU(), GELU(approximation: .tanh), HardSwish(), Mish(), Softplus(),
            Softsign(), Exponential(), ErrorFunction(), Sine(), Cosine(), AbsoluteValue(), Negation(), Floor(),
            Ceiling(), NearestInteger(), Sign(), Reciprocal(),
        ]
        for function in functions { try add(function, [x]) }
        try add(Logarithm(), [positive])
        try add(SquareRoot(), [positive])
        try add(Sigmoid(), [half])
        let integers = input(.int32, [4, 1, 3])
        try add(Negation(), [integers])
        try add(Sign(), [integers])
        for element in [ElementType.float16, .int8, .uint8, .int16, .uint16, .int32, .int64, .bool] {
            let scaled = try step(Arithmetic(.multiplication), [x, floats([1, 1], scale: 500)])[0]
            try add(Conversion(to: element), [scaled])
            try add(Conversion(to: element), [integers])
        }
        try add(Conversion(to: .float32), [half])
        try addArithmetic(x, half, integers)
    }

    private mutating func addArithmetic(
        _ x: Graph.ValueID, _ half: Graph.ValueID, _ integers: Graph.ValueID
    ) throws(EdgeError) {
        let row = floats([5])
        let column = floats([3, 1])
        let bytes = input(.int8, [2, 3])
        let small = self.integers(.int8, [3], [3, -1, 0])
        let longs = self.integers(.int64, [3], [7, -2, 1])
        for kind in Arithmetic.Kind.allCases where ![.and, .or, .exclusiveOr, .shiftLeft, .shiftRight].contains(kind) {
            try add(Arithmetic(kind), [x, row])
            try add(Arithmetic(kind), [column, x])
            try add(Arithmetic(kind), [bytes, small])
        }
        for kind in [Arithmetic.Kind.and, .or, .exclusiveOr, .shiftLeft, .shiftRight, .modulo, .power] {
            try add(Arithmetic(kind), [try step(Conversion(to: .int64), [integers])[0], longs])
        }
        try add(Arithmetic(.addition), [half, half])
        let truths = try step(Arithmetic(.less), [x, row])[0]
        try add(Selection(), [truths, x, column])
        try add(Selection(), [try step(Arithmetic(.less), [bytes, small])[0], small, bytes])
    }

    private mutating func addMoves() throws(EdgeError) {
        let x = input(.float32, [2, 3, 4, 5])
        let shape = [2, 3, 4, 5]
        try add(Rearrangement.transpose(shape, [0, 3, 1, 2]), [x])
        try add(
            Rearrangement.slice(shape, starts: [1, 2, 0, 4], steps: [1, -1, 2, -2], counts: [1, 3, 2, 2]), [x])
        try add(Rearrangement.slice(shape, starts: [0, 1, 0, 0], steps: [1, 1, 1, 1], counts: [2, 2, 4, 5]), [x])
        try add(
            Rearrangement.pad(shape, before: [0, 1, 2, 0], after: [0, 0, 1, 0], mode: .constant, fill: 0.5), [x])
        try add(Rearrangement.pad(shape, before: [0, 1, 2, 1], after: [0, 2, 1, 3], mode: .reflect), [x])
        for element in [ElementType.int8, .int16, .int64, .bool] {
            let other = try step(
                Conversion(to: element), [try step(Arithmetic(.multiplication), [x, floats([], scale: 90)])[0]])[0]
            try add(
                Rearrangement.pad(shape, before: [0, 0, 0, 1], after: [1, 0, 0, 0], mode: .constant, fill: 1), [other])
            try add(Rearrangement.transpose(shape, [3, 2, 1, 0]), [other])
            try add(Concatenation(axis: 1), [other, other, other])
        }
        try add(Rearrangement.expansion([5], to: [3, 5]), [floats([5])])
        try add(Pad(before: [0, 1, 1, 0], after: [0, 0, 2, 1], value: -1), [x])
        try add(Upsampling(factor: Extent(2, 3)), [x])
        try add(Concatenation(axis: -1), [x, floats([2, 3, 4, 1])])
        try add(Concatenation(axis: 0), [Graph.ValueID](repeating: x, count: 19))
        let flat = try step(Flatten(), [x])[0]
        try add(Reshape(shape: [6, 20]), [flat])
        try add(ReLU(), [flat])
        try add(Identity(), [x])
        let taps = [
            Resampling.Taps(first: 0, weights: [0.25, 0.75]), Resampling.Taps(first: -1, weights: []),
            Resampling.Taps(first: 1, weights: [1]), Resampling.Taps(first: 0, weights: [-0.5, 1, 0.5]),
        ]
        for axis in 1...3 { try add(Resampling(axis: axis, taps: taps, fill: 7), [x]) }
        graph.outputs.append(x)
        graph.outputs.append(integers(.uint16, [2], [1, 65_535]))
    }

    private mutating func addReductions() throws(EdgeError) {
        let x = input(.float32, [2, 3, length])
        let integers = input(.int16, [3, 4, 2])
        for kind in Reduction.Kind.allCases {
            for axes in [[1], [0, 2], [0, 1, 2]] {
                try add(Reduction(kind, axes: axes, keepsAxes: axes.count == 2), [x])
                try add(Reduction(kind, axes: axes, keepsAxes: axes.count != 2), [integers])
            }
        }
        for axis in 0...2 {
            try add(ArgumentReduction(.maximum, axis: axis, keepsAxis: false), [x])
            try add(ArgumentReduction(.minimum, axis: axis, keepsAxis: true, selectsLast: true), [integers])
        }
        let steps = self.integers(.int8, [1, 6], [3, 1, 3, 2, 1, 3])
        try add(ArgumentReduction(.maximum, axis: 1, keepsAxis: true, selectsLast: true), [steps])
        try add(Softmax(), [x])
        try add(LogSoftmax(), [x])
        try add(TopK(count: min(20, length)), [x])
        try add(TopK(count: 4, largest: false), [steps])
        try add(TopK(count: 2), [integers])
    }

    private mutating func addPictures() throws(EdgeError) {
        let x = input(.float32, [2, 9, 7, 6])
        let convolutions: [(Convolution, [Int], Bool)] = [
            (Convolution(padding: Padding(1), activation: .relu), [20, 3, 3, 6], true),
            (
                Convolution(
                    strides: Extent(2, 1), padding: Padding(top: 0, left: 2, bottom: 1, right: 1),
                    dilations: Extent(1, 2),
                    groups: 2, activation: .clip(minimum: -1, maximum: 1)), [2 * (length / 8 + 1), 2, 3, 3], false
            ),
            (Convolution(strides: Extent(1, 2), padding: Padding(2), groups: 6), [6, 5, 3, 1], true),
            (Convolution(groups: 6), [12, 1, 1, 1], true),
        ]
        for (convolution, shape, hasBias) in convolutions {
            try add(convolution, [x, floats(shape)] + (hasBias ? [floats([shape[0]])] : []))
        }
        let sum = Convolution(padding: Padding(1), activation: .relu)
        try add(ConvolutionAddition(convolution: sum), [x, floats([6, 3, 3, 6]), floats([6]), x])
        let row = input(.float32, [2, 6])
        try add(ConvolutionAddition(convolution: Convolution()), [x, floats([6, 1, 1, 6]), floats([6]), row])
        try add(Addition(), [x, row])
        try add(Dense(activation: .relu), [row, floats([9, 6]), floats([9])])
        try add(Dense(), [x, floats([length, 6])])
        try add(MaxPool(window: Extent(3, 2), strides: Extent(2, 2), padding: Padding(1)), [x])
        try add(MaxPool(window: Extent(2, 2), strides: .one, dilations: Extent(3, 2)), [x])
        for counts in [false, true] {
            let pool = AveragePool(
                window: Extent(3, 3), strides: Extent(2, 1), padding: Padding(1), countsPadding: counts)
            try add(pool, [x])
        }
        let factors = (floats([6]), floats([6]))
        try add(GroupNormalization(groups: 3, epsilon: 1e-3), [x, factors.0, factors.1])
        try add(GroupNormalization(groups: 1, epsilon: 1e-5, activation: .silu), [x, factors.0, factors.1])
        let half = try step(Conversion(to: .float16), [floats([2, 1, 40, 17])])[0]
        try add(MatrixProduct(), [half, try step(Conversion(to: .float16), [floats([3, 17, 5])])[0]])
        try add(MatrixProduct(), [row, floats([6, length])])
        try add(MatrixProduct(), [floats([5, 2 * length]), floats([2 * length, length / 4])])
        let (a, b) = (
            integers(.int8, [2, 3], [1, -2, 127, -128, 5, 6]), integers(.int8, [3, 2], [9, 8, -7, 6, 127, 1])
        )
        try add(MatrixProduct(), [a, b])
        let times = integers(.int64, [2], [3, 70])
        try add(Sinusoid(frequencies: [1, 0.1, 0.01]), [times])
        try add(Embedding(), [integers(.int64, [3], [2, 0, 2]), floats([3, 4])])
    }

    private mutating func addIndexing() throws(EdgeError) {
        let data = input(.float32, [3, 4, 5])
        let indices = integers(.int64, [2, 2], [0, -1, 2, 1])
        for axis in 0...2 { try add(Gather(axis: axis), [data, indices]) }
        let computed = input(.int64, [3, 2, 5])
        try add(GatherElements(axis: 1), [data, computed])
        try add(GatherND(), [data, integers(.int32, [2, 2], [0, 1, -1, -1])])
        try add(GatherND(batchAxes: 1), [data, integers(.int64, [3, 1, 1], [3, 0, -2])])
        let updates = floats([3, 2, 5])
        for reduction in ScatterReduction.allCases {
            try add(ScatterElements(axis: 1, reduction: reduction), [data, computed, updates])
            try add(
                ScatterND(reduction: reduction),
                [data, integers(.int64, [3, 1], [1, 0, 1]), floats([3, 4, 5])])
            let words = integers(.int16, [4], [1, 2, 3, 4])
            try add(
                ScatterElements(axis: 0, reduction: reduction),
                [words, integers(.int32, [3], [1, 1, -1]), integers(.int16, [3], [5, -6, 7])])
        }
    }

    private mutating func addBoxes() throws(EdgeError) {
        let boxes = try step(
            Arithmetic(.multiplication), [input(.float32, [1, 12, 4]), floats([1, 1, 1], scale: 3)])[0]
        let scores = input(.float32, [1, 2, 12])
        try add(
            NonMaximumSuppression(limit: 5, overlapThreshold: 0.3, scoreThreshold: -0.5), [boxes, scores])
        let suppression = NonMaximumSuppression(
            limit: 4, overlapThreshold: 0.2, scoreThreshold: nil, format: .centers)
        let rows = try step(suppression, [boxes, scores])
        graph.outputs.append(rows[0])
        let soft = NonMaximumSuppression(
            limit: 6, overlapThreshold: 0.6, scoreThreshold: -0.9, sigma: 0.5, isStrict: true, givesScores: true)
        try add(soft, [boxes, scores])
        let detections = [input(.float32, [1, 20, 5]), input(.float32, [1, 20, 4]), floats([20, 4], scale: 0.5)]
        for (separates, copies, classes) in [(false, 1, 3), (false, 5, 4), (true, 1, 4), (true, 2, 3)] {
            let detection = Detection(
                limit: 6, classesPerBox: copies, limitPerClass: 3, separatesClasses: separates, scoreThreshold: -0.8,
                overlapThreshold: 0.4, classes: classes, scales: Detection.Scales(y: 10, x: 8, height: 5, width: 4))
            try add(detection, detections)
        }
    }
}
