internal import EdgeFormat
internal import Imaging
internal import Platform

/// Frames of a video device, the newest one each time.
final class CameraStream {
    private let device: any VideoDevice
    private let timeout: Int32
    private let format: FrameFormat
    private let geometry: VideoGeometry
    private var buffers: [UnsafeRawBufferPointer] = []
    /// The buffer whose pixels the caller reads.
    private var held: Int?
    private var lastSequence: UInt32?
    private(set) var counts = FrameCounts()

    /// After so many times without a usable frame the camera is given up.
    private static let mostAttempts = 100
    private static let bufferCount = 4

    /// Negotiates YUYV, or GREY where that is all the device has, and starts the stream.
    init(_ device: any VideoDevice, options: CaptureOptions) throws(EdgeError) {
        self.device = device
        timeout = options.timeoutMilliseconds
        (geometry, format) = try Self.negotiate(device, options)
        try Self.explain(device) { () throws(SystemError) in
            do throws(SystemError) {
                if options.framesPerSecond > 0 { try device.setRate(options.framesPerSecond) }
            } catch {
                // A camera of one rate need not know the request.
                if error.code == ErrorNumber.noSuchDevice { throw error }
            }
        }
        try prepareBuffers()
        try Self.explain(device) { () throws(SystemError) in try device.startStream() }
    }

    deinit { device.close() }

    private static func negotiate(
        _ device: any VideoDevice, _ options: CaptureOptions
    ) throws(EdgeError) -> (VideoGeometry, FrameFormat) {
        let able = try explain(device) { () throws(SystemError) in try device.capabilities() }
        guard able.captures, able.streams else {
            throw EdgeError(.system, at: device.path, "is no camera that streams video; choose another /dev/video*")
        }
        let offered = try offeredFormats(device)
        let wanted = [FourCharacterCode.yuyv, FourCharacterCode.grey]
        guard let code = wanted.first(where: { offered.contains($0) }) else {
            let names = offered.isEmpty ? "nothing" : offered.map(FourCharacterCode.text).joined(separator: ", ")
            throw EdgeError(.system, at: device.path, "the camera offers \(names); YUYV or GREY is needed")
        }
        let asked = VideoGeometry(code: code, width: options.width, height: options.height)
        var got = try explain(device) { () throws(SystemError) in try device.setFormat(asked) }
        guard let format = FourCharacterCode.format(got.code), got.code == code, got.isProgressive else {
            let kind = got.isProgressive ? "" : " in half pictures"
            throw EdgeError(
                .system, at: device.path, "the camera answered \(FourCharacterCode.text(got.code))\(kind)")
        }
        guard PictureLimits.allow(width: got.width, height: got.height) else {
            throw EdgeError(.system, at: device.path, "the camera gives frames of \(got.width)x\(got.height) pixels")
        }
        if got.stride == 0 { got.stride = format.rowBytes(got.width) }
        guard got.stride >= format.rowBytes(got.width) else {
            throw EdgeError(
                .system, at: device.path, "the camera gives rows of \(got.stride) bytes for \(got.width) pixels")
        }
        return (got, format)
    }

    private static func offeredFormats(_ device: any VideoDevice) throws(EdgeError) -> [UInt32] {
        var offered: [UInt32] = []
        // No driver has more formats than this; one that never ends its list is not followed.
        while offered.count < 1000 {
            do throws(SystemError) {
                offered.append(try device.pixelFormat(at: offered.count))
            } catch {
                if error.code == ErrorNumber.invalidArgument { break }
                throw explained(error, device)
            }
        }
        return offered
    }

    private func prepareBuffers() throws(EdgeError) {
        let device = self.device
        let count = try Self.explain(device) { () throws(SystemError) in
            try device.requestBuffers(Self.bufferCount)
        }
        guard count >= 2 else {
            throw EdgeError(.system, at: device.path, "the camera gives \(count) buffers; 2 are needed")
        }
        for index in 0..<count {
            buffers.append(try Self.explain(device) { () throws(SystemError) in try device.mapBuffer(index) })
            try Self.explain(device) { () throws(SystemError) in try device.enqueue(index) }
        }
    }

