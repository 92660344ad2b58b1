import EdgeFormat
import Imaging
import Testing

/// PNG files of every kind, whole and damaged.
@Suite struct PNGTests {
    private func decode(_ writer: PNGWriter, _ color: InputColor) throws -> [UInt8] {
        try PictureFile.decode(writer.file(), color: color, place: "test").bytes
    }

    @Test(arguments: [1, 2, 4, 8]) func greyOfAnyDepthFillsTheRange(depth: Int) throws {
        let most = (1 << depth) - 1
        let samples = [(0...5).map { $0 * most / 5 }, (0...5).map { most - $0 * most / 5 }]
        let writer = PNGWriter(width: 6, height: 2, depth: depth, samples: samples)
        #expect(try decode(writer, .grey) == samples.joined().map { UInt8($0 * 255 / most) })
    }

    @Test func everySampleOfSixteenBitsIsRoundedToEight() throws {
        for first in stride(from: 0, to: 65536, by: 16384) {
            let samples = Array(first..<(first + 16384))
            let writer = PNGWriter(width: 16384, height: 1, depth: 16, samples: [samples])
            let expected: [UInt8] = samples.map { (sample: Int) in UInt8((sample * 255 + 32895) >> 16) }
            #expect(try decode(writer, .grey) == expected)
        }
    }

    @Test func palettesAreResolved() throws {
        let writer = PNGWriter(
            width: 3, height: 1, depth: 2, colorType: 3, chunks: [("PLTE", [10, 20, 30, 40, 50, 60, 255, 255, 255])],
            samples: [[2, 0, 1]])
        #expect(try decode(writer, .rgb) == [255, 255, 255, 10, 20, 30, 40, 50, 60])
    }

    @Test func aColourOutsideThePaletteIsDamage() throws {
        for depth in [1, 2, 4, 8] {
            var writer = PNGWriter(
                width: 2, height: 1, depth: depth, colorType: 3, chunks: [("PLTE", [1, 2, 3])], samples: [[0, 1]])
            #expect(decodingError(writer.file())?.kind == .data)
            writer.samples = [[0, 0]]
            #expect(try decode(writer, .rgb) == [1, 2, 3, 1, 2, 3])
        }
    }

    @Test func coloursAndGreyServeEitherModel() throws {
        let color = PNGWriter(width: 1, height: 1, colorType: 2, samples: [[255, 0, 0]])
        #expect(try decode(color, .rgb) == [255, 0, 0])
        #expect(try decode(color, .grey) == [76])
        let grey = PNGWriter(width: 1, height: 1, samples: [[9]])
        #expect(try decode(grey, .rgb) == [9, 9, 9])
    }

    @Test func whatIsTransparentLiesOnWhite() throws {
        let grey = PNGWriter(width: 3, height: 1, colorType: 4, samples: [[0, 0, 100, 128, 100, 255]])
        // (100·128 + 255·127 + 127) / 255
        #expect(try decode(grey, .grey) == [255, 177, 100])
        let color = PNGWriter(width: 2, height: 1, colorType: 6, samples: [[1, 2, 3, 0, 1, 2, 3, 255]])
        #expect(try decode(color, .rgb) == [255, 255, 255, 1, 2, 3])
        let keyed = PNGWriter(width: 2, height: 1, chunks: [("tRNS", [0, 7])], samples: [[7, 8]])
        #expect(try decode(keyed, .grey) == [255, 8])
        // A key is compared before 16 bits become 8; so is 0x0101 told from 0x0102 here.
        let deep = PNGWriter(
            width: 2, height: 1, depth: 16, chunks: [("tRNS", [1, 1])], samples: [[0x0101, 0x0102]])
        #expect(try decode(deep, .grey) == [255, 1])
        let palette = PNGWriter(
            width: 2, height: 1, colorType: 3, chunks: [("PLTE", [1, 1, 1, 2, 2, 2]), ("tRNS", [0])], samples: [[0, 1]])
        #expect(try decode(palette, .grey) == [255, 2])
    }

    @Test func chunksThatMakeNoPixelsArePassedOver() throws {
        let long = [UInt8](repeating: 7, count: 10_000_000)
        let chunks: [(String, [UInt8])] = [("gAMA", [0, 0, 1, 0]), ("sRGB", [9]), ("iCCP", [1, 2]), ("prVt", long)]
        let writer = PNGWriter(width: 2, height: 1, chunks: chunks, samples: [[3, 200]])
        #expect(try decode(writer, .grey) == [3, 200])
        let critical = PNGWriter(width: 2, height: 1, chunks: [("ABCD", [])], samples: [[3, 200]])
        #expect(decodingError(critical.file())?.kind == .data)
    }

