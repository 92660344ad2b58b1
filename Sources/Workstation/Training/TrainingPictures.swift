public import Datasets
public import EdgeFormat
public import Networks
package import Tensors

/// Labelled pictures as bytes of the network's size, in memory: resized once, by the code that a device runs.
public struct TrainingPictures: Sendable {
    public let input: PictureInput
    public let count: Int
    /// The name of each class.
    public let classes: [String]
    package let labels: [Int]
    private let bytes: [UInt8]
    /// The input of each byte, 256 a channel.
    private let table: [Float]

    /// - Parameter names: what the classes are called where the set does not say.
    /// - Throws: `EdgeError` for a picture that cannot be decoded or has no label, for a set without pictures, and when
    ///   the program is to end.
    public init(
        _ set: LabelledPictures, input: PictureInput, names: [String], threads: Int
    ) throws(EdgeError) {
        guard set.count > 0 else { throw EdgeError(.data, at: "", "the set has no pictures") }
        try set.requireLabels()
        let reading = PictureReading(set, input: input)
        try WorkerTeam(threads: threads).run(reading.pieces) { reading.run(piece: $0) }
        let bytes = try reading.result()
        let labels = (0..<set.count).compactMap { set.label($0) }
        let names = set.classNames ?? names
        if let stranger = labels.first(where: { !names.indices.contains($0) }) {
            throw EdgeError(.data, at: "", "a label is \(stranger), there are \(names.count) classes")
        }
        self.init(input: input, bytes: bytes, labels: labels, classes: names)
    }

    package init(input: PictureInput, bytes: [UInt8], labels: [Int], classes: [String]) {
        self.input = input
        self.bytes = bytes
        self.labels = labels
        self.classes = classes
        count = labels.count
        table = (0..<input.color.channels).flatMap { channel in
            (0..<256).map { input.value(of: UInt8($0), channel: channel) }
        }
    }

    /// Every n-th picture for a test, the others for the training.
    /// - Throws: `EdgeError` when nothing is left for one of them.
    package func split(every n: Int) throws(EdgeError) -> (train: TrainingPictures, test: TrainingPictures) {
        guard count >= n else {
            throw EdgeError(.data, at: "", "\(count) pictures are too few: \(n) or more are needed")
        }
        let isTest = { (index: Int) in index % n == n - 1 }
        return (subset((0..<count).filter { !isTest($0) }), subset((0..<count).filter(isTest)))
    }

    private func subset(_ indices: [Int]) -> TrainingPictures {
        let size = bytes.count / count
        return TrainingPictures(
            input: input, bytes: indices.flatMap { bytes[$0 * size..<($0 + 1) * size] },
            labels: indices.map { labels[$0] }, classes: classes)
    }

    /// What a checkpoint remembers of the data.
    var digest: UInt64 {
        xxh3(bytes) ^ xxh3(labels.map { UInt8(truncatingIfNeeded: $0) })
    }

    /// Writes the input of one picture, moved by some pixels: its border is repeated where nothing is left.
    package func write(_ index: Int, moved: (right: Int, down: Int) = (0, 0), to target: Row) {
        let (width, height, channels) = (input.width, input.height, input.color.channels)
        let start = index * width * height * channels
        bytes.withUnsafeBufferPointer { bytes in
            table.withUnsafeBufferPointer { table in
                var place = target
                for y in 0..<height {
                    let line = start + min(max(y - moved.down, 0), height - 1) * width * channels
                    for x in 0..<width {
                        let pixel = line + min(max(x - moved.right, 0), width - 1) * channels
                        for channel in 0..<channels {
                            place[channel] = table[channel << 8 | Int(bytes[pixel + channel])]
                        }
                        place += channels
                    }
                }
            }
        }
    }
}
