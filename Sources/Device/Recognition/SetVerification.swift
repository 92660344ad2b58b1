public import EdgeFormat
internal import Imaging
internal import Inference
internal import Platform

/// Runs a packed picture set on this processor and compares decoding, input, output and answer of every picture with what
/// the workstation stored.
public final class SetVerification {
    private let mapping: MappedFile
    private let set: PictureSet
    private let path: String

    /// What a run found; it only exists where everything agrees with the workstation.
    public struct Result: Sendable {
        public var count: Int
        public var right: Int
        public var labelled: Int
    }

    public init(path: String) throws(EdgeError) {
        do throws(SystemError) {
            mapping = try MappedFile(path: path)
        } catch {
            throw EdgeError(.system, at: path, error.sentence)
        }
        set = try PictureSet(mapping.bytes, place: path)
        self.path = path
    }

    /// Pictures in the set.
    public var count: Int { self.set.count }

    /// - Parameter each: called after each picture with the number done; returns false to stop.
    /// - Throws: `EdgeError` of kind `check` that names the first picture and stage that differ.
    public func run(_ recognizer: Recognizer, each: (Int) -> Bool) throws(EdgeError) -> Result {
        let model = recognizer.session.model
        guard set.expected.model == model.file.container.checksum else {
            throw EdgeError(.usage, at: path, "was packed with another model than " + model.path)
        }
        var result = Result(count: 0, right: 0, labelled: 0)
        for index in 0..<set.count {
            let entry = try check(index, recognizer)
            result.count += 1
            if let label = entry.label {
                result.labelled += 1
                if label == entry.answer { result.right += 1 }
            }
            guard each(index + 1) else { return result }
        }
        guard result.right == set.expected.right, result.labelled == set.expected.labelled else {
            throw EdgeError(
                .check, at: path,
                "\(result.right) of \(result.labelled) right, the workstation had \(set.expected.right) of \(set.expected.labelled)"
            )
        }
        return result
    }

    private func check(_ index: Int, _ recognizer: Recognizer) throws(EdgeError) -> PictureSet.Entry {
        let (entry, bytes) = try set.picture(index)
        let place = path + ": picture '" + entry.name + "'"
        let answer: Answer
        do throws(EdgeError) {
            // The name itself says what a raw frame's bytes are.
            answer = try recognizer.answer(
                PictureFile.decode(bytes, color: recognizer.pipeline.color, place: entry.name))
        } catch {
            throw error.within(path)
        }
        guard answer.inputDigest == entry.inputDigest else {
            throw EdgeError(.check, at: place, "decodes or resizes to another input than on the workstation")
        }
        // Floats are close on every processor, not the same bits.
        let isExact = recognizer.session.model.file.container.isExact
        guard answer.outputDigest == entry.outputDigest || !isExact, answer.index == entry.answer else {
            throw EdgeError(.check, at: place, "gives another output than on the workstation")
        }
        return entry
    }
}
