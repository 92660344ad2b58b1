internal import CZlib
public import EdgeFormat

/// The bytes behind compressed data of zlib or gzip (one member or several), read in order.
///
/// It stands in this room because PNG needs it on the board; data sets in gzip files use it too.
public final class InflatedData {
    public enum Format: Sendable {
        case zlib, gzip
    }

    private let stream: UnsafeMutablePointer<z_stream>
    private let pieces: [UnsafeRawBufferPointer]
    private var nextPiece = 0
    private let format: Format
    private var ended = false
    private let place: String

    /// `pieces` are the compressed data in order; they must outlive this object.
    public init(_ pieces: [UnsafeRawBufferPointer], format: Format, place: String) throws(EdgeError) {
        self.pieces = pieces
        self.format = format
        self.place = place
        for piece in pieces where piece.count > Int(UInt32.max) {
            throw EdgeError(.data, at: place, "more than 4 GiB of compressed data")
        }
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let status = format == .zlib ? czlib_begin_inflate(stream) : czlib_begin_gunzip(stream)
        guard status == Z_OK else { throw EdgeError(.system, at: place, "no memory for zlib") }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Fills `target` and returns how many bytes that were; fewer than it holds only at the end, whose checksum then held.
    public func read(into target: UnsafeMutableBufferPointer<UInt8>) throws(EdgeError) -> Int {
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
            case Z_BUF_ERROR where nextPiece < pieces.count: continue
            case Z_BUF_ERROR: throw EdgeError(.data, at: place, "ends early: its compressed data are cut short")
            default: throw broken()
            }
        }
        return filled
    }

    private func feed() {
        guard nextPiece < pieces.count else { return }
        let piece = pieces[nextPiece]
        nextPiece += 1
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: piece.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(truncatingIfNeeded: piece.count)
    }

    /// gzip files may be several, one after the other.
    private func endMember() throws(EdgeError) {
        ended = format == .zlib || (stream.pointee.avail_in == 0 && nextPiece == pieces.count)
        if !ended, inflateReset(stream) != Z_OK { throw broken() }
    }

    private func broken() -> EdgeError {
        let reason = stream.pointee.msg.map { String(cString: $0) } ?? "unreadable"
        return EdgeError(.data, at: place, "broken compressed data: \(reason)")
    }
}
