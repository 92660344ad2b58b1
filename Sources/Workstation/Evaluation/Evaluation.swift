public import Datasets
public import EdgeFormat
import Imaging
public import Inference
public import ModelGraph
public import Quantization
import Recognition

/// What a model made of a set of pictures.
public struct Evaluation: Sendable {
    public var accuracy = Accuracy()
    /// The first output of every picture, one after the other: logits or probabilities as floats.
    public var outputs: [Float] = []
    /// Values of one picture's output.
    public var outputCount = 0

    /// Pictures that one thread takes at a time; fixed, so that nothing depends on the number of threads.
    private static let shard = 64

    /// A compiled model, run by the device's own code.
    /// - Parameters:
    ///   - keepsStates: whether a model with states goes on from one picture to the next, in their order and on one
    ///     thread; else each picture is the first.
    ///   - needsLabels: whether a picture without a label is an error and not just a wrong answer.
    ///   - progress: called with the number of pictures done, from any thread.
    public static func run(
        _ model: Model, _ pictures: LabelledPictures, kernels: KernelSet, threads: Int, keepsStates: Bool = false,
        needsLabels: Bool = true, progress: @escaping @Sendable (Int) -> Void
    ) throws(EdgeError) -> Evaluation {
        if needsLabels { try pictures.requireLabels() }
        let size = keepsStates ? max(pictures.count, 1) : shard
        return try inShards(pictures, of: size, threads: threads, progress) { (range) throws(EdgeError) -> Evaluation in
            let recognizer = try Recognizer(model, kernels: kernels)
            recognizer.keepsStates = keepsStates
            let tensor = recognizer.session.output(0).tensor
            var result = Evaluation()
            result.outputCount = tensor.count
            for index in range {
                let picture = try pictures.picture(index, color: recognizer.pipeline.color)
                let answer = try recognizer.answer(picture)
                result.accuracy.count(
                    best: answer.top.map(\.index), label: label(pictures, index, classes: tensor.count))
                result.outputs += try recognizer.session.outputReals(0, order: .stored)
            }
            return result
        }
    }

    /// A graph, run by the reference interpreter.
    /// - Parameters:
    ///   - arithmetic: how the graph's sums are computed.
    ///   - needsLabels: whether a picture without a label is an error and not just a wrong answer.
    public static func run(
        _ graph: Graph, preprocessing: Preprocessing, _ pictures: LabelledPictures, threads: Int,
        arithmetic: SumArithmetic = .inOrder, needsLabels: Bool = true, progress: @escaping @Sendable (Int) -> Void
    ) throws(EdgeError) -> Evaluation {
        if needsLabels { try pictures.requireLabels() }
        let interpreter = try ReferenceInterpreter(graph, arithmetic)
        return try inShards(pictures, of: shard, threads: threads, progress) {
            (range) throws(EdgeError) -> Evaluation in
            let processor = preprocessing.processor()
            var result = Evaluation()
            for index in range {
                let picture = try processor.resize(pictures.picture(index, color: preprocessing.color))
                let outputs = try interpreter.run([graph.firstInput(preprocessing.input(picture))])
                let scores = try outputs.first.map { (output) throws(EdgeError) in try graph.scores(output) } ?? []
                result.outputCount = scores.count
                result.outputs += scores
                result.accuracy.count(best: best(scores), label: label(pictures, index, classes: scores.count))
            }
            return result
        }
    }

    /// The model's class that a picture's label means. Of 1,001 classes the first one is the background, as ImageNet's older
    /// models have it.
    static func label(_ pictures: LabelledPictures, _ index: Int, classes: Int) -> Int {
        guard let label = pictures.label(index) else { return -1 }
        return classes == 1001 ? label + 1 : label
    }

    private static func inShards(
        _ pictures: LabelledPictures, of shard: Int, threads: Int, _ progress: @escaping @Sendable (Int) -> Void,
        _ body: @escaping @Sendable (Range<Int>) throws(EdgeError) -> Evaluation
    ) throws(EdgeError) -> Evaluation {
        let count = pictures.count
        let parts = try concurrently((count + shard - 1) / shard, threads: threads) { (index) throws(EdgeError) in
            let range = index * shard..<min((index + 1) * shard, count)
            let part = try body(range)
            progress(range.count)
            return part
        }
        var all = Evaluation()
        for part in parts {
            all.accuracy.add(part.accuracy)
            all.outputs += part.outputs
            all.outputCount = part.outputCount
        }
        return all
    }

    /// The five best classes, of equal ones the lowest index first.
    static func best(_ scores: [Float]) -> [Int] {
        Array(scores.indices.sorted { (scores[$0], $1) > (scores[$1], $0) }.prefix(5))
    }
}

extension Graph {
    /// Reals as the graph's first input takes them: as they are, or as bytes.
    fileprivate func firstInput(_ reals: [Float]) -> TensorData {
        guard let id = inputs.first, values[id].type.element == .int8, let quantization = values[id].type.quantization
        else { return .float32(reals) }
        return .int8(reals.map { quantization.quantize($0) })
    }

    /// The reals that the first output stands for.
    fileprivate func scores(_ output: TensorData) throws(EdgeError) -> [Float] {
        if let floats = output.floats { return floats }
        guard let id = outputs.first, let bytes = output.bytes else {
            throw EdgeError(.data, at: name, "its output is \(output.elementType.rawValue), which scores nothing")
        }
        let quantization = try values[id].type.activationQuantization
        return bytes.map { quantization.dequantize($0) }
    }
}
