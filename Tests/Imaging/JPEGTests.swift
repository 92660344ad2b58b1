import EdgeFormat
import Foundation
import Imaging
import Testing

/// JPEG files: pixels, and every kind of damage.
@Suite struct JPEGTests {
    private func file(width: Int = 24, height: Int = 20, channels: Int = 3, quality: Int = 95) throws -> [UInt8] {
        var bytes: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                for channel in 0..<channels { bytes.append(UInt8((x * 7 + y * 5 + channel * 40) % 256)) }
            }
        }
        let picture = try #require(Picture(width: width, height: height, channels: channels, bytes: bytes))
        return try PictureFile.encodeJPEG(picture, quality: quality)
    }

    /// The position of the height in the frame header, after marker, length and precision.
    private func sizePosition(_ file: [UInt8]) throws -> Int {
        let marker = try #require(file.indices.dropLast().first { file[$0] == 0xFF && file[$0 + 1] == 0xC0 })
        return marker + 5
    }

    @Test func smoothPicturesComeBackNearlyAsTheyWere() throws {
        let bytes: [UInt8] = (0..<1024).map { (index: Int) in UInt8(index % 32 * 4 + index / 32 * 3) }
        let picture = try #require(Picture(width: 32, height: 32, channels: 1, bytes: bytes))
        let decoded = try PictureFile.decode(
            PictureFile.encodeJPEG(picture, quality: 95), color: .grey, place: "test")
        #expect(zip(decoded.bytes, bytes).allSatisfy { (new: UInt8, old: UInt8) in abs(Int(new) - Int(old)) <= 4 })
    }

    @Test func pixelsNeverChange() throws {
        let file = try file()
        let color = hash(try PictureFile.decode(file, color: .rgb, place: "test").bytes)
        let grey = hash(try PictureFile.decode(file, color: .grey, place: "test").bytes)
        #expect(color == 16_505_100_496_858_951_505)
        #expect(grey == 15_708_134_865_571_023_764)
    }

    @Test func greyFilesServeColourModels() throws {
        let file = try file(channels: 1)
        let grey = try PictureFile.decode(file, color: .grey, place: "test")
        #expect(try PictureFile.decode(file, color: .rgb, place: "test").bytes == grey.bytes.flatMap { [$0, $0, $0] })
    }

    @Test func everyTruncationIsAnError() throws {
        for channels in [1, 3] {
            let file = try file(channels: channels)
            for length in 0..<file.count {
                let error = try #require(decodingError(Array(file[..<length])), "\(length) of \(file.count) bytes")
                #expect(error.kind == .data)
            }
        }
    }

    @Test func aShortenedFileSaysSo() throws {
        let file = try file()
        let error = decodingError(Array(file[..<(file.count - 3)]), place: "cut.jpg")
        #expect(error?.line == "cut.jpg: ends early: the JPEG data are cut short")
    }

    @Test func aClaimOfTooManyPixelsIsRefusedWithItsSize() throws {
        var file = try file()
        let position = try sizePosition(file)
        file.replaceSubrange(position..<(position + 4), with: [0x9C, 0x40, 0x9C, 0x40])
        let line = decodingError(file, place: "big.jpg")?.line
        #expect(line?.hasPrefix("big.jpg: claims 40000x40000 pixels") == true)
    }

    @Test func damagedBytesGiveAPictureOrAnError() throws {
        let whole = try file()
        var generator = SeededGenerator(seed: 11)
        var refused = 0
        for _ in 0..<3000 {
            var file = whole
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                file[Int.random(in: 2..<file.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            if let error = decodingError(file) {
                #expect(error.kind == .data)
                refused += 1
            }
        }
        #expect(refused > 1000)
    }

    @Test func oddFilesOfTheWorldNeitherCrashNorHang() throws {
        guard let archive = sharedData("jpeg-odd/jpeg-odd.tar.gz"), let index = sharedData("jpeg-odd/index.txt") else {
            return
        }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("jpeg-odd-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let tar = Process()
        tar.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        tar.arguments = ["tar", "-xzf", archive, "-C", folder.path]
        try tar.run()
        tar.waitUntilExit()
        var count = 0
        for line in try String(contentsOfFile: index, encoding: .utf8).split(separator: "\n") where !line.hasPrefix("#")
        {
            let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            let file = [UInt8](try Data(contentsOf: folder.appendingPathComponent(columns[0])))
            count += 1
            let error = decodingError(file, place: columns[0])
            // djpeg's verdict: 0 good, 1 error, 2 a picture with a warning.
            switch columns[2] {
            case "0":
                if let error {
                    #expect(
                        error.sentence.contains("CMYK") || error.sentence.contains("scans"), "\(error.line)")
                }
            case "2": #expect(error != nil || columns[3].hasPrefix("Unknown Adobe"), "\(columns[0]): \(columns[3])")
            default: #expect(error != nil, "\(columns[0])")
            }
        }
        #expect(count == 2000)
    }
}
