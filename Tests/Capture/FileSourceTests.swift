import Capture
import EdgeFormat
import Foundation
import Imaging
import Testing

/// Folders, files and drawings as sources.
@Suite final class FileSourceTests {
    private let folder: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("capture-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        folder = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func write(_ name: String, _ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: folder + "/" + name))
    }

    private func openingError(_ source: String) -> EdgeError? {
        do throws(EdgeError) {
            _ = try FrameSource.open(source, color: .rgb)
            return nil
        } catch {
            return error
        }
    }

    @Test func picturesComeInTheOrderOfTheirNamesAndABadOneIsPassed() throws {
        try write("b.pgm", [UInt8]("P5 1 1 255\n".utf8) + [2])
        try write("A.PGM", [UInt8]("P5 1 1 255\n".utf8) + [1])
        try write("a.ppm", [UInt8]("P6 1".utf8))
        try write("c.raw.txt", [0])
        try write("000001-YUYV-2x1.raw", [16, 128, 235, 128])
        let source = try FrameSource.open(folder, color: .grey)
        #expect(source.count == 4)
        let first = try #require(try source.next())
        #expect(first.fileName(index: 5) == "000005-YUYV-2x1.raw")
        #expect(Array(first.bytes) == [16, 128, 235, 128])
        let second = try #require(try source.next())
        #expect(second.fileName(index: 5) == "000005-A.PGM")
        #expect(second.name == folder + "/A.PGM")
        #expect(second.bytes.count == 12)
        #expect(throws: EdgeError.self) { try source.next() }
        #expect(try source.next()?.name == folder + "/b.pgm")
        #expect(try source.next() == nil)
        #expect(try source.next() == nil)
    }

    @Test func oneFileIsASource() throws {
        try write("x.pgm", [UInt8]("P5 2 1 255\n".utf8) + [2, 3])
        let source = try FrameSource.open(folder + "/x.pgm", color: .rgb)
        #expect(try source.next()?.pixels.width == 2)
        #expect(try source.next() == nil)
    }

    @Test func whatIsNoSourceSaysWhy() throws {
        #expect(openingError(folder)?.kind == .data)
        #expect(openingError(folder + "/none")?.kind == .system)
        #expect(openingError(folder + "/none")?.sentence == "No such file or directory")
        for source in ["synthetic:x", "synthetic:-1", "synthetic:99999999999999999999999", "synthetic:1 "] {
            #expect(openingError(source)?.kind == .usage)
        }
    }

    @Test func drawnFramesAreThoseOfTheirSeed() throws {
        var options = CaptureOptions()
        (options.width, options.height) = (64, 48)
        let source = try FrameSource.open("synthetic:12", color: .grey, options: options)
        #expect(source.count == nil)
        for index in 0..<3 {
            let frame = try #require(try source.next())
            #expect(
                Array(frame.bytes) == DrawnDigits.yuyvFrame(seed: 12, index: UInt64(index), width: 64, height: 48).bytes
            )
            #expect(frame.fileName(index: index) == "00000\(index)-YUYV-64x48.raw")
            #expect(frame.sequence == index)
        }
        #expect(try FrameSource.open("synthetic:", color: .grey).next()?.pixels.width == 640)
    }
}
