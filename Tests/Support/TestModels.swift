public import Compilation
public import EdgeFormat
public import ModelGraph
public import Quantization

/// Small seeded networks, quantized and compiled, for tests of everything behind the compiler.
public enum TestModels {
    /// Every operation kind, borders, a dilated, a depthwise and a grouped convolution, a pool that counts its padding, a
    /// flattened picture: the file that damage is tried on.
    public static func tiny(packedSets: [UInt16] = []) throws(EdgeError) -> CompiledModel {
        var builder = GraphBuilder(seed: 7, height: 12, width: 11, channels: 1)
        try builder.convolution(outputs: 5, window: Extent(3, 3), padding: Padding(1), activation: .relu)
        try builder.apply(
            MaxPool(window: Extent(2, 2), strides: Extent(2, 2), padding: Padding(top: 0, left: 1, bottom: 0, right: 0))
        )
        try builder.apply(Sigmoid())
        try builder.convolution(outputs: 10, window: Extent(3, 3), padding: Padding(1), groups: 5, activation: .relu)
        try builder.convolution(
            outputs: 18, window: Extent(3, 2), padding: Padding(1), dilations: Extent(1, 2), groups: 2)
        try builder.apply(
            AveragePool(window: Extent(3, 3), strides: Extent(2, 2), padding: Padding(1), countsPadding: true))
        try builder.apply(Flatten())
        try builder.dense(outputs: 6)
        try builder.apply(Softmax())
        return try builder.compiled(packedSets: packedSets, labels: ["a", "b", "c", "d", "e", "f"])
    }

    /// A network drawn from a seed: convolutions of any small shape, pools and tables.
    public static func random(seed: UInt64, packedSets: [UInt16] = []) throws(EdgeError) -> CompiledModel {
        var draw = SplitMix64(seed: seed)
        func below(_ bound: Int) -> Int { Int(draw.next() % UInt64(bound)) }
        var builder = GraphBuilder(seed: seed, height: 5 + below(14), width: 5 + below(14), channels: 1 + below(7))
        for _ in 0..<1 + below(4) {
            switch below(5) {
            case 0, 1, 2:
                let window = Extent(1 + below(3), 1 + below(3))
                let groups = builder.groups(below(3))
                try builder.convolution(
                    outputs: groups * (1 + below(groups == 1 ? 50 : 3)), window: window,
                    padding: Padding(top: below(2), left: below(2), bottom: below(2), right: below(2)),
                    strides: Extent(1 + below(2), 1 + below(2)), dilations: Extent(1 + below(2), 1 + below(2)),
                    groups: groups,
                    activation: below(2) == 0 ? .relu : .none)
            case 3:
                let pool = AveragePool(window: Extent(2, 2), strides: Extent(1 + below(2), 1), countsPadding: false)
                try builder.apply(pool)
            default: try builder.apply(MaxPool(window: Extent(2, 1), strides: Extent(1, 1 + below(2))))
            }
        }
        if below(2) == 0 { try builder.apply(Tanh()) }
        try builder.apply(Flatten())
        try builder.dense(outputs: 1 + below(40))
        return try builder.compiled(packedSets: packedSets, labels: [])
    }
}

extension TestModels {
    /// A drawn noise predictor, quantized and compiled to two graphs: operations of 16 bits, group norms, addends, joints.
    public static func denoiser(seed: UInt64, packedSets: [UInt16] = []) throws(EdgeError) -> CompiledModel {
        try compiled(denoiserGraph(seed: seed), packedSets: packedSets)
    }

    /// A drawn noise predictor in floats; shapes follow from the seed.
    public static func denoiserGraph(seed: UInt64) throws(EdgeError) -> Graph {
        var drawn = DrawnDenoiser(seed: seed)
        drawn.side = seed % 2 == 0 ? 8 : 12
        drawn.channels = seed % 3 == 0 ? [12, 20] : [8, 16]
        drawn.fusesFunctions = seed % 4 == 1
        return try drawn.floatGraph()
    }

