/// The name of a dumped frame, which tells what its bytes are: `000017-YUYV-640x480.raw`, or
/// `000017-YUYV-640x480-1344.raw` where the camera's rows are longer than their pixels (1,344 bytes here).
public struct RawFrameName: Equatable, Sendable {
    public let format: FrameFormat
    public let width: Int
    public let height: Int
    /// Bytes from row to row.
    public let stride: Int

    public init(format: FrameFormat, width: Int, height: Int, stride: Int) {
        self.format = format
        self.width = width
        self.height = height
        self.stride = stride
    }

    /// Reads the end of a path; nil when it is not such a name.
    public init?(_ path: String) {
        var end = ReversedName(Array(path.utf8))
        guard end.take(".raw"), let last = end.number() else { return nil }
        let height: Int
        var stride: Int?
        if end.take("x") {
            height = last
        } else {
            guard end.take("-"), let value = end.number(), end.take("x") else { return nil }
            (height, stride) = (value, last)
        }
        guard let width = end.number() else { return nil }
        let format: FrameFormat
        if end.take("-YUYV-") {
            format = .yuyv
        } else if end.take("-GREY-") {
            format = .grey
        } else {
            return nil
        }
        self.init(format: format, width: width, height: height, stride: stride ?? format.rowBytes(width))
    }

    /// The file name of frame `index`, six digits or more.
    public func fileName(index: Int) -> String {
        let digits = String(index)
        let zeros = String(repeating: "0", count: max(0, 6 - digits.utf8.count))
        let row = stride == format.rowBytes(width) ? "" : "-\(stride)"
        return "\(zeros)\(digits)-\(format.name)-\(width)x\(height)\(row).raw"
    }
}

/// Takes a name apart from its end.
private struct ReversedName {
    private var bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Removes `text` from the end, if it is there.
    mutating func take(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard bytes.count >= count else { return false }
        for index in 0..<count where bytes[bytes.count - count + index] != text.utf8Start[index] { return false }
        bytes.removeLast(count)
        return true
    }

    /// Removes a decimal number of at most six digits from the end.
    mutating func number() -> Int? {
        var value = 0
        var unit = 1
        while let digit = bytes.last, digit >= 48, digit <= 57 {
            guard unit <= 100_000 else { return nil }
            value += Int(digit - 48) * unit
            unit *= 10
            bytes.removeLast()
        }
        return unit == 1 ? nil : value
    }
}
