public import Compilation
public import Datasets
import Diffusion
public import EdgeFormat
import Imaging
import Inference
public import ModelGraph
public import Quantization

/// From an imported graph to an `.edge` file: simplify, calibrate, quantize, compile. Each stage is one function from a
/// value to a value, and each can be printed. A graph that is quantized already keeps its own scales.
public struct ModelBuild: Sendable {
    /// What calibration looks at.
    public enum CalibrationData: Sendable {
        case pictures(LabelledPictures, Preprocessing)
        /// For each sample one array for each input.
        case tensors([[TensorData]])
        /// The model makes its own: samplings of a denoiser.
        case trajectories(Trajectories)

        /// Whether it is numbers that the model was not made for.
        public var isRandom: Bool { if case .tensors = self { true } else { false } }
    }

    public var recipe = QuantizationRecipe()
    public var packedSets: [UInt16] = []
    public var meta = Meta()
    public var threads = 1
    /// Called with a stage's name and its graph.
    public var afterStage: @Sendable (String, Graph) -> Void = { _, _ in }
    /// Called with what calibration saw, before anything is made of it.
    public var afterCalibration: @Sendable (Calibration) -> Void = { _ in }
    /// Called with the number of calibration samples done, from any thread.
    public var progress: @Sendable (Int) -> Void = { _ in }
    /// Called while ranges are learned, with the number of blocks done and of all.
    public var learningProgress: @Sendable (_ done: Int, _ all: Int) -> Void = { _, _ in }
    /// Asked now and then; what it throws ends the build.
    public var mayContinue: @Sendable () throws(EdgeError) -> Void = {}

    public init() {}

    /// The stages that `afterStage` names, in their order.
    public static var stages: [String] {
        let own = Pass.quantized.map(\.name).filter { name in !Pass.all.contains { $0.name == name } }
        return ["import"] + Pass.all.map(\.name) + own + ["equalize", "quantize"]
    }

    public func run(
        _ imported: Graph, preprocessing: Preprocessing?, data: CalibrationData
    ) throws(EdgeError) -> CompiledModel {
        let quantized = try quantized(try calibrated(imported, data, method: recipe.ranges), data)
        return try compiled(quantized, preprocessing, data)
    }

    /// A float graph that only waits for its integers, and what its values are on the calibration's samples.
    struct CalibratedGraph: Sendable {
        let graph: Graph
        let calibration: Calibration
    }

    /// Everything before the integers.
    /// - Parameter method: with which the ranges are to be found. What one that looks at how often values occur asks for
    ///   serves every other.
    func calibrated(
        _ imported: Graph, _ data: CalibrationData, method: RangeMethod
    ) throws(EdgeError) -> CalibratedGraph {
        var graph = simplified(imported)
        try check(recipe.sixteenBit, "sixteen-bit", graph)
        try check(recipe.floats, "float", graph)
        if recipe.equalizes, let samples = samples(data) {
            graph = try Equalization(graph, samples, threads: threads).equalized()
            afterStage("equalize", graph)
        }
        let calibration = try calibrate(graph, data, method)
        afterCalibration(calibration)
        return CalibratedGraph(graph: graph, calibration: calibration)
    }

    /// The integers that the recipe makes of a graph.
    func quantized(_ ready: CalibratedGraph, _ data: CalibrationData) throws(EdgeError) -> Graph {
        let (graph, ranges) = (ready.graph, ready.calibration.ranges)
        var byteRanges = ready.calibration.byteRanges(recipe.ranges)
        let samples = samples(data)
        var quantized = try integers(ready, byteRanges, samples)
        if recipe.learnsRanges, let samples {
            byteRanges = try LearnedRanges(
                graph, quantized: quantized, ranges: ranges, byteRanges: byteRanges, recipe: recipe, threads: threads,
                mayContinue: mayContinue, progress: learningProgress
            ).learned(samples)
            quantized = try integers(ready, byteRanges, samples)
        }
        afterStage("quantize", quantized)
        return quantized
    }

    /// Integers by ranges, corrected on samples where there are some.
    private func integers(
        _ ready: CalibratedGraph, _ byteRanges: [ValueRange?], _ samples: CalibrationSamples?
    ) throws(EdgeError) -> Graph {
        try mayContinue()
        let quantized = try Quantizer(
            ready.graph, ranges: ready.calibration.ranges, byteRanges: byteRanges, recipe: recipe
        ).quantized()
        guard let samples else { return quantized }
        return try LayerCorrection(
            float: ready.graph, quantized: quantized, recipe: recipe, threads: threads, mayContinue: mayContinue,
            progress: progress
        ).corrected(samples)
    }

    /// The file of a quantized graph.
    func compiled(
        _ quantized: Graph, _ preprocessing: Preprocessing?, _ data: CalibrationData
    ) throws(EdgeError) -> CompiledModel {
        try Compiler.compile(quantized, options(quantized, preprocessing, data))
    }

    /// The same without calibration: a file that computes in floats, with weights of the recipe's precision.
    public func runFloat(_ imported: Graph, preprocessing: Preprocessing?) throws(EdgeError) -> CompiledModel {
        let graph = try simplified(imported.withoutPrescriptions()).storingWeights(recipe)
        var options = CompilationOptions()
        options.meta = meta
        options.meta[.recipe] = flags(graph, preprocessing)
        if let preprocessing, let input = graph.inputs.first {
            options.pipeline = graph.values[input].type.pipeline(preprocessing)
            options.labels = preprocessing.labels
        }
        return try Compiler.compile(graph, options)
    }

