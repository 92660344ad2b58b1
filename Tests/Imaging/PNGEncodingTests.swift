import EdgeFormat
import Imaging
import Testing

/// PNG files that are written, and pictures side by side.
@Suite struct PNGEncodingTests {
    private func picture(_ width: Int, _ height: Int, _ channels: Int) throws -> Picture {
        let bytes = (0..<width * height * channels).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 2_654_435 >> 7) }
        return try #require(Picture(width: width, height: height, channels: channels, bytes: bytes))
    }

    @Test(arguments: [(1, 1), (7, 3), (32, 32), (338, 134), (1, 500), (500, 1), (640, 480)], [1, 3])
    func whatIsWrittenIsRead(size: (Int, Int), channels: Int) throws {
        let picture = try picture(size.0, size.1, channels)
        let file = try PictureFile.encodePNG(picture)
        let color: InputColor = channels == 1 ? .grey : .rgb
        #expect(try PictureFile.decode(file, color: color, place: "written") == picture)
        #expect(try PictureFile.encodePNG(picture) == file)
        // Signature, header of 8 bits, grey or RGB, and nothing but pixels.
        #expect(Array(file.prefix(16)) == [0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10, 0, 0, 0, 13] + Array("IHDR".utf8))
        #expect(Array(file[24..<29]) == [8, channels == 1 ? 0 : 2, 0, 0, 0])
        #expect(file.suffix(12).elementsEqual(PNGWriter.chunk("IEND", [])))
    }

    @Test func evenPicturesAreSmallFiles() throws {
        let even = try #require(
            Picture(width: 500, height: 500, channels: 1, bytes: Array(repeating: 9, count: 250_000)))
        #expect(try PictureFile.encodePNG(even).count < 2000)
    }

    @Test func aGridSetsPicturesSideBySide() throws {
        var grid = try PictureGrid(count: 3, width: 2, height: 1, channels: 1, columns: 2, gap: 1, background: 7)
        for (index, bytes) in [[1, 2], [3, 4], [5, 6]].enumerated() {
            bytes.map { UInt8($0) }.withUnsafeBufferPointer { grid.set($0, at: index) }
        }
        #expect(grid.picture.width == 5 && grid.picture.height == 3)
        #expect(grid.picture.bytes == [1, 2, 7, 3, 4, 7, 7, 7, 7, 7, 5, 6, 7, 7, 7])
        // What does not fit changes nothing.
        let before = grid.picture
        for (bytes, index) in [([9], 0), ([9, 9], 4), ([9, 9], -1)] {
            bytes.map { UInt8($0) }.withUnsafeBufferPointer { grid.set($0, at: index) }
        }
        #expect(grid.picture == before)
    }

    @Test func coloursStayInTheirPixels() throws {
        var grid = try PictureGrid(count: 2, width: 1, height: 2, channels: 3, columns: 2, gap: 0)
        for index in 0..<2 {
            (0..<6).map { UInt8(index * 10 + $0) }.withUnsafeBufferPointer { grid.set($0, at: index) }
        }
        #expect(grid.picture.bytes == [0, 1, 2, 10, 11, 12, 3, 4, 5, 13, 14, 15])
    }

    @Test func gridsAreNearlySquare() {
        for (count, columns) in [
            (1, 1), (2, 2), (3, 3), (4, 2), (5, 3), (6, 3), (7, 3), (8, 4), (9, 3), (10, 5), (12, 4), (16, 4), (20, 5),
            (100, 10), (1000, 40),
        ] {
            #expect(PictureGrid.columns(for: count) == columns, "\(count) pictures")
        }
    }

    @Test(arguments: [
        (1000, 1000, 1000), (Int.max, 32, 32), (1, 0, 32), (1, 32, -1), (1, 100_000, 1), (2, Int.max, 1),
    ]) func aGridThatIsNoPictureIsRefused(count: Int, width: Int, height: Int) {
        let error = #expect(throws: EdgeError.self) {
            try PictureGrid(count: count, width: width, height: height, channels: 1, columns: 1000)
        }
        #expect(error?.kind == .usage)
        #expect(throws: EdgeError.self) { try PictureGrid(count: 1, width: 4, height: 4, channels: 2) }
    }
}
