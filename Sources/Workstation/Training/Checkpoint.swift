internal import Diffusion
package import EdgeFormat
package import Networks
internal import Platform
internal import Tensors

/// Everything that a training needs to go on as if it had not been interrupted, but for the data.
///
/// The file: the 8 bytes of `magic`, u32 version, the fields in the order of `encoded`, the parameters, the optimizer's
/// numbers and the average as floats, and the XXH3-64 of all bytes before it; little-endian throughout.
package struct Checkpoint: Equatable, Sendable {
    package var recipe: String
    package var settings: TrainingSettings
    package var seed: UInt64
    package var classes: Int
    /// What was trained on.
    package var pictureCount: Int
    package var dataDigest: UInt64
    package var progress: TrainingProgress
    package var parameters: [Float]
    /// The optimizer's numbers, a multiple of the parameters.
    package var state: [Float]
    /// The running average of the parameters; empty where there is none.
    package var average: [Float]

    private static let magic: [UInt8] = Array("SWTRAIN\0".utf8)
    private static let version: UInt32 = 2
    /// No network of ours has more parameters; their floats fill half a gigabyte.
    private static let parameterLimit: UInt64 = 1 << 27

    package var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.append(Self.magic)
        writer.append(Self.version)
        writer.append(UInt32(recipe.utf8.count))
        writer.append(Array(recipe.utf8))
        writer.append(UInt32(settings.epochs))
        writer.append(UInt32(settings.batch))
        writer.append(settings.method.number)
        writer.append(settings.learningRate.bitPattern)
        writer.append(UInt32(settings.shift))
        writer.append(UInt32(settings.width))
        writer.append(settings.schedule.number)
        writer.append(seed)
        writer.append(UInt32(classes))
        writer.append(UInt64(pictureCount))
        writer.append(dataDigest)
        for number in [progress.step, progress.seen, progress.right] { writer.append(UInt64(number)) }
        writer.append(progress.lossSum.bitPattern)
        writer.append(UInt64(parameters.count))
        writer.append(UInt32(state.count / max(1, parameters.count)))
        writer.append(UInt32(average.isEmpty ? 0 : 1))
        writer.append(parameters)
        writer.append(state)
        writer.append(average)
        writer.append(xxh3(writer.bytes))
        return writer.bytes
    }

    /// - Throws: `EdgeError` for bytes that are no checkpoint, damaged, or of another version.
    package init(decoding bytes: [UInt8], place: String) throws(EdgeError) {
        let decoded: Result<Checkpoint, EdgeError> = bytes.withUnsafeBytes { bytes in
            do throws(EdgeError) {
                return .success(try Checkpoint(bytes, place: place))
            } catch {
                return .failure(error)
            }
        }
        switch decoded {
        case .success(let checkpoint): self = checkpoint
        case .failure(let error): throw error
        }
    }

    private init(_ bytes: UnsafeRawBufferPointer, place: String) throws(EdgeError) {
        guard bytes.starts(with: Self.magic) else {
            throw EdgeError(.data, at: place, "is no checkpoint of train")
        }
        var fields = FieldReader(bytes, offset: Self.magic.count, place: place)
        let version = try fields.next(UInt32.self)
        guard version == Self.version else {
            throw EdgeError(
                .data, at: place, "is a checkpoint of version \(version), this program reads \(Self.version)")
        }
        let body = bytes.count - 8
        let sum = try ByteReader(bytes, place: place).load(UInt64.self, at: body)
        guard sum == xxh3(UnsafeRawBufferPointer(rebasing: bytes[..<body])) else {
            throw EdgeError(.data, at: place, "is cut short or damaged: its checksum is wrong")
        }
        recipe = try fields.text(limit: 256)
        settings = try fields.settings()
        seed = try fields.next(UInt64.self)
        classes = Int(try fields.next(UInt32.self, in: 1...65_536))
        pictureCount = Int(try fields.next(UInt64.self, in: 1...1 << 32))
        dataDigest = try fields.next(UInt64.self)
        progress = TrainingProgress()
        progress.step = Int(try fields.next(UInt64.self, in: 0...1 << 48))
        progress.seen = Int(try fields.next(UInt64.self, in: 0...1 << 48))
        progress.right = Int(try fields.next(UInt64.self, in: 0...1 << 48))
        progress.lossSum = Double(bitPattern: try fields.next(UInt64.self))
        let count = Int(try fields.next(UInt64.self, in: 0...Self.parameterLimit))
        let rows = Int(try fields.next(UInt32.self, in: 0...8))
        let averages = Int(try fields.next(UInt32.self, in: 0...1))
        parameters = try fields.floats(count)
        state = try fields.floats(count * rows)
        average = try fields.floats(count * averages)
        guard fields.offset == body else { throw EdgeError(.data, at: place, "has bytes behind its end") }
    }

    package init(
        recipe: String, settings: TrainingSettings, seed: UInt64, classes: Int, pictureCount: Int, dataDigest: UInt64,
        progress: TrainingProgress, parameters: [Float], state: [Float], average: [Float] = []
    ) {
        self.recipe = recipe
        self.settings = settings
        self.seed = seed
        self.classes = classes
        self.pictureCount = pictureCount
        self.dataDigest = dataDigest
        self.progress = progress
        self.parameters = parameters
        self.state = state
        self.average = average
    }

    package static func read(_ path: String) throws(EdgeError) -> Checkpoint {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try Files.read(path)
        } catch {
            throw EdgeError(.system, at: path, error.sentence)
        }
        return try Checkpoint(decoding: bytes, place: path)
    }

    package func write(_ path: String) throws(EdgeError) {
        do throws(SystemError) {
            try Files.writeAtomically(path, encoded)
        } catch {
            throw EdgeError(.system, at: path, error.sentence)
        }
    }
}

