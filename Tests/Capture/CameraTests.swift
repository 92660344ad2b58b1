import Capture
import EdgeFormat
import Imaging
import Platform
import Testing

/// A camera's frames, against a scripted device.
@Suite struct CameraTests {
    private func options(_ width: Int = 8, _ height: Int = 4) -> CaptureOptions {
        var options = CaptureOptions()
        (options.width, options.height) = (width, height)
        return options
    }

    private func open(_ device: ScriptedDevice) throws(EdgeError) -> FrameSource {
        try FrameSource.camera(device, options: options())
    }

    private func openingError(_ change: (ScriptedDevice) -> Void) -> EdgeError? {
        let device = ScriptedDevice()
        change(device)
        do throws(EdgeError) {
            _ = try open(device)
            return nil
        } catch {
            return error
        }
    }

    private func values(_ source: FrameSource, _ count: Int) throws -> [UInt8] {
        try (0..<count).compactMap { _ in try source.next()?.bytes[0] }
    }

    // Negotiation

    @Test func yuyvIsPreferredAndGreyTaken() throws {
        let both = ScriptedDevice()
        _ = try open(both)
        #expect(both.wanted == VideoGeometry(code: ScriptedDevice.yuyv, width: 8, height: 4))
        let grey = ScriptedDevice()
        grey.formats = [ScriptedDevice.motionJPEG, ScriptedDevice.grey]
        grey.script = [.frame(5, sequence: 0)]
        let frame = try #require(try open(grey).next())
        #expect(frame.fileName(index: 17) == "000017-GREY-8x4.raw")
    }

    @Test func theDefaultSizeIsAskedFor() throws {
        let device = ScriptedDevice()
        _ = try FrameSource.camera(device)
        #expect(device.wanted?.width == 640)
        #expect(device.wanted?.height == 480)
        #expect(device.rate == nil)
    }

    @Test func theDevicesOwnSizeAndStrideAreUsed() throws {
        let device = ScriptedDevice()
        device.answer = { VideoGeometry(code: $0.code, width: 6, height: 2, stride: 16) }
        device.script = [.frame(5, sequence: 0)]
        let frame = try #require(try open(device).next())
        #expect((frame.pixels.width, frame.pixels.height, frame.pixels.stride) == (6, 2, 16))
        #expect(frame.fileName(index: 0) == "000000-YUYV-6x2-16.raw")
        #expect(frame.bytes.count == 32)
        #expect(frame.time == 7)
    }

    @Test func aRateThatIsRefusedIsNoError() throws {
        let device = ScriptedDevice()
        device.rateError = 25
        var options = options()
        options.framesPerSecond = 15
        _ = try FrameSource.camera(device, options: options)
        device.rateError = nil
        _ = try FrameSource.camera(device, options: options)
        #expect(device.rate == 15)
    }

    @Test func devicesThatAreNoCamerasAreRefusedWithTheReason() {
        let noFormat = openingError { $0.formats = [ScriptedDevice.motionJPEG, 0x3231_564E] }
        #expect(noFormat?.line == "/dev/video9: the camera offers MJPG, NV12; YUYV or GREY is needed")
        #expect(noFormat?.kind == .system)
        #expect(openingError { $0.formats = [] }?.sentence.contains("offers nothing") == true)
        #expect(openingError { $0.abilities.captures = false }?.sentence.contains("is no camera") == true)
        #expect(openingError { $0.abilities.streams = false }?.sentence.contains("is no camera") == true)
        #expect(openingError { $0.bufferCount = 1 } != nil)
        #expect(openingError { $0.answer = { VideoGeometry(code: 1, width: $0.width, height: 4) } } != nil)
        #expect(openingError { $0.answer = { VideoGeometry(code: $0.code, width: 8, height: 4, stride: 15) } } != nil)
        #expect(openingError { $0.answer = { VideoGeometry(code: $0.code, width: 1 << 40, height: 4) } } != nil)
        let halves = openingError {
            $0.answer = { VideoGeometry(code: $0.code, width: 8, height: 4, isProgressive: false) }
        }
        #expect(halves?.sentence.contains("half pictures") == true)
    }

    // Frames

    @Test func theNewestFrameWins() throws {
        let device = ScriptedDevice()
        device.script = [
            .frame(1, sequence: 0), .pause, .frame(2, sequence: 1), .frame(3, sequence: 2), .frame(4, sequence: 3),
        ]
        let source = try open(device)
        #expect(try values(source, 2) == [1, 4])
        #expect(source.counts == expectedCounts(skipped: 2))
    }

