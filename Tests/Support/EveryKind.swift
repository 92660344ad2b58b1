public import EdgeFormat
import Inference

extension HandmadeModel {
    /// A noise predictor for pictures of 4 x 4 pixels that has an operation of every kind, for one picture and for two: what
    /// damage does to files of this format, where a compiled model would be too large to try it often.
    /// - Parameter packedSets: kernel sets that the file carries packed weights for.
    public static func everyKind(packedSets: [UInt16] = []) throws(EdgeError) -> [UInt8] {
        var model = HandmadeModel()
        var parts = EveryKind(&model)
        parts.addGraph("denoise", pictures: 1, to: &model)
        parts.addGraph("denoise.guided", pictures: 2, to: &model)
        model.contents.meta[.name] = "every kind"
        for graph in model.contents.graphs {
            model.contents.outputs.append(
                ModelOutput(tensor: graph.outputs[0], meaning: .picture, labels: ["a", "b", "c"]))
        }
        model.contents.steps = DiffusionSteps(
            classes: 3, graph: 0, guidedGraph: 1, alphaBars: [0.9, 0.5, 0.5, 0.01],
            noiseTable: (0..<DiffusionSteps.noiseCount).map { Int32($0 * 50_000 - 99_200_000) }, guidance: 2,
            defaultSteps: 2)
        return try model.packed(packedSets).withGoldenVectors()
    }

    private func packed(_ sets: [UInt16]) throws(EdgeError) -> HandmadeModel {
        var copy = self
        let model = try Model(bytes: file, place: "handmade").file
        for set in sets {
            var entries: [(operation: Int, layout: UInt32, bytes: [UInt8])] = []
            for (index, operation) in model.operations.enumerated() {
                guard let shape = PanelShape(set: set, operation: operation, tensors: model.tensors) else { continue }
                entries.append(
                    (index, shape.layout.rawValue, shape.packed(model.constant(operation.inputs[1]))))
            }
            copy.contents.packed.append((set, PackedWeights.section(entries)))
        }
        return copy
    }

    /// The file with a drawn input a graph, and what the weakest kernels make of it.
    private func withGoldenVectors() throws(EdgeError) -> [UInt8] {
        var contents = contents
        let model = try Model(bytes: file, place: "handmade")
        for index in contents.graphs.indices {
            let session = try Session(model, graph: index, kernels: KernelSet(named: "scalar"))
            let graph = model.file.graphs[index]
            var vector = GoldenVector(graph: index, input: .seed(UInt64(index) + 7), digests: [], outputs: [])
            let inputs = graph.inputs.map { model.file.tensors[$0] }
            session.writeInputs(try vector.inputBytes(for: inputs, place: "handmade"))
            session.run { operation in
                let constants = model.file.constantsDigest(graph.operations.lowerBound + operation)
                let output = xxh3(session.result(of: operation).bytes())
                vector.digests.append(GoldenVector.Digests(output: output, constants: constants))
            }
            vector.outputs = session.readOutputs()
            contents.golden.append(vector)
        }
        var copy = self
        copy.contents = contents
        return copy.file
    }
}

/// The constants and tables that both graphs share.
private struct EveryKind {
    private var generator = SplitMix64(seed: 77)
    private var weights: [String: (weights: Int, bias: Int)] = [:]
    private let rows: Int
    private let row: Int
    private let factors: (gamma: Int, beta: Int)
    private let bounds: (bytes: Int, words: Int)
    private let tables: (time: Int, curve: Int, silu: Int, bytes: Int, exponentials: Int)

    init(_ model: inout HandmadeModel) {
        rows = model.constant((0..<32).map { Int16($0 * 999 - 15_000) }, [4, 8], scale: 0.001)
        row = model.constant([30, -40, 5, 100] as [Int8], [1, 4], scales: [0.01])
        factors = (model.constant([1, -2, 0.5, 3] as [Float]), model.constant([0, 1, -1, 0.25] as [Float]))
        bounds = (
            model.constant([-100, -3, 0, 5, 20, 90, 127, 127] as [Int8], [8], scales: []),
            model.constant([-20_000, 0, 3000, 32_767], [4], scale: nil)
        )
        let phases = (0..<4).map { Int32(1) << Int32(28 - 4 * $0) }
        let quarter = (0...256).map { Int32($0 * (1 << 22)) }
        let half = quarter + quarter.dropLast().reversed()
        tables = (
            model.table(phases + half + half.dropFirst().map { -$0 }),
            model.table((0...1024).map { Int16($0 < 512 ? 0 : 60 * ($0 - 512)) }),
            model.table((0..<4096).map { Int8(truncatingIfNeeded: max(-20, ($0 - 2048) / 16)) }),
            model.table((0..<256).map { Int8(truncatingIfNeeded: 127 - $0) }),
            model.table((0..<256).map { Int32((1 << 23) >> min($0 / 8, 30)) })
        )
    }

