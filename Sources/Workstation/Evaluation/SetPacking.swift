public import Datasets
public import EdgeFormat
import Imaging
public import Inference
import Quantization
import Recognition

/// Packs pictures with what a model makes of them here, so that a board can compare.
public enum SetPacking {
    /// A packed set and how often the model was right.
    public struct Packed: Sendable {
        public let file: [UInt8]
        public let accuracy: Accuracy
    }

    private static let shard = 64

    /// - Parameters:
    ///   - indices: which of the pictures, in this order.
    ///   - producer: program and version, for the file's meta section.
    ///   - progress: called with the number of pictures done, from any thread.
    public static func pack(
        _ pictures: LabelledPictures, indices: [Int], model: Model, producer: String, threads: Int,
        progress: @escaping @Sendable (Int) -> Void
    ) throws(EdgeError) -> Packed {
        let parts = try concurrently((indices.count + shard - 1) / shard, threads: threads) {
            (part) throws(EdgeError) -> [(entry: PictureSet.Entry, bytes: [UInt8])] in
            let recognizer = try Recognizer(model)
            var entries: [(entry: PictureSet.Entry, bytes: [UInt8])] = []
            for index in indices[part * shard..<min((part + 1) * shard, indices.count)] {
                entries.append(try entry(index, pictures, recognizer))
            }
            progress(entries.count)
            return entries
        }
        let entries = parts.flatMap { $0 }
        var accuracy = Accuracy()
        for (entry, _) in entries {
            if let label = entry.label { accuracy.count(best: [entry.answer], label: label) }
        }
        var meta = Meta()
        meta[.name] = model.file.meta[.name]
        meta[.producer] = producer
        let expected = PictureSet.Expected(
            model: model.file.container.checksum, right: accuracy.right, labelled: accuracy.total)
        return Packed(file: PictureSet.file(entries, expected: expected, meta: meta), accuracy: accuracy)
    }

    private static func entry(
        _ index: Int, _ pictures: LabelledPictures, _ recognizer: Recognizer
    ) throws(EdgeError) -> (entry: PictureSet.Entry, bytes: [UInt8]) {
        let name = pictures.name(index)
        let bytes = try pictures.encoded(index)
        let picture = try PictureFile.decode(bytes, color: recognizer.pipeline.color, place: name)
        let answer = try recognizer.answer(picture)
        let entry = PictureSet.Entry(
            name: name, label: pictures.label(index), inputDigest: answer.inputDigest,
            outputDigest: answer.outputDigest, answer: answer.index)
        return (entry, bytes)
    }
}
