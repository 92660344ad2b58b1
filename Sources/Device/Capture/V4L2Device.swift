internal import CVideo
internal import Platform

/// A Video4Linux device: single-plane capture into mapped buffers.
final class V4L2Device: VideoDevice {
    let path: String
    private let descriptor: Descriptor
    private var buffers: [UnsafeMutableRawBufferPointer] = []
    private var isStreaming = false

    init(path: String) throws(SystemError) {
        self.path = path
        // Without waiting, so that all filled buffers can be taken until there are none.
        descriptor = try Descriptor.open(path, [.read, .write, .nonBlocking])
    }

    deinit { close() }

    func capabilities() throws(SystemError) -> VideoCapabilities {
        var answer = v4l2_capability()
        try descriptor.ioctl(cvideo_query_capabilities(), &answer)
        // A device of several nodes tells in `device_caps` what this one does.
        let flags =
            answer.capabilities & cvideo_has_device_capabilities() != 0 ? answer.device_caps : answer.capabilities
        return VideoCapabilities(
            captures: flags & cvideo_can_capture() != 0, streams: flags & cvideo_can_stream() != 0)
    }

    func pixelFormat(at index: Int) throws(SystemError) -> UInt32 {
        var answer = cvideo_format_description(UInt32(truncatingIfNeeded: index))
        try descriptor.ioctl(cvideo_enumerate_formats(), &answer)
        return answer.pixelformat
    }

    func setFormat(_ wanted: VideoGeometry) throws(SystemError) -> VideoGeometry {
        var format = cvideo_format(
            UInt32(truncatingIfNeeded: wanted.width), UInt32(truncatingIfNeeded: wanted.height), wanted.code)
        try descriptor.ioctl(cvideo_set_format(), &format)
        let pixels = format.fmt.pix
        return VideoGeometry(
            code: pixels.pixelformat, width: Int(pixels.width), height: Int(pixels.height),
            stride: Int(pixels.bytesperline), isProgressive: cvideo_is_progressive(&format) != 0)
    }

    func setRate(_ framesPerSecond: Int) throws(SystemError) {
        var parameters = cvideo_rate(UInt32(truncatingIfNeeded: framesPerSecond))
        try descriptor.ioctl(cvideo_set_parameters(), &parameters)
    }

    func requestBuffers(_ count: Int) throws(SystemError) -> Int {
        var request = cvideo_buffer_request(UInt32(truncatingIfNeeded: count))
        try descriptor.ioctl(cvideo_request_buffers(), &request)
        return Int(request.count)
    }

    func mapBuffer(_ index: Int) throws(SystemError) -> UnsafeRawBufferPointer {
        var buffer = cvideo_buffer(UInt32(truncatingIfNeeded: index))
        try descriptor.ioctl(cvideo_query_buffer(), &buffer)
        let bytes = try descriptor.map(length: Int(buffer.length), offset: Int64(cvideo_offset(&buffer)))
        buffers.append(bytes)
        return UnsafeRawBufferPointer(bytes)
    }

    func enqueue(_ index: Int) throws(SystemError) {
        var buffer = cvideo_buffer(UInt32(truncatingIfNeeded: index))
        try descriptor.ioctl(cvideo_queue_buffer(), &buffer)
    }

    func dequeue() throws(SystemError) -> VideoBuffer {
        var buffer = cvideo_buffer(0)
        try descriptor.ioctl(cvideo_dequeue_buffer(), &buffer)
        return VideoBuffer(
            index: Int(buffer.index), bytesUsed: Int(buffer.bytesused), sequence: buffer.sequence,
            time: cvideo_nanoseconds(&buffer), isDamaged: buffer.flags & cvideo_damaged() != 0)
    }

    func startStream() throws(SystemError) {
        var type = cvideo_stream_type()
        try descriptor.ioctl(cvideo_stream_on(), &type)
        isStreaming = true
    }

    func wait(milliseconds: Int32) throws(SystemError) -> Bool {
        try descriptor.poll(timeoutMilliseconds: milliseconds)
    }

    func close() {
        if isStreaming {
            var type = cvideo_stream_type()
            _ = try? descriptor.ioctl(cvideo_stream_off(), &type)
            isStreaming = false
        }
        for buffer in buffers { Descriptor.unmap(buffer) }
        buffers = []
    }
}
