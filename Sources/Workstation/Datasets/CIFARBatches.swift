internal import EdgeFormat
internal import Imaging
internal import Platform

/// CIFAR-10's binary batches: records of a label byte and 32 x 32 pixels in three planes (red, green, blue). The original
/// batches have 10,000 of them; parts and collections of other sizes are read as well.
struct CIFARBatches: PictureStore {
    private let batches: [MappedFile]
    /// The number of the first picture of each batch.
    private let firsts: [Int]
    let classNames: [String]?
    let count: Int

    private static let plane = 32 * 32
    private static let record = 1 + 3 * plane

    /// The batches of a folder for `split`, nil where the folder holds none at all.
    static func find(in folder: String, names: [String], split: Split) throws(EdgeError) -> CIFARBatches? {
        let train = (1...5).map { "data_batch_\($0).bin" }.filter(names.contains)
        let test = ["test_batch.bin"].filter(names.contains)
        guard !train.isEmpty || !test.isEmpty else { return nil }
        let wanted = split == .train ? train : test
        guard !wanted.isEmpty else {
            let missing = split == .train ? "data_batch_1.bin" : "test_batch.bin"
            throw EdgeError(.system, at: folder, "no \(missing) in this folder")
        }
        return try CIFARBatches(paths: wanted.map { folder + "/" + $0 }, classNames: try classes(folder, names))
    }

    private static func classes(_ folder: String, _ names: [String]) throws(EdgeError) -> [String]? {
        guard names.contains("batches.meta.txt") else { return nil }
        let bytes = try reportingSystem { () throws(SystemError) in
            try Files.read(folder + "/batches.meta.txt", limit: 1 << 20)
        }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    init(paths: [String], classNames: [String]?) throws(EdgeError) {
        var (batches, firsts, count) = ([MappedFile](), [Int](), 0)
        for path in paths {
            let file = try reportingSystem { () throws(SystemError) in try MappedFile(path: path) }
            let records = file.bytes.count / Self.record
            guard records >= 1, file.bytes.count % Self.record == 0 else {
                throw EdgeError(
                    .data, at: path,
                    "ends early or is too long: \(file.bytes.count) bytes are no whole number of pictures of \(Self.record)"
                )
            }
            for record in 0..<records where file.bytes[record * Self.record] > 9 {
                throw EdgeError(
                    .data, at: path, "picture \(record) has label \(file.bytes[record * Self.record]); 9 is the highest"
                )
            }
            batches.append(file)
            firsts.append(count)
            count += records
        }
        self.batches = batches
        self.firsts = firsts
        self.classNames = classNames
        self.count = count
    }

    private func bytes(_ index: Int) -> UnsafeRawBufferPointer {
        let batch = (firsts.firstIndex { $0 > index } ?? firsts.count) - 1
        let start = (index - firsts[batch]) * Self.record
        return UnsafeRawBufferPointer(rebasing: batches[batch].bytes[start..<start + Self.record])
    }

    func picture(_ index: Int, color: InputColor) throws(EdgeError) -> Picture {
        let record = bytes(index)
        var pixels = [UInt8](repeating: 0, count: 3 * Self.plane)
        for pixel in 0..<Self.plane {
            for channel in 0..<3 { pixels[3 * pixel + channel] = record[1 + channel * Self.plane + pixel] }
        }
        guard let picture = Picture(width: 32, height: 32, channels: 3, bytes: pixels) else {
            throw EdgeError(.data, at: name(index), "is no picture")
        }
        return picture.converted(to: color)
    }

    func encoded(_ index: Int) throws(EdgeError) -> [UInt8] {
        PictureFile.encodeNetpbm(try picture(index, color: .rgb))
    }

    func label(_ index: Int) -> Int? { Int(bytes(index)[0]) }

    func name(_ index: Int) -> String { "cifar10-\(fiveDigits(index)).ppm" }
}