    /// The integer form of a graph, calibrated with a few drawn inputs.
    public static func quantized(_ graph: Graph, recipe: QuantizationRecipe = QuantizationRecipe()) throws(EdgeError)
        -> Graph
    {
        let simplified = graph.simplified()
        var calibration = try Calibration(simplified)
        for seed in 0..<8 as Range<UInt64> {
            try calibration.observe(DrawnDenoiser.inputs(simplified, seed: seed), name: "sample")
        }
        return try Quantizer(simplified, ranges: calibration.ranges, recipe: recipe).quantized()
    }

    private static func compiled(_ graph: Graph, packedSets: [UInt16]) throws(EdgeError) -> CompiledModel {
        var options = CompilationOptions()
        options.meta[.name] = graph.name
        options.packedSets = packedSets
        options.labels = ["a", "b", "c"]
        return try Compiler.compile(try quantized(graph), options)
    }
}

/// Adds layers with random weights one after the other; a layer that no longer fits is left out.
struct GraphBuilder {
    private var graph = Graph(name: "test")
    private var last: Graph.ValueID
    private var generator: SplitMix64

    init(seed: UInt64, height: Int, width: Int, channels: Int) {
        generator = SplitMix64(seed: seed ^ 0x5eed)
        last = graph.addInput("input", TensorType(.float32, [1, height, width, channels]))
    }

    private mutating func floats(_ count: Int, scale: Float) -> [Float] {
        (0..<count).map { _ in Float(Int32(truncatingIfNeeded: generator.next() >> 32)) / 2_147_483_648 * scale }
    }

    private var channels: Int { graph.values[last].type.shape[3] }

    /// 1, as many as the last value has channels, or their smallest divisor above 1.
    func groups(_ choice: Int) -> Int {
        [1, channels, (2...max(channels, 2)).first { channels % $0 == 0 } ?? 1][choice]
    }

    mutating func convolution(
        outputs: Int, window: Extent, padding: Padding = .none, strides: Extent = .one, dilations: Extent = .one,
        groups: Int = 1, activation: Activation = .none
    ) throws(EdgeError) {
        let shape = [outputs, window.height, window.width, channels / groups]
        let weights = graph.addConstant("weights", shape, .float32(floats(shape.reduce(1, *), scale: 0.5)))
        let bias = graph.addConstant("bias", [outputs], .float32(floats(outputs, scale: 0.2)))
        try apply(
            Convolution(
                strides: strides, padding: padding, dilations: dilations, groups: groups, activation: activation),
            inputs: [weights, bias])
    }

    mutating func dense(outputs: Int) throws(EdgeError) {
        let inputs = graph.values[last].type.count
        let weights = graph.addConstant("weights", [outputs, inputs], .float32(floats(outputs * inputs, scale: 0.3)))
        let bias = graph.addConstant("bias", [outputs], .float32(floats(outputs, scale: 0.2)))
        try apply(Dense(), inputs: [weights, bias])
    }

    mutating func apply(_ operation: any Operation, inputs: [Graph.ValueID] = []) throws(EdgeError) {
        let types = ([last] + inputs).map { graph.values[$0].type }
        guard let shape = try? operation.outputTypes(of: types)[0].shape, shape.allSatisfy({ $0 > 0 }) else { return }
        last = try graph.add(
            operation, name: "\(type(of: operation).name)\(graph.nodes.count)", inputs: [last] + inputs)
    }

    func compiled(packedSets: [UInt16], labels: [String]) throws(EdgeError) -> CompiledModel {
        var graph = graph
        graph.outputs = [last]
        let simplified = graph.simplified()
        var calibration = try Calibration(simplified)
        for sample in RandomSamples.make(simplified, count: 8) { try calibration.observe(sample, name: "sample") }
        let quantized = try Quantizer(simplified, ranges: calibration.ranges).quantized()
        var options = CompilationOptions()
        options.meta[.name] = "test"
        options.packedSets = packedSets
        options.labels = labels
        if let preprocessing = try Preprocessing(graph: graph), let input = quantized.inputs.first {
            options.pipeline = preprocessing.pipeline(for: try quantized.values[input].type.activationQuantization)
        }
        return try Compiler.compile(quantized, options)
    }
}
