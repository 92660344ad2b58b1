public import EdgeFormat
public import Imaging
public import Inference
internal import Platform

/// From a picture or frame to an answer: the model's input pipeline, a session, the meaning of its output. The
/// workstation's evaluation and the board run this same code.
public final class Recognizer {
    public let session: Session
    /// What the model takes from a picture.
    public let pipeline: InputPipeline
    /// Whether a model with states goes on from one picture to the next, as in a stream; else each picture is the first.
    public var keepsStates = false
    private let processor: InputProcessor
    private let scores: Scores

    /// - Throws: `EdgeError` when the model does not classify pictures.
    public init(_ model: Model, kernels: KernelSet = .best, threads: Int = 1) throws(EdgeError) {
        guard model.file.steps == nil else {
            throw EdgeError(
                .usage, at: model.path, "draws pictures and classifies none; `edge-run denoise` runs it")
        }
        guard let input = model.file.inputs.first, model.file.graphs[0].inputs == [input.tensor] else {
            throw EdgeError(.usage, at: model.path, "takes no pictures; `edge-run infer` runs it on tensors")
        }
        guard let output = model.file.outputs.first, model.file.graphs[0].outputs.first == output.tensor else {
            throw EdgeError(
                .usage, at: model.path, "does not say what its output means; `edge-run infer` runs it on tensors")
        }
        let tensor = model.file.tensors[output.tensor]
        guard tensor.isPlain ? tensor.element == .float32 : tensor.element == .int8, output.meaning != .picture else {
            throw EdgeError(
                .usage, at: model.path, "gives no scores of 8 bits or in floats; `edge-run infer` runs it on tensors")
        }
        session = try Session(model, kernels: kernels, threads: threads)
        pipeline = input.pipeline
        processor = InputProcessor(pipeline: input.pipeline)
        scores = Scores(output: output, tensor: tensor)
    }

    /// The answer for a decoded picture.
    public func answer(_ picture: borrowing Picture) throws(EdgeError) -> Answer {
        let start = Clock.nanoseconds()
        let input = session.input(0)
        try processor.run(picture, into: input.start, rowPitch: rowPitch(input), flip: input.flip)
        return finish(start)
    }

    /// The answer for pixels in place, for example a camera's buffer.
    public func answer(_ pixels: PixelView) throws(EdgeError) -> Answer {
        let start = Clock.nanoseconds()
        let input = session.input(0)
        try processor.run(pixels, into: input.start, rowPitch: rowPitch(input), flip: input.flip)
        return finish(start)
    }

    /// Bytes from one row of the picture to the next: rows without channels stand side by side.
    private func rowPitch(_ input: TensorView) -> Int {
        input.tensor.isPicture ? input.rowPitch : processor.rowBytes
    }

    private func finish(_ start: Int64) -> Answer {
        let ready = Clock.nanoseconds()
        // The arena may reuse the input's memory, so its digest is taken before the run.
        let inputDigest = xxh3(session.readInputs())
        let begin = Clock.nanoseconds()
        if !keepsStates { session.reset() }
        session.run()
        let done = Clock.nanoseconds()
        let floats = ExactFloats()
        let top = scores.best(Answer.topCount, of: session.output(0).bytes())
        floats.restore()
        return Answer(
            top: top, inputDigest: inputDigest, outputDigest: xxh3(session.readOutputs()),
            times: Answer.Times(input: ready - start, inference: done - begin, output: Clock.nanoseconds() - done),
            index: top.first?.index ?? 0)
    }
}
