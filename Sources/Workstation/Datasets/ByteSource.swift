internal import EdgeFormat
internal import Platform

/// The bytes of a file from its start, unpacked on the way where the file is gzip's.
final class ByteSource {
    private let place: String
    private let file: MappedFile
    private var position = 0
    private var unpacked: GzipData?

    init(path: String) throws(EdgeError) {
        place = path
        file = try reportingSystem { () throws(SystemError) in try MappedFile(path: path) }
        let bytes = file.bytes
        guard bytes.count > 0 else { throw EdgeError(.data, at: path, "is empty") }
        if bytes.count >= 2, bytes[0] == 0x1F, bytes[1] == 0x8B {
            unpacked = try GzipData(bytes, place: path)
        }
    }

    /// The next `count` bytes. `total` is what the file should hold, for the message when it ends early.
    func read(_ count: Int, of total: Int) throws(EdgeError) -> [UInt8] {
        // A header that lies about its size costs no more memory than the file has bytes, plus a piece.
        var result: [UInt8] = []
        while result.count < count {
            let piece = try next(min(count - result.count, 1 << 20))
            if piece.isEmpty {
                throw EdgeError(.data, at: place, "ends early: \(position) of \(total) bytes")
            }
            result += piece
        }
        return result
    }

    /// Throws unless everything was read.
    func expectEnd(after total: Int) throws(EdgeError) {
        guard try next(1).isEmpty else {
            throw EdgeError(.data, at: place, "goes on after the \(total) bytes that its header tells of")
        }
    }

    /// At most `limit` bytes; none at the end.
    private func next(_ limit: Int) throws(EdgeError) -> [UInt8] {
        var piece: [UInt8]
        if let unpacked {
            piece = [UInt8](repeating: 0, count: limit)
            let count = try piece.withUnsafeMutableBufferPointer { (buffer) throws(EdgeError) in
                try unpacked.read(into: buffer)
            }
            piece.removeLast(limit - count)
        } else {
            let end = min(file.bytes.count, position + limit)
            piece = Array(file.bytes[position..<end])
        }
        position += piece.count
        return piece
    }
}