/// Fields one after the other.
private struct FieldReader {
    private let reader: ByteReader
    private(set) var offset: Int

    init(_ bytes: UnsafeRawBufferPointer, offset: Int, place: String) {
        reader = ByteReader(bytes, place: place)
        self.offset = offset
    }

    mutating func next<Value: FixedWidthInteger>(_ type: Value.Type) throws(EdgeError) -> Value {
        let value = try reader.load(type, at: offset)
        offset += MemoryLayout<Value>.size
        return value
    }

    mutating func next<Value: FixedWidthInteger>(
        _ type: Value.Type, in range: ClosedRange<Value>
    ) throws(EdgeError) -> Value {
        let value = try next(type)
        guard range.contains(value) else {
            throw EdgeError(.data, at: reader.place, "has \(value) where at most \(range.upperBound) is possible")
        }
        return value
    }

    mutating func text(limit: UInt32) throws(EdgeError) -> String {
        let count = try next(UInt32.self, in: 0...limit)
        let text = try reader.text(at: UInt32(offset), size: count)
        offset += Int(count)
        return text
    }

    mutating func floats(_ count: Int) throws(EdgeError) -> [Float] {
        let bytes = try reader.slice(at: UInt64(offset), size: UInt64(count * 4))
        offset += count * 4
        return (0..<count).map {
            Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self)))
        }
    }

    mutating func settings() throws(EdgeError) -> TrainingSettings {
        let epochs = Int(try next(UInt32.self, in: 1...TrainingSettings.epochLimit))
        let batch = Int(try next(UInt32.self, in: 1...TrainingSettings.batchLimit))
        let number = try next(UInt32.self)
        guard let method = TrainingSettings.Method(number: number) else {
            throw EdgeError(.data, at: reader.place, "names optimizer \(number), which this program does not know")
        }
        let learningRate = Float(bitPattern: try next(UInt32.self))
        guard learningRate > 0, learningRate.isFinite else {
            throw EdgeError(.data, at: reader.place, "has the learning rate \(learningRate)")
        }
        let shift = Int(try next(UInt32.self, in: 0...64))
        let width = Int(try next(UInt32.self, in: 0...TrainingSettings.widthLimit))
        let kind = try next(UInt32.self)
        guard let schedule = DiffusionSettings.ScheduleKind(number: kind) else {
            throw EdgeError(.data, at: reader.place, "names schedule \(kind), which this program does not know")
        }
        return TrainingSettings(
            epochs: epochs, batch: batch, method: method, learningRate: learningRate, shift: shift, width: width,
            schedule: schedule)
    }
}

extension TrainingSettings.Method {
    /// The number in a checkpoint.
    fileprivate var number: UInt32 {
        switch self {
        case .sgd: 1
        case .adam: 2
        }
    }

    fileprivate init?(number: UInt32) {
        guard let method = Self.allCases.first(where: { $0.number == number }) else { return nil }
        self = method
    }
}

extension DiffusionSettings.ScheduleKind {
    /// The number in a checkpoint.
    fileprivate var number: UInt32 {
        switch self {
        case .linear: 1
        case .cosine: 2
        }
    }

    fileprivate init?(number: UInt32) {
        guard let kind = Self.allCases.first(where: { $0.number == number }) else { return nil }
        self = kind
    }
}
