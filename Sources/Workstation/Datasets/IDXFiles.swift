internal import EdgeFormat
internal import Imaging
internal import Platform

/// A pair of IDX files, MNIST's format: pictures and labels as big-endian headers and bytes, plain or gzip.
struct IDXFiles: PictureStore {
    private let prefix: String
    private let width: Int
    private let height: Int
    private let pixels: [UInt8]
    /// Empty where there is no file of them: calibration needs none.
    private let labels: [UInt8]

    /// More than any set of this kind has; a header that claims more is wrong.
    private static let mostBytes = 1 << 31

    /// The pair of a folder for `split`, nil where the folder holds no IDX files at all.
    static func find(in folder: String, names: [String], split: Split) throws(EdgeError) -> IDXFiles? {
        let prefix = split == .train ? "train" : "t10k"
        let pictures = name("images", "3", prefix, names)
        let labels = name("labels", "1", prefix, names)
        if let pictures {
            return try IDXFiles(
                pictures: folder + "/" + pictures, labels: labels.map { folder + "/" + $0 }, prefix: prefix)
        }
        let other = split == .train ? "t10k" : "train"
        let isIDX =
            labels != nil || name("images", "3", other, names) != nil
            || name("labels", "1", other, names) != nil
        guard isIDX else { return nil }
        let missing = "\(prefix)-images-idx3-ubyte"
        throw EdgeError(.system, at: folder, "no \(missing) or \(missing).gz in this folder")
    }

    private static func name(_ kind: String, _ rank: String, _ prefix: String, _ names: [String]) -> String? {
        for separator in ["-", "."] {
            let stem = "\(prefix)-\(kind)\(separator)idx\(rank)-ubyte"
            for name in [stem, stem + ".gz"] where names.contains(name) { return name }
        }
        return nil
    }

    init(pictures: String, labels: String?, prefix: String) throws(EdgeError) {
        let (sizes, pixels) = try Self.load(pictures, rank: 3, what: "pictures")
        var classes: [UInt8] = []
        if let labels {
            let counts: [Int]
            (counts, classes) = try Self.load(labels, rank: 1, what: "labels")
            guard sizes[0] == counts[0] else {
                throw EdgeError(
                    .data, at: labels, "holds \(counts[0]) labels for the \(sizes[0]) pictures of \(pictures)")
            }
        }
        guard sizes[0] > 0 else { throw EdgeError(.data, at: pictures, "holds no pictures") }
        guard PictureLimits.allow(width: sizes[2], height: sizes[1]) else {
            throw EdgeError(.data, at: pictures, "claims pictures of \(sizes[2])x\(sizes[1]) pixels")
        }
        self.prefix = prefix
        (self.height, self.width) = (sizes[1], sizes[2])
        (self.pixels, self.labels) = (pixels, classes)
    }

    /// Sizes and bytes of an IDX file of unsigned bytes with `rank` dimensions.
    private static func load(_ path: String, rank: Int, what: String) throws(EdgeError) -> ([Int], [UInt8]) {
        let source = try ByteSource(path: path)
        let headerBytes = 4 + 4 * rank
        let magic = word(try source.read(4, of: headerBytes), 0)
        guard magic == 0x0800 + rank else {
            throw EdgeError(
                .data, at: path,
                "is no IDX file of \(what): starts with \(hexadecimal(magic)) in place of \(hexadecimal(0x0800 + rank))"
            )
        }
        let header = try source.read(4 * rank, of: headerBytes)
        let sizes = (0..<rank).map { word(header, 4 * $0) }
        var total = 1
        for size in sizes {
            let (product, overflow) = total.multipliedReportingOverflow(by: size)
            guard !overflow, product <= mostBytes else {
                throw EdgeError(
                    .data, at: path, "claims \(sizes.map(String.init).joined(separator: "x")) bytes, more than 2 GiB")
            }
            total = product
        }
        let bytes = try source.read(total, of: headerBytes + total)
        try source.expectEnd(after: headerBytes + total)
        return (sizes, bytes)
    }

    private static func word(_ bytes: [UInt8], _ offset: Int) -> Int {
        bytes[offset..<(offset + 4)].reduce(0) { $0 << 8 | Int($1) }
    }

    private static func hexadecimal(_ word: Int) -> String {
        let digits = String(word, radix: 16)
        return "0x" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
    }

    var count: Int { pixels.count / (width * height) }

    func picture(_ index: Int, color: InputColor) throws(EdgeError) -> Picture {
        let size = width * height
        let bytes = Array(pixels[(index * size)..<((index + 1) * size)])
        guard let picture = Picture(width: width, height: height, channels: 1, bytes: bytes) else {
            throw EdgeError(.data, at: name(index), "is no picture")
        }
        return picture.converted(to: color)
    }

    func encoded(_ index: Int) throws(EdgeError) -> [UInt8] {
        PictureFile.encodeNetpbm(try picture(index, color: .grey))
    }

    func missingLabel(_ name: String) -> EdgeError {
        let missing = "\(prefix)-labels-idx1-ubyte"
        return EdgeError(.system, at: "", "no \(missing) or \(missing).gz beside the pictures")
    }

    func label(_ index: Int) -> Int? { labels.isEmpty ? nil : Int(labels[index]) }

    func name(_ index: Int) -> String { "\(prefix)-\(fiveDigits(index)).pgm" }
}

/// At least five decimal digits.
func fiveDigits(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
}
