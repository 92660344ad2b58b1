import EdgeFormat
import Imaging
import Testing

/// The integer resize and the crop of docs/imaging.md.
@Suite struct ResizeTests {
    /// One axis by the definition, over all source samples.
    private func definition(_ samples: [Int], to target: Int) -> [UInt8] {
        let source = samples.count
        let largest = max(source, target)
        return (0..<target).map { output in
            let center = (2 * output + 1) * source - target
            let raw = (0..<source).map { max(0, 2 * largest - abs(2 * target * $0 - center)) }
            let sum = raw.reduce(0, +)
            var weights = raw.map { $0 * 16384 / sum }
            let first = weights.firstIndex(of: weights.max() ?? 0) ?? 0
            weights[first] += 16384 - weights.reduce(0, +)
            return UInt8((zip(weights, samples).map(*).reduce(0, +) + 8192) >> 14)
        }
    }

    @Test func everySizeEqualsTheDefinitionOnBothAxes() throws {
        for source in 1...40 {
            let picture = try noisePicture(width: source, height: 1, channels: 1, seed: UInt64(source))
            let column = try #require(Picture(width: 1, height: source, channels: 1, bytes: picture.bytes))
            for target in 1...40 {
                let expected = definition(picture.bytes.map(Int.init), to: target)
                let row = try InputProcessor(pipeline: pipeline(width: target, height: 1)).resize(picture)
                #expect(row.bytes == expected, "\(source) to \(target) in width")
                let upright = try InputProcessor(pipeline: pipeline(width: 1, height: target)).resize(column)
                #expect(upright.bytes == expected, "\(source) to \(target) in height")
            }
        }
    }

    @Test(arguments: [1, 2, 3, 17, 40]) func theSameSizeKeepsEveryPixel(side: Int) throws {
        let picture = try noisePicture(width: side, height: side, channels: 3, seed: 5)
        let processor = InputProcessor(pipeline: pipeline(width: side, height: side, color: .rgb))
        #expect(try processor.resize(picture) == picture)
    }

    @Test(arguments: [UInt8(0), 1, 127, 254, 255]) func oneColourStaysThatColour(value: UInt8) throws {
        for (width, height) in [(1, 1), (3, 50), (640, 480), (33, 7)] {
            let bytes = [UInt8](repeating: value, count: width * height)
            let picture = try #require(Picture(width: width, height: height, channels: 1, bytes: bytes))
            for side in [1, 8, 31, 64] {
                let small = try InputProcessor(pipeline: pipeline(width: side, height: side)).resize(picture)
                #expect(small.bytes.allSatisfy { $0 == value })
            }
        }
    }

    @Test func widthIsRoundedToBytesBeforeHeight() throws {
        let picture = try noisePicture(width: 23, height: 31, channels: 1, seed: 9)
        let (width, height) = (11, 14)
        let rows = (0..<31).map { y in
            definition(picture.bytes[(23 * y)..<(23 * y + 23)].map(Int.init), to: width).map(Int.init)
        }
        let columns = (0..<width).map { x in definition(rows.map { $0[x] }, to: height) }
        let expected = (0..<height).flatMap { y in columns.map { $0[y] } }
        let processor = InputProcessor(pipeline: pipeline(width: width, height: height))
        #expect(try processor.resize(picture).bytes == expected)
        // A second picture of this size passes the same buffers.
        #expect(try processor.resize(picture).bytes == expected)
    }

    @Test func coloursAreResizedEachByItself() throws {
        let picture = try noisePicture(width: 37, height: 29, channels: 3, seed: 3)
        let small = try InputProcessor(pipeline: pipeline(width: 13, height: 40, color: .rgb)).resize(picture)
        for channel in 0..<3 {
            let plane = stride(from: channel, to: picture.bytes.count, by: 3).map { picture.bytes[$0] }
            let grey = try #require(Picture(width: 37, height: 29, channels: 1, bytes: plane))
            let expected = try InputProcessor(pipeline: pipeline(width: 13, height: 40)).resize(grey)
            #expect(stride(from: channel, to: small.bytes.count, by: 3).map { small.bytes[$0] } == expected.bytes)
        }
    }

    @Test func theDefaultCropIsTheCentredSquareOfLargerPictures() throws {
        // 0.875 of 48 is 42: columns 11 … 52 and rows 3 … 44 of 64 x 48.
        var bytes = [UInt8](repeating: 0, count: 64 * 48)
        for y in 3..<45 { for x in 11..<53 { bytes[y * 64 + x] = 200 } }
        let picture = try #require(Picture(width: 64, height: 48, channels: 1, bytes: bytes))
        let cropped = try InputProcessor(pipeline: pipeline(width: 32, height: 32, crop: .automatic)).resize(picture)
        #expect(cropped.bytes.allSatisfy { $0 == 200 })
        let whole = try InputProcessor(pipeline: pipeline(width: 48, height: 48, crop: .automatic)).resize(picture)
        #expect(whole.bytes[0] == 0)
        let share = InputCrop.square(millionths: 875_000)
        let square = try InputProcessor(pipeline: pipeline(width: 42, height: 42, crop: share)).resize(picture)
        #expect(square.bytes.allSatisfy { $0 == 200 })
    }

    @Test func aTinyShareLeavesOnePixel() throws {
        let picture = try noisePicture(width: 5, height: 5, channels: 1, seed: 2)
        let crop = InputCrop.square(millionths: 1)
        let one = try InputProcessor(pipeline: pipeline(width: 1, height: 1, crop: crop)).resize(picture)
        #expect(one.bytes == [picture.bytes[12]])
    }
}
