public import Datasets
public import EdgeFormat
import Imaging
public import ModelGraph
import Quantization

/// A float classifier that says what drawn pictures show, and in whose feature space they are compared with real ones.
public struct PictureJudge: Sendable {
    /// What a classifier made of pictures.
    public struct Verdict: Sendable {
        /// The best class of each picture.
        public var answers: [Int] = []
        /// What the last dense layer reads, one vector after the other.
        public var features: [Float] = []
    }

    private let interpreter: ReferenceInterpreter
    private let preprocessing: Preprocessing
    /// Values of a feature vector.
    public let width: Int

    /// Pictures that one thread takes at a time.
    private static let shard = 64

    /// - Parameter graph: a classifier of pictures whose last layer is dense.
    /// - Throws: `EdgeError` for another graph.
    public init(_ graph: Graph) throws(EdgeError) {
        guard let preprocessing = try Preprocessing(graph: graph) else {
            throw EdgeError(.data, at: graph.name, "takes no pictures and cannot judge them")
        }
        var judge = graph.simplified()
        guard let last = judge.nodes.last(where: { $0.operation is Dense }), judge.outputs.count == 1 else {
            throw EdgeError(.data, at: graph.name, "has no dense layer whose input could describe a picture")
        }
        judge.outputs.append(last.inputs[0])
        width = judge.values[last.inputs[0]].type.count
        self.preprocessing = preprocessing
        interpreter = try ReferenceInterpreter(judge, .quick)
    }

    /// Real pictures.
    /// - Parameter progress: called with the number of pictures done, from any thread.
    public func judge(
        _ pictures: LabelledPictures, threads: Int, progress: @escaping @Sendable (Int) -> Void
    ) throws(EdgeError) -> Verdict {
        try inShards(pictures.count, threads, progress) { (index) throws(EdgeError) in
            (try pictures.picture(index, color: preprocessing.color), pictures.name(index))
        }
    }

    /// Drawn pictures; of larger ones than the real ones the middle counts, where a picture is put when one is trained.
    /// - Parameter size: width and height of the real pictures.
    public func judge(
        _ sampling: Sampling, size: (width: Int, height: Int), threads: Int,
        progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) throws(EdgeError) -> Verdict {
        try inShards(sampling.count, threads, progress) { (index) throws(EdgeError) in
            let name = "picture \(index)"
            guard let bytes = sampling.middle(index, width: size.width, height: size.height),
                let picture = Picture(
                    width: size.width, height: size.height, channels: sampling.shape[2], bytes: bytes)
            else {
                throw EdgeError(.data, at: name, "is smaller than the real ones")
            }
            return (picture.converted(to: preprocessing.color), name)
        }
    }

    /// - Parameter load: gives a picture and its name, for errors.
    private func inShards(
        _ count: Int, _ threads: Int, _ progress: @escaping @Sendable (Int) -> Void,
        _ load: @escaping @Sendable (Int) throws(EdgeError) -> (picture: Picture, name: String)
    ) throws(EdgeError) -> Verdict {
        let shard = Self.shard
        let parts = try concurrently((count + shard - 1) / shard, threads: threads) { (part) throws(EdgeError) in
            let processor = preprocessing.processor()
            var verdict = Verdict()
            let range = part * shard..<min((part + 1) * shard, count)
            for index in range {
                let (picture, name) = try load(index)
                try judge(processor.resize(picture), name, into: &verdict)
            }
            progress(range.count)
            return verdict
        }
        var all = Verdict()
        for part in parts {
            all.answers += part.answers
            all.features += part.features
        }
        return all
    }

    private func judge(_ picture: Picture, _ name: String, into verdict: inout Verdict) throws(EdgeError) {
        let outputs = try interpreter.run([.float32(preprocessing.input(picture))]).compactMap(\.floats)
        guard outputs.count == 2, let best = outputs[0].indices.max(by: { outputs[0][$0] < outputs[0][$1] }) else {
            throw EdgeError(.data, at: "classifier", "gives no floats")
        }
        guard outputs[0].allSatisfy(\.isFinite), outputs[1].allSatisfy(\.isFinite) else {
            throw EdgeError(.data, at: name, "the classifier makes numbers of it that are not finite")
        }
        verdict.answers.append(best)
        verdict.features += outputs[1]
    }
}

extension Sampling {
    /// The pixels in the middle of a picture, row by row; nil where it is smaller.
    package func middle(_ index: Int, width: Int, height: Int) -> [UInt8]? {
        let (rows, columns, channels) = (shape[0], shape[1], shape[2])
        guard width <= columns, height <= rows else { return nil }
        let (top, left) = ((rows - height) / 2, (columns - width) / 2)
        let all = self[index]
        var bytes: [UInt8] = []
        for row in top..<top + height {
            let first = all.startIndex + (row * columns + left) * channels
            bytes += all[first..<first + width * channels]
        }
        return bytes
    }
}
