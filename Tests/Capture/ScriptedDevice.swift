import Capture
import Foundation
import Platform

/// A video device that plays a script: no hardware, no time.
final class ScriptedDevice: VideoDevice {
    /// What happens next on the device's side.
    enum Event {
        /// A frame is written into the oldest free buffer (and lost where there is none).
        case frame(UInt8, sequence: UInt32)
        case damagedFrame(sequence: UInt32)
        case shortFrame(sequence: UInt32)
        /// Nothing for as long as anybody waits.
        case silence
        /// Every request from now on fails.
        case failure(Int32)
        /// The caller comes back later: what follows belongs to its next wait.
        case pause
    }

    static let yuyv: UInt32 = 0x5659_5559
    static let grey: UInt32 = 0x5945_5247
    static let motionJPEG: UInt32 = 0x4750_4A4D

    let path = "/dev/video9"
    var abilities = VideoCapabilities(captures: true, streams: true)
    var formats = [motionJPEG, yuyv, grey]
    /// What setFormat makes of the wish.
    var answer: (VideoGeometry) -> VideoGeometry = { $0 }
    var rateError: Int32?
    var bufferCount = 4
    var script: [Event] = []
    private(set) var wanted: VideoGeometry?
    private(set) var rate: Int?
    private(set) var isStreaming = false
    private(set) var isClosed = false
    private(set) var mostFilled = 0

    private var memory: [UnsafeMutableRawBufferPointer] = []
    private var free: [Int] = []
    private var filled: [VideoBuffer] = []
    private var failure: Int32?

    deinit { for bytes in memory { bytes.deallocate() } }

    private func check() throws(SystemError) {
        if let failure { throw SystemError(.ioctl, failure, path) }
    }

    func capabilities() throws(SystemError) -> VideoCapabilities {
        try check()
        return abilities
    }

    func pixelFormat(at index: Int) throws(SystemError) -> UInt32 {
        try check()
        guard index < formats.count else { throw SystemError(.ioctl, ErrorNumber.invalidArgument, path) }
        return formats[index]
    }

    func setFormat(_ wanted: VideoGeometry) throws(SystemError) -> VideoGeometry {
        try check()
        self.wanted = wanted
        return answer(wanted)
    }

    func setRate(_ framesPerSecond: Int) throws(SystemError) {
        if let rateError { throw SystemError(.ioctl, rateError, path) }
        rate = framesPerSecond
    }

    func requestBuffers(_ count: Int) throws(SystemError) -> Int {
        try check()
        let size = wanted.map { 2 * $0.width * $0.height + 128 } ?? 0
        memory = (0..<bufferCount).map { _ in .allocate(byteCount: size, alignment: 16) }
        return bufferCount
    }

    func mapBuffer(_ index: Int) throws(SystemError) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(memory[index]) }

    func enqueue(_ index: Int) throws(SystemError) {
        try check()
        free.append(index)
    }

    func dequeue() throws(SystemError) -> VideoBuffer {
        try check()
        guard !filled.isEmpty else { throw SystemError(.ioctl, ErrorNumber.tryAgain, path) }
        return filled.removeFirst()
    }

    func startStream() throws(SystemError) {
        try check()
        isStreaming = true
    }

    /// Plays the script up to the next pause.
    func wait(milliseconds: Int32) throws(SystemError) -> Bool {
        while !script.isEmpty {
            switch script.removeFirst() {
            case .frame(let value, let sequence): fill(value, sequence: sequence)
            case .damagedFrame(let sequence): fill(0, sequence: sequence, isDamaged: true)
            case .shortFrame(let sequence): fill(0, sequence: sequence, missing: 1)
            case .silence: return false
            case .failure(let code): failure = code
            case .pause: return true
            }
        }
        mostFilled = max(mostFilled, filled.count)
        return !filled.isEmpty || failure != nil
    }

    private func fill(_ value: UInt8, sequence: UInt32, missing: Int = 0, isDamaged: Bool = false) {
        guard !free.isEmpty, let wanted else { return }
        let geometry = answer(wanted)
        let pixelBytes = geometry.code == Self.grey ? 1 : 2
        let stride = geometry.stride == 0 ? geometry.width * pixelBytes : geometry.stride
        let index = free.removeFirst()
        memory[index].initializeMemory(as: UInt8.self, repeating: value)
        filled.append(
            VideoBuffer(
                index: index, bytesUsed: stride * geometry.height - missing, sequence: sequence, time: 7,
                isDamaged: isDamaged))
    }

    /// Lets the camera fill buffers while nobody waits.
    func play() throws(SystemError) { _ = try wait(milliseconds: 0) }

    func close() { isClosed = true }
}
