internal import Datasets
internal import EdgeFormat
internal import Imaging
internal import Networks
internal import Platform
internal import Synchronization

/// Decodes and resizes the pictures of a set on several threads, each picture to its own place.
final class PictureReading: Sendable {
    /// Pieces of work, a few hundred pictures each.
    let pieces: Int
    private let set: LabelledPictures
    private let pipeline: InputPipeline
    private let size: Int
    private let bytes: Destination
    /// The error of the first picture that has one.
    private let failure = Mutex<(index: Int, error: EdgeError)?>(nil)
    private static let pieceSize = 256

    private final class Destination: @unchecked Sendable {  // each picture is written by one thread
        let base: UnsafeMutableBufferPointer<UInt8>

        init(count: Int) {
            base = .allocate(capacity: count)
            base.initialize(repeating: 0)
        }

        deinit { base.deallocate() }
    }

    init(_ set: LabelledPictures, input: PictureInput) {
        self.set = set
        pieces = (set.count + Self.pieceSize - 1) / Self.pieceSize
        size = input.width * input.height * input.color.channels
        bytes = Destination(count: set.count * size)
        // The pipeline's last step is left out: bytes stay as they are.
        let identity = (0..<256).map { Int8(truncatingIfNeeded: $0) }
        pipeline = InputPipeline(
            crop: .automatic, width: input.width, height: input.height, color: input.color,
            tables: [[Int8]](repeating: identity, count: input.color.channels))
    }

    func run(piece: Int) {
        let processor = InputProcessor(pipeline: pipeline)
        for index in piece * Self.pieceSize..<min((piece + 1) * Self.pieceSize, set.count) {
            if Interrupts.requested { return }
            do throws(EdgeError) {
                let picture = try set.picture(index, color: pipeline.color)
                guard let target = bytes.base.baseAddress else { return }
                try processor.run(picture, into: target + index * size, rowPitch: processor.rowBytes, flip: 0)
            } catch {
                let error = error.place.isEmpty ? error.within(set.name(index)) : error
                failure.withLock { if index < $0?.index ?? Int.max { $0 = (index, error) } }
                return
            }
        }
    }

    /// The pixels of all pictures.
    func result() throws(EdgeError) -> [UInt8] {
        if Interrupts.requested { throw TrainingJob.interruption }
        if let failure = failure.withLock({ $0 }) { throw failure.error }
        return Array(bytes.base)
    }
}
