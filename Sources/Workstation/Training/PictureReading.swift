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
    private let fit: PictureInput.Fit
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
        fit = input.fit
        bytes = Destination(count: set.count * size)
        // The pipeline's last step is left out: bytes stay as they are.
        let identity = (0..<256).map { Int8(truncatingIfNeeded: $0) }
        pipeline = InputPipeline(
            crop: .automatic, width: input.width, height: input.height, color: input.color,
            tables: .integers([[Int8]](repeating: identity, count: input.color.channels)))
    }

    func run(piece: Int) {
        let processor = InputProcessor(pipeline: pipeline)
        for index in piece * Self.pieceSize..<min((piece + 1) * Self.pieceSize, set.count) {
            if Interrupts.requested { return }
            do throws(EdgeError) {
                let picture = try set.picture(index, color: pipeline.color)
                guard let target = bytes.base.baseAddress else { return }
                let place = target + index * size
                if fit == .centred, picture.width <= pipeline.width, picture.height <= pipeline.height {
                    centre(picture, in: place)
                } else {
                    try processor.run(picture, into: place, rowPitch: processor.rowBytes, flip: 0)
                }
            } catch {
                let error = error.place.isEmpty ? error.within(set.name(index)) : error
                failure.withLock { if index < $0?.index ?? Int.max { $0 = (index, error) } }
                return
            }
        }
    }

    /// Copies a picture into the middle of zeros.
    private func centre(_ picture: Picture, in target: UnsafeMutablePointer<UInt8>) {
        let (left, top) = ((pipeline.width - picture.width) / 2, (pipeline.height - picture.height) / 2)
        let channels = pipeline.color.channels
        for y in 0..<picture.height {
            for x in 0..<picture.width {
                let (from, to) = (y * picture.width + x, (top + y) * pipeline.width + left + x)
                for channel in 0..<channels {
                    let plane = pipeline.color == .bgr ? channels - 1 - channel : channel
                    target[to * channels + channel] = picture.bytes[from * channels + plane]
                }
            }
        }
    }

    /// The pixels of all pictures.
    func result() throws(EdgeError) -> [UInt8] {
        if Interrupts.requested { throw EdgeError.interrupted.within("training") }
        if let failure = failure.withLock({ $0 }) { throw failure.error }
        return Array(bytes.base)
    }
}