    /// The same to be timed only: nothing in it says what comes out.
    public func runTimed(_ imported: Graph) throws(EdgeError) -> CompiledModel {
        var options = CompilationOptions()
        options.goldenSeeds = []
        return try Compiler.compile(imported.withoutPrescriptions().simplified(), options)
    }

    /// Of a graph that is quantized already, or whose floats know the integers that its source made of them: with its own
    /// scales.
    public func run(quantized imported: Graph, preprocessing: Preprocessing?) throws(EdgeError) -> CompiledModel {
        var graph = simplified(imported)
        if graph.isPrescribed {
            let unknown = [ValueRange?](repeating: nil, count: graph.values.count)
            graph = try Quantizer(graph, ranges: unknown, recipe: recipe).quantized()
            afterStage("quantize", graph)
        }
        return try Compiler.compile(graph, options(graph, preprocessing, nil))
    }

    private func simplified(_ imported: Graph) -> Graph {
        afterStage("import", imported)
        return Pass.passes(for: imported).reduce(imported) { graph, pass in
            let next = pass(graph)
            afterStage(pass.name, next)
            return next
        }
    }

    private func calibrate(
        _ graph: Graph, _ data: CalibrationData, _ method: RangeMethod
    ) throws(EdgeError) -> Calibration {
        if case .trajectories(let trajectories) = data {
            return try Calibration.run(graph, trajectories, method: method, threads: threads, progress: progress)
        }
        return try Calibration.run(
            graph, samples(data) ?? CalibrationSamples([]), method: method, threads: threads, progress: progress)
    }

    /// The samples that calibration looks at; nil where the model makes its own.
    public func samples(_ data: CalibrationData) -> CalibrationSamples? {
        switch data {
        case .pictures(let pictures, let preprocessing):
            CalibrationSamples(pictures, recipe.samples(of: pictures.count), preprocessing)
        case .tensors(let samples): CalibrationSamples(samples)
        case .trajectories: nil
        }
    }

    /// Names that no layer has would be left out in silence.
    private func check(_ names: [String], _ option: String, _ graph: Graph) throws(EdgeError) {
        for name in names where !graph.nodes.contains(where: { $0.name == name }) {
            throw EdgeError(.usage, at: "--\(option) \(name)", "there is no layer of this name")
        }
    }

    private func options(
        _ quantized: Graph, _ preprocessing: Preprocessing?, _ data: CalibrationData?
    ) throws(EdgeError) -> CompilationOptions {
        var options = CompilationOptions()
        options.meta = meta
        options.meta[.recipe] = flags(quantized, preprocessing, keepsScales: data == nil)
        options.packedSets = packedSets
        if try DiffusionSettings(metadata: quantized.metadata) != nil {
            options.labels = Self.labels(quantized.metadata)
        }
        guard let preprocessing, let input = quantized.inputs.first else { return options }
        guard quantized.values[input].type.element != .int16 else {
            throw EdgeError(
                .usage, at: "--sixteen-bit", "names a layer that reads the picture, which has 8 bits; leave it out")
        }
        let pipeline = preprocessing.pipeline(for: try quantized.values[input].type.activationQuantization)
        options.pipeline = pipeline
        options.labels = preprocessing.labels
        if case .pictures(let pictures, _) = data { options.goldenInput = try goldenInput(pictures, pipeline) }
        return options
    }

    /// The labels that a picture can be asked for.
    private static func labels(_ metadata: [String: String]) -> [String] {
        let text = metadata["swiftlet.output.labels"] ?? ""
        return text.split(separator: text.contains("\n") ? "\n" : ",").map(String.init)
    }

    /// The flags of `quantize` that make the file again.
    /// - Parameter keepsScales: the graph came with scales of its own.
    public func flags(_ graph: Graph, _ preprocessing: Preprocessing?, keepsScales: Bool = false) -> String {
        let isDenoiser = graph.metadata.keys.contains { $0.hasPrefix("swiftlet.diffusion.") }
        let targets = packedSets.map { number in
            "--target \(KernelSet.known.first { $0.number == number }?.name ?? "\(number)")"
        }
        let recipe = keepsScales ? [] : [recipe.flags(isDenoiser: isDenoiser)]
        return (recipe + targets + [preprocessing?.flags].compactMap { $0 }).joined(
            separator: " ")
    }

    /// The first calibration picture as the device sees it.
    private func goldenInput(_ pictures: LabelledPictures, _ pipeline: InputPipeline) throws(EdgeError) -> [Int8]? {
        guard let sample = recipe.samples(of: pictures.count).first else { return nil }
        let picture = try pictures.picture(sample, color: pipeline.color)
        let processor = InputProcessor(pipeline: pipeline)
        let size = processor.rowBytes * pipeline.height
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 1)
        defer { bytes.deallocate() }
        guard let base = bytes.baseAddress else { return nil }
        try processor.run(picture, into: base, rowPitch: processor.rowBytes, flip: 0)
        return bytes.map { Int8(bitPattern: $0) }
    }
}

extension TensorType {
    /// How a picture becomes an input of this type; nil where it takes neither 8 bits nor float32, or is no picture by its size.
    fileprivate func pipeline(_ preprocessing: Preprocessing) -> InputPipeline? {
        switch (element, quantization) {
        case (.float32, nil) where max(preprocessing.width, preprocessing.height) <= InputPipeline.sideLimit:
            preprocessing.floatPipeline()
        case (.int8, let quantization?): preprocessing.pipeline(for: quantization)
        default: nil
        }
    }
}
