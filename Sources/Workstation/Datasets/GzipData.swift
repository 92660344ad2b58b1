internal import CZlib
internal import EdgeFormat

/// The bytes behind gzip data (one member or several), read in order.
final class GzipData {
    private let stream: UnsafeMutablePointer<z_stream>
    /// What zlib has not been given yet.
    private var rest: UnsafeRawBufferPointer
    private var ended = false
    private let place: String

    /// `bytes` must outlive this object.
    init(_ bytes: UnsafeRawBufferPointer, place: String) throws(EdgeError) {
        rest = bytes
        self.place = place
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard czlib_begin_gunzip(stream) == Z_OK else { throw EdgeError(.system, at: place, "no memory for zlib") }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Fills `target` and returns how many bytes that were; fewer than it holds only at the end, whose checksum then held.
    func read(into target: UnsafeMutableBufferPointer<UInt8>) throws(EdgeError) -> Int {
        var filled = 0
        while filled < target.count, !ended {
            if stream.pointee.avail_in == 0 { feed() }
            let room = UInt32(truncatingIfNeeded: min(target.count - filled, 1 << 30))
            stream.pointee.next_out = target.baseAddress.map { $0 + filled }
            stream.pointee.avail_out = room
            let status = inflate(stream, Z_NO_FLUSH)
            filled += Int(room - stream.pointee.avail_out)
            switch status {
            case Z_OK: continue
            case Z_STREAM_END: try endMember()
            case Z_BUF_ERROR: throw EdgeError(.data, at: place, "ends early: its compressed data are cut short")
            default: throw broken()
            }
        }
        return filled
    }

    /// zlib counts in 32 bits, so long data come in pieces.
    private func feed() {
        let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(piece.count))
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: piece.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(truncatingIfNeeded: piece.count)
    }

    /// gzip files may be several, one after the other.
    private func endMember() throws(EdgeError) {
        ended = stream.pointee.avail_in == 0 && rest.isEmpty
        if !ended, inflateReset(stream) != Z_OK { throw broken() }
    }

    private func broken() -> EdgeError {
        let reason = stream.pointee.msg.map { String(cString: $0) } ?? "unreadable"
        return EdgeError(.data, at: place, "broken compressed data: \(reason)")
    }
}