    /// Weights O·KH·KW·I or O·I and a bias, the same for each graph.
    private mutating func weights(_ name: String, _ shape: [Int], _ model: inout HandmadeModel) -> [Int] {
        if let known = weights[name] { return [known.weights, known.bias] }
        let drawn = generator.bytes(shape.reduce(1, *)).map { Int8(bitPattern: $0) }
        let scales = (0..<shape[0]).map { 0.002 + 0.001 * Float($0 % 3) }
        let new = (
            weights: model.constant(drawn, shape, scales: scales),
            bias: model.constant((0..<shape[0]).map { Int32($0 * 40 - 60) })
        )
        weights[name] = new
        return [new.weights, new.bias]
    }

    mutating func addGraph(_ name: String, pictures: Int, to model: inout HandmadeModel) {
        let first = model.contents.operations.count
        let border = Border(top: 1, left: 1, bottom: 1, right: 1)
        let x = model.activation(.int16, .input, [pictures, 4, 4, 1], scale: 0.0002, border: border)
        let t = model.activation(.int32, .input, [pictures], bounds: 0...3)
        let label = model.activation(.int32, .input, [pictures], bounds: 0...3)
        let row = addTimePath(pictures, t, label, &model)
        let same = ConvolutionParameters(strideY: 1, strideX: 1, padding: border, dilationY: 1, dilationX: 1).stored
        let shape = [pictures, 4, 4, 4]

        let start = model.activation(.int16, .temporary, shape, scale: 0.001)
        model.operation(.convolution, [x] + weights("first", [4, 3, 3, 1], &model), start, same)
        let norm = model.activation(.int8, .temporary, shape, scale: 0.02, zeroPoint: -100, border: border)
        let silu = GroupNormalizationParameters(
            groups: 2, epsilon: 1e-5, tableOffset: tables.silu, activationScale: 0.004)
        model.operation(.groupNormalization, [start, factors.gamma, factors.beta], norm, silu.stored)
        let wide = model.activation(.int16, .temporary, shape, scale: 0.001)
        model.operation(.convolutionAddition, [norm] + weights("second", [4, 3, 3, 4], &model) + [row], wide, same)
        let narrow = model.activation(.int8, .temporary, shape, scale: 0.05, border: border)
        model.operation(.rescale, [wide], narrow)
        let deep = addDescent(pictures, narrow, &model)

        let joined = model.activation(.int8, .temporary, [pictures, 4, 4, 8], scale: 0.05, border: border)
        model.operation(.concatenation, [narrow, deep], joined)
        let sum = model.activation(.int16, .temporary, shape, scale: 0.002)
        model.operation(.convolutionAddition, [joined] + weights("third", [4, 3, 3, 8], &model) + [wide], sum, same)
        let last = model.activation(.int16, .temporary, shape, scale: 0.0002, border: border)
        let plain = GroupNormalizationParameters(groups: 4, epsilon: 1e-3)
        model.operation(.groupNormalization, [sum, factors.gamma, factors.beta], last, plain.stored)
        let noise = model.activation(.int16, .output, [pictures, 4, 4, 1], scale: 0.0002)
        model.operation(.convolution, [last] + weights("last", [1, 3, 3, 4], &model), noise, same)
        model.graph(name, from: first, inputs: [x, t, label], outputs: [noise])
    }

    /// From time step and label to one row of 4 values a picture.
    private mutating func addTimePath(_ pictures: Int, _ t: Int, _ label: Int, _ model: inout HandmadeModel) -> Int {
        let waves = model.activation(.int16, .temporary, [pictures, 8], scale: 0x1p-15)
        model.operation(.timeEmbedding, [t], waves, TimeEmbeddingParameters(offset: tables.time).stored)
        let dense = model.activation(.int16, .temporary, [pictures, 8], scale: 0.001)
        model.operation(.dense, [waves] + weights("time", [8, 8], &model), dense)
        let curve = model.activation(.int16, .temporary, [pictures, 8], scale: 0.001)
        model.operation(.interpolatedTable, [dense], curve, InterpolatedTableParameters(offset: tables.curve).stored)
        let name = model.activation(.int16, .temporary, [pictures, 8], scale: 0.001)
        model.operation(.embedding, [label, rows], name)
        let both = model.activation(.int16, .temporary, [pictures, 8], scale: 0.002)
        model.operation(.addition, [curve, name], both)
        let row = model.activation(.int16, .temporary, [pictures, 4], scale: 0.002)
        model.operation(.dense, [both] + weights("row", [4, 8], &model), row)
        return row
    }

