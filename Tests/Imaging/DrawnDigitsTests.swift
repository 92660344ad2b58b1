import EdgeFormat
import Imaging
import Testing

/// Drawn digits are the same bytes everywhere and always.
@Suite struct DrawnDigitsTests {
    @Test func drawingsNeverChange() {
        var all: [UInt8] = []
        for index in 0..<20 { all += DrawnDigits.picture(seed: 1, index: UInt64(index)).picture.bytes }
        #expect(hash(all) == 7_587_679_213_613_672_852)
        let frame = DrawnDigits.yuyvFrame(seed: 1, index: 7)
        #expect((frame.width, frame.height) == (640, 480))
        #expect(hash(frame.bytes) == 16_269_104_567_017_664_242)
    }

    @Test func labelsAreThoseOfThePicturesAndAllDigitsOccur() {
        var counts = [Int](repeating: 0, count: 10)
        for index in 0..<1000 {
            let label = DrawnDigits.label(seed: 3, index: UInt64(index))
            counts[label] += 1
            if index < 50 { #expect(DrawnDigits.picture(seed: 3, index: UInt64(index)).label == label) }
        }
        #expect(counts.allSatisfy { $0 > 60 })
    }

    @Test func seedsAndIndicesGiveDifferentDrawings() {
        let first = DrawnDigits.picture(seed: 1, index: 0).picture
        #expect(first != DrawnDigits.picture(seed: 1, index: 1).picture)
        #expect(first != DrawnDigits.picture(seed: 2, index: 0).picture)
        #expect(first == DrawnDigits.picture(seed: 1, index: 0).picture)
    }

    @Test func aFrameIsItsRawFrameConverted() throws {
        let raw = DrawnDigits.yuyvFrame(seed: 6, index: 3, width: 64, height: 48)
        let drawing = DrawnDigits.frame(seed: 6, index: 3, color: .grey, width: 64, height: 48)
        let picture = try PictureFile.decode(raw.bytes, color: .grey, place: "0-YUYV-64x48.raw")
        #expect(drawing.picture == picture)
        #expect(drawing.label == raw.label)
    }

    @Test func anySizeCanBeDrawn() {
        for (width, height) in [(0, 0), (-5, 17), (17, 16), (100, 2000), (31, 5000)] {
            let frame = DrawnDigits.yuyvFrame(seed: 1, index: 1, width: width, height: height)
            #expect(frame.bytes.count == 2 * frame.width * frame.height)
            #expect(frame.width % 2 == 0)
        }
        for side in [0, 1, 8, 29, 300] { _ = DrawnDigits.picture(seed: .max, index: .max, side: side) }
    }
}