    /// The newest whole frame; waits for one at most the time-out. Nil when the program is asked to end.
    func next() throws(EdgeError) -> CapturedFrame? {
        do throws(SystemError) {
            // The camera could fill all buffers but the one that was held. When it has, it had nowhere to put later
            // frames, so that the newest of these may be old: it is worth the wait for another.
            var stale = held == nil ? buffers.count : buffers.count - 1
            if let held { try device.enqueue(held) }
            held = nil
            for _ in 0..<Self.mostAttempts {
                if let buffer = try newest(stale: stale) { return try frame(buffer) }
                stale = .max
                guard try device.wait(milliseconds: timeout) else {
                    throw SystemError(.poll, Self.timedOut, device.path)
                }
            }
            throw SystemError(.poll, Self.nothingUsable, device.path)
        } catch {
            if error.code == ErrorNumber.interrupted { return nil }
            throw Self.explained(error, device, timeout: timeout)
        }
    }

    /// Takes every filled buffer and returns all but the newest to the device. Nil where none is of use, or where `stale`
    /// or more were filled.
    private func newest(stale: Int) throws(SystemError) -> VideoBuffer? {
        var newest: VideoBuffer?
        var taken = 0
        while taken < Self.mostAttempts, let buffer = try dequeue() {
            taken += 1
            count(buffer.sequence)
            guard !buffer.isDamaged, buffer.bytesUsed >= neededBytes, buffers[buffer.index].count >= neededBytes else {
                counts.damaged += 1
                try device.enqueue(buffer.index)
                continue
            }
            if let older = newest {
                counts.skipped += 1
                try device.enqueue(older.index)
            }
            newest = buffer
        }
        if let old = newest, taken >= stale {
            counts.skipped += 1
            try device.enqueue(old.index)
            return nil
        }
        return newest
    }

    private func dequeue() throws(SystemError) -> VideoBuffer? {
        do throws(SystemError) {
            let buffer = try device.dequeue()
            guard buffers.indices.contains(buffer.index) else {
                throw SystemError(.ioctl, ErrorNumber.inputOutput, device.path)
            }
            return buffer
        } catch {
            if error.code == ErrorNumber.tryAgain { return nil }
            throw error
        }
    }

    private var neededBytes: Int { geometry.stride * (geometry.height - 1) + format.rowBytes(geometry.width) }

    /// Frames between this one and the one before never reached a buffer.
    private func count(_ sequence: UInt32) {
        if let lastSequence {
            let gap = sequence &- lastSequence &- 1
            // A device that starts its numbers anew has lost nothing that we know of.
            if gap < 1 << 31 { counts.lost += Int(gap) }
        }
        lastSequence = sequence
    }

    private func frame(_ buffer: VideoBuffer) throws(SystemError) -> CapturedFrame {
        held = buffer.index
        let memory = buffers[buffer.index]
        let bytes = UnsafeRawBufferPointer(rebasing: memory[..<min(memory.count, buffer.bytesUsed)])
        let name = RawFrameName(
            format: format, width: geometry.width, height: geometry.height, stride: geometry.stride)
        guard
            let pixels = try? PixelView(
                bytes, layout: format.layout, width: name.width, height: name.height, stride: name.stride,
                place: device.path)
        else { throw SystemError(.ioctl, ErrorNumber.inputOutput, device.path) }
        return CapturedFrame(
            pixels: pixels, bytes: bytes, origin: .raw(name), name: device.path, sequence: Int(buffer.sequence),
            time: buffer.time)
    }
}

// What the system's errors mean for a camera.
extension CameraStream {
    /// Codes of our own, outside errno's range.
    fileprivate static let timedOut: Int32 = -1
    fileprivate static let nothingUsable: Int32 = -2
    /// EBUSY and ENOTTY.
    fileprivate static let busy: Int32 = 16
    fileprivate static let noSuchRequest: Int32 = 25

    fileprivate static func explain<Result>(
        _ device: any VideoDevice, _ body: () throws(SystemError) -> Result
    ) throws(EdgeError) -> Result {
        do throws(SystemError) { return try body() } catch { throw explained(error, device) }
    }

    fileprivate static func explained(_ error: SystemError, _ device: any VideoDevice, timeout: Int32 = 0) -> EdgeError
    {
        let sentence =
            switch error.code {
            case timedOut: "no frame from the camera within \(timeout) ms"
            case nothingUsable: "the camera gives no whole frames"
            case ErrorNumber.noSuchDevice: "the camera is gone; connect it and start again"
            case busy: "the camera is in use by another program"
            case noSuchRequest: "is no video camera"
            default: "the camera failed (\(error.call): \(error.sentence))"
            }
        return EdgeError(.system, at: device.path, sentence)
    }
}
