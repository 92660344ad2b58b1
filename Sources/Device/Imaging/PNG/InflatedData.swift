internal import CZlib
internal import EdgeFormat

/// The decompressed bytes of zlib data in pieces, read in order.
final class InflatedData {
    private let stream: UnsafeMutablePointer<z_stream>
    private let pieces: [UnsafeRawBufferPointer]
    private var nextPiece = 0
    private let place: String

    /// The pieces must outlive this object.
    init(_ pieces: [UnsafeRawBufferPointer], place: String) throws(EdgeError) {
        self.pieces = pieces
        self.place = place
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard czlib_begin_inflate(stream) == Z_OK else { throw EdgeError(.system, at: place, "no memory for zlib") }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Fills the first `count` bytes of `target`.
    func read(_ count: Int, into target: inout [UInt8]) throws(EdgeError) {
        guard try inflated(count, into: &target) == count else { throw damaged("too few pixels") }
    }

    /// Throws unless all was read and the checksum at the end holds.
    func expectEnd() throws(EdgeError) {
        var rest: [UInt8] = [0]
        guard try inflated(1, into: &rest) == 0 else { throw damaged("too many pixels") }
    }

    /// Inflates at most `count` bytes; fewer only at the end of the data.
    private func inflated(_ count: Int, into target: inout [UInt8]) throws(EdgeError) -> Int {
        try target.withUnsafeMutableBufferPointer { (buffer) throws(EdgeError) in
            stream.pointee.next_out = buffer.baseAddress
            stream.pointee.avail_out = UInt32(truncatingIfNeeded: min(count, buffer.count))
            while stream.pointee.avail_out > 0 {
                if stream.pointee.avail_in == 0 { feed() }
                switch inflate(stream, Z_NO_FLUSH) {
                case Z_OK: continue
                case Z_STREAM_END: return count - Int(stream.pointee.avail_out)
                case Z_BUF_ERROR where nextPiece < pieces.count: continue
                case Z_BUF_ERROR: throw damaged("its pixels are cut short")
                default: throw damaged("its compressed data are broken")
                }
            }
            return count
        }
    }

    private func feed() {
        guard nextPiece < pieces.count else { return }
        let piece = pieces[nextPiece]
        nextPiece += 1
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: piece.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(truncatingIfNeeded: piece.count)
    }

    private func damaged(_ how: StaticString) -> EdgeError { EdgeError(.data, at: place, "damaged PNG: \(how)") }
}
