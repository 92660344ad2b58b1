internal import CZlib
internal import EdgeFormat
internal import Platform

/// The bytes of a file from its start, unpacked on the way where the file is gzip's.
final class ByteSource {
    private let place: String
    private let file: MappedFile
    private var position = 0
    private var gunzip: Gunzip?

    init(path: String) throws(EdgeError) {
        place = path
        file = try reportingSystem { () throws(SystemError) in try MappedFile(path: path) }
        let bytes = file.bytes
        guard bytes.count > 0 else { throw EdgeError(.data, at: path, "is empty") }
        if bytes.count >= 2, bytes[0] == 0x1F, bytes[1] == 0x8B { gunzip = try Gunzip(bytes, place: path) }
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
        let piece: [UInt8]
        if let gunzip {
            piece = try gunzip.read(limit)
        } else {
            let end = min(file.bytes.count, position + limit)
            piece = Array(file.bytes[position..<end])
        }
        position += piece.count
        return piece
    }
}

/// gzip data (one member or several), unpacked piece by piece.
private final class Gunzip {
    private let stream: UnsafeMutablePointer<z_stream>
    private let place: String
    private var ended = false

    /// `bytes` must outlive this object.
    init(_ bytes: UnsafeRawBufferPointer, place: String) throws(EdgeError) {
        self.place = place
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard bytes.count <= Int(UInt32.max) else { throw EdgeError(.data, at: place, "is larger than 4 GiB") }
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(bytes.count)
        guard czlib_begin_gunzip(stream) == Z_OK else {
            throw EdgeError(.system, at: place, "no memory for zlib")
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// At most `limit` bytes; none at the end.
    func read(_ limit: Int) throws(EdgeError) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: limit)
        var filled = 0
        while filled < limit, !ended {
            var status = Z_OK
            result.withUnsafeMutableBufferPointer { buffer in
                stream.pointee.next_out = buffer.baseAddress.map { $0 + filled }
                stream.pointee.avail_out = UInt32(limit - filled)
                status = inflate(stream, Z_NO_FLUSH)
                filled = limit - Int(stream.pointee.avail_out)
            }
            switch status {
            case Z_OK: continue
            case Z_STREAM_END: try beginNextMember()
            case Z_BUF_ERROR: throw EdgeError(.data, at: place, "ends early: its gzip data are cut short")
            default: throw EdgeError(.data, at: place, "broken gzip data: \(reason)")
            }
        }
        result.removeLast(limit - filled)
        return result
    }

    private func beginNextMember() throws(EdgeError) {
        ended = stream.pointee.avail_in == 0
        if !ended, inflateReset(stream) != Z_OK {
            throw EdgeError(.data, at: place, "broken gzip data: \(reason)")
        }
    }

    private var reason: String { stream.pointee.msg.map { String(cString: $0) } ?? "unreadable" }
}