    @Test func aFullQueueIsOldAndWaitsForAFreshFrame() throws {
        let device = ScriptedDevice()
        device.script = [.frame(1, sequence: 0)]
        let source = try open(device)
        #expect(try values(source, 1) == [1])
        device.script = (2..<7).map { .frame(UInt8($0), sequence: UInt32($0)) }
        try device.play()
        device.script = [.frame(9, sequence: 50)]
        #expect(try values(source, 1) == [9])
        #expect(source.counts == expectedCounts(lost: 1 + 45, skipped: 3))
        // One frame less than that is not full: its newest is taken at once.
        device.script = [.frame(10, sequence: 51), .frame(11, sequence: 52)]
        try device.play()
        #expect(try values(source, 1) == [11])
    }

    @Test func gapsInTheNumbersAreLostFramesAlsoAcrossTheWrap() throws {
        let device = ScriptedDevice()
        device.script = [
            .frame(1, sequence: .max - 1), .pause, .frame(2, sequence: 1), .pause, .frame(3, sequence: 0), .pause,
        ]
        let source = try open(device)
        // From 2³² − 2 to 1 two frames are missing; a step back is a new count, not four thousand million lost frames.
        #expect(try values(source, 3) == [1, 2, 3])
        #expect(source.counts == expectedCounts(lost: 2))
    }

    @Test func damagedAndShortFramesAreSkipped() throws {
        let device = ScriptedDevice()
        device.script = [
            .damagedFrame(sequence: 0), .pause, .shortFrame(sequence: 1), .frame(7, sequence: 2),
            .damagedFrame(sequence: 3),
        ]
        let source = try open(device)
        #expect(try values(source, 1) == [7])
        #expect(source.counts == expectedCounts(damaged: 3))
    }

    @Test func aCameraOfDamagedFramesIsGivenUp() throws {
        let device = ScriptedDevice()
        device.script = (0..<200).flatMap { [.damagedFrame(sequence: UInt32($0)), .pause] }
        let error = nextError(try open(device))
        #expect(error?.line == "/dev/video9: the camera gives no whole frames")
    }

    @Test func buffersGoBackSoThatTheStreamGoesOn() throws {
        let device = ScriptedDevice()
        device.script = (0..<100).flatMap { [.frame(UInt8($0), sequence: UInt32($0)), .pause] }
        let source = try open(device)
        #expect(try values(source, 100) == (0..<100).map { UInt8($0) })
    }

    @Test func aSilentCameraTimesOut() throws {
        let device = ScriptedDevice()
        device.script = [.silence]
        let error = nextError(try open(device))
        #expect(error?.kind == .system)
        #expect(error?.line == "/dev/video9: no frame from the camera within 5000 ms")
    }

    @Test(arguments: [(Int32(19), "is gone"), (5, "Input/output error"), (16, "in use")])
    func aFailingCameraSaysWhy(code: Int32, words: String) throws {
        let device = ScriptedDevice()
        device.script = [.frame(1, sequence: 0), .pause, .failure(code)]
        let source = try open(device)
        #expect(try values(source, 1) == [1])
        let error = nextError(source)
        #expect(error?.kind == .system)
        #expect(error?.sentence.contains(words) == true)
    }

    @Test func theDeviceIsClosedWhenTheSourceGoes() throws {
        let device = ScriptedDevice()
        var source: FrameSource? = try open(device)
        #expect(device.isStreaming)
        #expect(source != nil && !device.isClosed)
        source = nil
        #expect(device.isClosed)
    }

    @Test func noVideoDeviceIsASystemError() {
        do throws(EdgeError) {
            _ = try FrameSource.open("/dev/null", color: .grey)
            Issue.record("/dev/null is no camera")
        } catch {
            #expect(error.kind == .system)
            #expect(error.line == "/dev/null: is no video camera")
        }
    }

    private func expectedCounts(lost: Int = 0, skipped: Int = 0, damaged: Int = 0) -> FrameCounts {
        var counts = FrameCounts()
        (counts.lost, counts.skipped, counts.damaged) = (lost, skipped, damaged)
        return counts
    }

    private func nextError(_ source: FrameSource) -> EdgeError? {
        do throws(EdgeError) {
            _ = try source.next()
            return nil
        } catch {
            return error
        }
    }
}
