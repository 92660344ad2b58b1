import EdgeFormat
import Imaging
import Testing

/// PGM and PPM files.
@Suite struct NetpbmTests {
    @Test(arguments: [1, 3]) func picturesComeBackAsTheyWere(channels: Int) throws {
        let picture = try noisePicture(width: 7, height: 5, channels: channels, seed: 1)
        let file = PictureFile.encodeNetpbm(picture)
        #expect(try PictureFile.decode(file, color: channels == 1 ? .grey : .rgb, place: "test") == picture)
    }

    @Test func commentsAndAnyBlanksAreAllowedInHeaders() throws {
        let file = [UInt8]("P5 # made\n#by hand\n2\t\r1 255\n".utf8) + [7, 9]
        #expect(try PictureFile.decode(file, color: .grey, place: "test").bytes == [7, 9])
    }

    @Test func coloursBecomeGreyByLuma() throws {
        let file = [UInt8]("P6 3 1 255\n".utf8) + [255, 0, 0, 0, 255, 0, 0, 0, 255]
        #expect(try PictureFile.decode(file, color: .grey, place: "test").bytes == [76, 150, 29])
    }

    @Test(arguments: [
        "P5", "P5 ", "P5 1", "P5 1 1", "P5 1 1 255", "P5 1 1 255x", "P5 a b c ", "P5 1 1 65535\n00", "P5 0 1 255\n",
        "P5 40000 40000 255\n", "P5 99999999999999999999 1 255\n", "P5 -1 1 255\n", "P5 2 2 255\nabc", "P2 1 1 255\n1",
        "hello", "P",
    ])
    func brokenFilesAreErrors(text: String) {
        #expect(decodingError([UInt8](text.utf8))?.kind == .data)
    }

    @Test func claimedSizesAreNamed() {
        let line = decodingError([UInt8]("P6 40000 40000 255\n".utf8), place: "big.ppm")?.line
        #expect(line?.hasPrefix("big.ppm: claims 40000x40000 pixels") == true)
    }

    @Test func anEmptyFileIsAnError() {
        #expect(decodingError([])?.line == "test: is empty")
    }
}
