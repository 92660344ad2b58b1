internal import EdgeFormat
internal import Imaging
internal import Platform

/// Picture files as frames, one after the other.
final class FileFrames {
    private let paths: [String]
    private let color: InputColor
    private var position = 0
    private let encoded = FrameMemory()
    private let decoded = FrameMemory()

    /// Larger than any picture of allowed size needs to be.
    private static let mostBytes = 1 << 28

    init(paths: [String], color: InputColor) {
        self.paths = paths
        self.color = color
    }

    /// The pictures of a folder, known by their names' ends.
    convenience init(folder: String, color: InputColor) throws(EdgeError) {
        let names = try reportingSystem { () throws(SystemError) in try Files.list(folder) }
        let paths = names.filter(Self.isPicture).map { folder + "/" + $0 }
        guard !paths.isEmpty else {
            throw EdgeError(.data, at: folder, "no .jpg, .jpeg, .png, .pgm, .ppm or .raw files in this folder")
        }
        self.init(paths: paths, color: color)
    }

    var count: Int { paths.count }

    func next() throws(EdgeError) -> CapturedFrame? {
        guard position < paths.count, !Interrupts.requested else { return nil }
        let path = paths[position]
        position += 1
        let bytes = encoded.hold(
            try reportingSystem { () throws(SystemError) in try Files.read(path, limit: Self.mostBytes) })
        if let raw = RawFrameName(path) {
            let pixels = try PixelView(
                bytes, layout: raw.format.layout, width: raw.width, height: raw.height, stride: raw.stride, place: path)
            return CapturedFrame(
                pixels: pixels, bytes: bytes, origin: .raw(raw), name: path, sequence: position - 1, time: 0)
        }
        let picture = try PictureFile.decode(bytes, color: color, place: path)
        let pixels = try PixelView(
            decoded.hold(picture.bytes), layout: picture.channels == 1 ? .grey : .rgb, width: picture.width,
            height: picture.height, stride: picture.width * picture.channels, place: path)
        return CapturedFrame(
            pixels: pixels, bytes: bytes, origin: .file, name: path, sequence: position - 1, time: 0)
    }

    private static func isPicture(_ name: String) -> Bool {
        let ends: [StaticString] = [".jpg", ".jpeg", ".png", ".pgm", ".ppm", ".raw"]
        return ends.contains { ends in hasEnd(Array(name.utf8), ends) }
    }

    /// Whether the name ends so, in small or capital letters.
    private static func hasEnd(_ name: [UInt8], _ end: StaticString) -> Bool {
        let start = name.count - end.utf8CodeUnitCount
        guard start > 0 else { return false }
        for index in 0..<end.utf8CodeUnitCount {
            let letter = name[start + index]
            let small = letter >= 65 && letter <= 90 ? letter + 32 : letter
            if small != end.utf8Start[index] { return false }
        }
        return true
    }
}