    /// The kinds of 1.0: to 2 x 2 pixels of 8 bits and back.
    private mutating func addDescent(_ pictures: Int, _ x: Int, _ model: inout HandmadeModel) -> Int {
        let window = PoolParameters(
            windowY: 2, windowX: 2, strideY: 2, strideX: 2, padding: Border(), countsPadding: false)
        let small = [pictures, 2, 2, 4]
        let largest = model.activation(.int8, .temporary, small, scale: 0.05)
        model.operation(.maxPool, [x], largest, window.stored)
        let border = Border(top: 1, left: 1, bottom: 1, right: 1)
        let mapped = model.activation(.int8, .temporary, small, scale: 0.05, border: border)
        model.operation(.table, [largest], mapped, TableParameters(offset: tables.bytes).stored)
        let narrow = addGroups(pictures, mapped, &model)
        let soft = model.activation(.int8, .temporary, small, scale: 0x1p-7, zeroPoint: -128)
        model.operation(.softmax, [narrow], soft, SoftmaxParameters(offset: tables.exponentials).stored)
        let mean = model.activation(.int8, .temporary, [pictures, 1, 1, 4], scale: 0x1p-7, zeroPoint: -128)
        model.operation(.averagePool, [soft], mean, window.stored)
        let even = model.activation(.int8, .temporary, [pictures, 1, 1, 4], scale: 0.05)
        model.operation(.rescale, [mean], even)
        let large = model.activation(.int8, .temporary, [pictures, 4, 4, 4], scale: 0.05)
        model.operation(.upsampling, [even], large, UpsamplingParameters(factorY: 4, factorX: 4).stored)
        return addArithmetic(pictures, x, even, large, &model)
    }

    /// Each channel times its gate, less a constant row, where that is more than what is there already.
    private func addArithmetic(
        _ pictures: Int, _ x: Int, _ gate: Int, _ other: Int, _ model: inout HandmadeModel
    ) -> Int {
        let border = Border(top: 0, left: 2, bottom: 1, right: 0)
        let product = model.activation(.int16, .temporary, [pictures, 4, 4, 4], scale: 0.002, border: border)
        model.operation(.quantizedArithmetic, [x, gate], product, [Int(ArithmeticFunction.multiplication.rawValue)])
        let less = model.activation(.int8, .temporary, [pictures, 4, 4, 4], scale: 0.04, zeroPoint: 7)
        model.operation(.quantizedArithmetic, [product, row], less, [Int(ArithmeticFunction.subtraction.rawValue)])
        let largest = model.activation(.int8, .temporary, [pictures, 4, 4, 4], scale: 0.05)
        model.operation(.quantizedArithmetic, [less, other], largest, [Int(ArithmeticFunction.maximum.rawValue)])
        return largest
    }

    /// Convolutions of 2 x 2 pixels: depthwise, of two groups, of four with an addend, and of one.
    private mutating func addGroups(_ pictures: Int, _ x: Int, _ model: inout HandmadeModel) -> Int {
        let border = Border(top: 1, left: 1, bottom: 1, right: 1)
        var parameters = ConvolutionParameters(
            strideY: 1, strideX: 1, padding: border, dilationY: 1, dilationX: 1, groups: 4)
        let deep = model.activation(.int8, .temporary, [pictures, 2, 2, 8], scale: 0.05)
        model.operation(
            .convolution, [x] + weights("depthwise", [8, 3, 3, 1], &model) + [bounds.bytes], deep, parameters.stored)
        parameters.padding = Border()
        parameters.groups = 2
        let halves = model.activation(.int8, .temporary, [pictures, 2, 2, 4], scale: 0.05)
        model.operation(.convolution, [deep] + weights("halves", [4, 1, 1, 4], &model), halves, parameters.stored)
        parameters.groups = 4
        let wide = model.activation(.int16, .temporary, [pictures, 2, 2, 4], scale: 0.001)
        model.operation(
            .convolutionAddition, [halves] + weights("wide", [4, 1, 1, 1], &model) + [halves, bounds.words], wide,
            parameters.stored)
        parameters.groups = 1
        let narrow = model.activation(.int8, .temporary, [pictures, 2, 2, 4], scale: 0.05, bounds: 0...127)
        model.operation(.convolution, [wide] + weights("point", [4, 1, 1, 4], &model), narrow, parameters.stored)
        return narrow
    }
}