    @Test func interlacedPicturesAreTheSamePictures() throws {
        for (width, height) in [(1, 1), (2, 3), (5, 5), (8, 8), (13, 9)] {
            let samples = (0..<height).map { y in (0..<(width * 3)).map { ($0 * 31 + y * 17) % 256 } }
            var writer = PNGWriter(width: width, height: height, colorType: 2, samples: samples)
            let plain = try decode(writer, .rgb)
            #expect(plain == samples.joined().map { UInt8($0) })
            writer.interlaced = true
            #expect(try decode(writer, .rgb) == plain, "\(width)x\(height)")
        }
    }

    @Test func everyTruncationIsAnError() {
        let samples = (0..<9).map { y in (0..<9).map { ($0 + y) % 256 } }
        for interlaced in [false, true] {
            let file = PNGWriter(width: 9, height: 9, samples: samples, interlaced: interlaced).file()
            for length in 0..<file.count { #expect(decodingError(Array(file[..<length]))?.kind == .data) }
            #expect(decodingError(file) == nil)
        }
    }

    @Test func damageIsNeverAccepted() {
        let samples = (0..<9).map { y in (0..<9).map { ($0 + y) % 256 } }
        let whole = PNGWriter(width: 9, height: 9, samples: samples).file()
        for position in whole.indices {
            var file = whole
            file[position] ^= 1 << UInt8(position % 8)
            #expect(decodingError(file)?.kind == .data, "byte \(position)")
        }
    }

    @Test func aDamagedChunkIsAnErrorAlsoWhereItMakesNoPixels() throws {
        for name in ["tEXt", "tRNS", "prVt"] {
            var file = PNGWriter(width: 2, height: 1, chunks: [(name, [0, 7])], samples: [[3, 200]]).file()
            #expect(decodingError(file) == nil)
            // After signature, header, and this chunk's length and name.
            file[8 + 25 + 8] ^= 1
            #expect(decodingError(file)?.kind == .data, "\(name)")
        }
    }

    @Test func tooFewAndTooManyPixelsAreErrors() {
        for rows in [0, 1, 3, 100] {
            let samples = [[Int]](repeating: [5, 6], count: rows)
            let file = PNGWriter(width: 2, height: 2, samples: samples).file()
            #expect(decodingError(file)?.kind == .data, "\(rows) rows")
        }
    }

    @Test func aShortenedFileSaysSo() {
        let file = PNGWriter(width: 2, height: 1, samples: [[3, 200]]).file()
        let error = decodingError(Array(file.dropLast(3)), place: "cut.png")
        #expect(error?.line == "cut.png: ends early: the PNG data are cut short")
    }

    @Test func damageUnderGoodChecksumsGivesAPictureOrAnError() {
        var generator = SeededGenerator(seed: 4)
        let samples = (0..<9).map { y in (0..<27).map { ($0 * 9 + y) % 256 } }
        for round in 0..<3000 {
            var file = PNGWriter(width: 9, height: 9, colorType: 2, samples: samples, interlaced: round % 2 == 0).file()
            for _ in 0..<2 {
                file[Int.random(in: 8..<file.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            mendChecksums(&file)
            if let error = decodingError(file) { #expect(error.kind == .data) }
        }
    }

    @Test func aClaimOfTooManyPixelsIsRefusedWithItsSize() {
        let file = PNGWriter(width: 40_000, height: 40_000, samples: [[0]]).file()
        #expect(decodingError(file, place: "big.png")?.line.hasPrefix("big.png: claims 40000x40000 pixels") == true)
    }

    private func mendChecksums(_ file: inout [UInt8]) {
        var position = 8
        while position + 12 <= file.count {
            let length = file[position..<(position + 4)].reduce(0) { $0 << 8 | Int($1) }
            let end = position + 8 + length
            guard end + 4 <= file.count else { return }
            let crc = PNGWriter.crc(Array(file[(position + 4)..<end]))
            for (offset, shift) in [24, 16, 8, 0].enumerated() {
                file[end + offset] = UInt8((crc >> UInt32(shift)) & 255)
            }
            position = end + 4
        }
    }
}
