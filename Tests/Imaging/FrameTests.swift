import EdgeFormat
import Imaging
import Testing

/// Raw frames: colour conversion, stride, names.
@Suite struct FrameTests {
    private func picture(_ bytes: [UInt8], width: Int, height: Int = 1, stride: Int, color: InputColor) throws
        -> [UInt8]
    {
        try bytes.withUnsafeBytes { buffer in
            try Frame.picture(
                from: buffer, format: .yuyv, width: width, height: height, stride: stride, color: color, place: "frame")
        }.bytes
    }

    @Test func studioRangeBecomesFullRange() throws {
        #expect(try picture([16, 128, 235, 128], width: 2, stride: 4, color: .grey) == [0, 255])
        #expect(try picture([16, 128, 235, 128], width: 2, stride: 4, color: .rgb) == [0, 0, 0, 255, 255, 255])
        #expect(try picture([0, 128, 255, 128], width: 2, stride: 4, color: .grey) == [0, 255])
        #expect(try picture([126, 128, 127, 128], width: 2, stride: 4, color: .grey) == [128, 129])
    }

    @Test func coloursAreBT601() throws {
        // Red, green and blue of the standard, as a colour bar generator gives them.
        #expect(try picture([81, 90, 81, 240], width: 2, stride: 4, color: .rgb).prefix(3) == [255, 0, 0])
        #expect(try picture([145, 54, 145, 34], width: 2, stride: 4, color: .rgb).prefix(3) == [0, 255, 1])
        #expect(try picture([41, 240, 41, 110], width: 2, stride: 4, color: .rgb).prefix(3) == [0, 0, 255])
    }

    @Test func longRowsAreSteppedOver() throws {
        let bytes: [UInt8] = [16, 128, 235, 128, 9, 9, 235, 128, 16, 128]
        #expect(try picture(bytes, width: 2, height: 2, stride: 6, color: .grey) == [0, 255, 255, 0])
    }

    @Test func shortAndOddFramesAreErrors() {
        for (width, height, stride) in [
            (2, 3, 6), (3, 1, 6), (2, 1, 3), (0, 1, 4), (2, -1, 4), (40_000, 40_000, 80_000),
        ] {
            #expect(throws: EdgeError.self) {
                try picture([UInt8](repeating: 0, count: 12), width: width, height: height, stride: stride, color: .rgb)
            }
        }
    }

    @Test func namesTellWhatTheBytesAre() {
        let packed = RawFrameName(format: .yuyv, width: 640, height: 480, stride: 1280)
        #expect(packed.fileName(index: 17) == "000017-YUYV-640x480.raw")
        #expect(RawFrameName("/a/b/000017-YUYV-640x480.raw") == packed)
        let padded = RawFrameName(format: .grey, width: 641, height: 2, stride: 704)
        #expect(padded.fileName(index: 1_234_567) == "1234567-GREY-641x2-704.raw")
        #expect(RawFrameName(padded.fileName(index: 0)) == padded)
    }

    @Test(arguments: [
        "", ".raw", "1-YUYV-.raw", "1-YUYV-640.raw", "1-YUYV-640x480.ra", "1-NV12-640x480.raw", "1-YUYV-x480.raw",
        "1-YUYV-1234567890x480.raw", "1-YUYV-640x480-.raw", "YUYV-640x480.raw",
    ])
    func otherNamesAreNotRawFrames(name: String) {
        #expect(RawFrameName(name) == nil)
    }

    @Test func rawFilesAreDecodedByTheirName() throws {
        let bytes: [UInt8] = [16, 128, 235, 128]
        let picture = try PictureFile.decode(bytes, color: .grey, place: "x/000000-YUYV-2x1.raw")
        #expect(picture.bytes == [0, 255])
        #expect(decodingError(bytes, place: "x/000000-YUYV-2x2.raw")?.kind == .data)
        #expect(decodingError(bytes, place: "x/000000-YUYV-999999x999999.raw")?.kind == .data)
    }
}
