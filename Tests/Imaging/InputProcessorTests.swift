import EdgeFormat
import Imaging
import Testing

/// From pixels to a model's bytes: tables, colour order, pitch, flip, frames in place.
@Suite struct InputProcessorTests {
    private func run(
        _ processor: InputProcessor, _ picture: Picture, pitch: Int, flip: UInt8 = 0
    ) throws -> [UInt8] {
        var input = [UInt8](repeating: 0xEE, count: pitch * processor.pipeline.height)
        try input.withUnsafeMutableBytes { buffer in
            let start = try #require(buffer.baseAddress)
            try processor.run(picture, into: start, rowPitch: pitch, flip: flip)
        }
        return input
    }

    @Test func tablesAreLookedUpForEachChannelAndFlipIsApplied() throws {
        let picture = try #require(Picture(width: 2, height: 1, channels: 3, bytes: [1, 2, 3, 250, 251, 252]))
        let tables = (0..<3).map { channel in (0..<256).map { Int8(truncatingIfNeeded: $0 + 10 * channel) } }
        let model = InputPipeline(crop: .whole, width: 2, height: 1, color: .rgb, tables: .integers(tables))
        #expect(try run(InputProcessor(pipeline: model), picture, pitch: 6) == [1, 12, 23, 250, 5, 16])
        let flipped = try run(InputProcessor(pipeline: model), picture, pitch: 6, flip: 0x80)
        #expect(flipped == [0x81, 0x8C, 0x97, 0x7A, 0x85, 0x90])
    }

    @Test func bgrTakesTheFirstTableForBlue() throws {
        let picture = try #require(Picture(width: 1, height: 1, channels: 3, bytes: [10, 20, 30]))
        let tables = (0..<3).map { channel in (0..<256).map { Int8(truncatingIfNeeded: $0 + channel) } }
        let model = InputPipeline(crop: .whole, width: 1, height: 1, color: .bgr, tables: .integers(tables))
        #expect(try run(InputProcessor(pipeline: model), picture, pitch: 3) == [30, 21, 12])
    }

    @Test func aFloatInputTakesTheFloatsOfItsTables() throws {
        let picture = try #require(Picture(width: 2, height: 1, channels: 3, bytes: [1, 2, 3, 250, 251, 252]))
        let tables = (0..<3).map { channel in (0..<256).map { Float($0) / 256 + Float(channel) } }
        let processor = InputProcessor(
            pipeline: InputPipeline(crop: .whole, width: 2, height: 1, color: .bgr, tables: .floats(tables)))
        #expect(processor.rowBytes == 24)
        var input = [Float](repeating: 0, count: 6)
        try input.withUnsafeMutableBytes { buffer in
            try processor.run(picture, into: #require(buffer.baseAddress), rowPitch: 24, flip: 0x80)
        }
        let wanted: [(byte: Int, channel: Int)] = [(3, 0), (2, 1), (1, 2), (252, 0), (251, 1), (250, 2)]
        #expect(input == wanted.map { tables[$0.channel][$0.byte] })
        // The pixels themselves are bytes all the same.
        #expect(try processor.resize(picture).bytes == picture.bytes)
    }

    @Test func bytesBetweenRowsAreLeftAlone() throws {
        let picture = try #require(Picture(width: 2, height: 2, channels: 1, bytes: [1, 2, 3, 4]))
        let processor = InputProcessor(pipeline: pipeline(width: 2, height: 2))
        #expect(
            try run(processor, picture, pitch: 4, flip: 0x80) == [1, 2, 0xEE, 0xEE, 3, 4, 0xEE, 0xEE])
    }

    @Test func greyAndColourPicturesServeEitherKindOfModel() throws {
        let grey = try #require(Picture(width: 1, height: 1, channels: 1, bytes: [77]))
        let color = try #require(Picture(width: 1, height: 1, channels: 3, bytes: [255, 0, 0]))
        let toRGB = InputProcessor(pipeline: pipeline(width: 1, height: 1, color: .rgb))
        let toGrey = InputProcessor(pipeline: pipeline(width: 1, height: 1))
        #expect(try run(toRGB, grey, pitch: 3, flip: 0x80) == [77, 77, 77])
        #expect(try run(toGrey, color, pitch: 1, flip: 0x80) == [76])
    }

    @Test func aFrameInPlaceGivesWhatItsPictureGives() throws {
        let frame = DrawnDigits.yuyvFrame(seed: 4, index: 2, width: 160, height: 120)
        for color in [InputColor.grey, .rgb, .bgr] {
            let processor = InputProcessor(pipeline: pipeline(width: 31, height: 30, color: color, crop: .automatic))
            let expected = try frame.bytes.withUnsafeBytes { bytes in
                try Frame.picture(
                    from: bytes, format: .yuyv, width: 160, height: 120, stride: 320, color: color, place: "frame")
            }
            var input = [UInt8](repeating: 0, count: processor.rowBytes * 30)
            try frame.bytes.withUnsafeBytes { bytes in
                try input.withUnsafeMutableBytes { buffer in
                    let view = try PixelView(
                        bytes, layout: .yuyv, width: 160, height: 120, stride: 320, place: "frame")
                    let start = try #require(buffer.baseAddress)
                    try processor.run(view, into: start, rowPitch: processor.rowBytes, flip: 0x80)
                }
            }
            #expect(try run(processor, expected, pitch: processor.rowBytes, flip: 0x80) == input)
        }
    }

    @Test func aPipelineWithoutTablesIsAnError() throws {
        let picture = try #require(Picture(width: 1, height: 1, channels: 1, bytes: [0]))
        for tables in [[], [[Int8]()], [[Int8](repeating: 0, count: 256), [0]]] {
            let model = InputPipeline(crop: .whole, width: 1, height: 1, color: .grey, tables: .integers(tables))
            #expect(throws: EdgeError.self) { try run(InputProcessor(pipeline: model), picture, pitch: 1) }
        }
        let huge = InputPipeline(
            crop: .whole, width: 1 << 40, height: 1 << 40, color: .grey,
            tables: .integers([[Int8](repeating: 0, count: 256)]))
        #expect(throws: EdgeError.self) { try InputProcessor(pipeline: huge).resize(picture) }
    }
}
