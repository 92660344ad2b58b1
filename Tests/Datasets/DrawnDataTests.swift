import Datasets
import EdgeFormat
import Foundation
import Imaging
import Testing

/// Sets of drawn digits.
@Suite struct DrawnDataTests {
    @Test func setsAreTheSameEveryTimeAndTheirHalvesDiffer() throws {
        let set = DrawnData.pictures(seed: 5, count: 40)
        let again = DrawnData.pictures(seed: 5, count: 40)
        let test = DrawnData.pictures(seed: 5, count: 40, split: .test)
        for index in 0..<40 {
            let picture = try set.picture(index, color: .grey)
            #expect(picture == (try again.picture(index, color: .grey)))
            #expect(picture != (try test.picture(index, color: .grey)))
            #expect((picture.width, picture.height) == (28, 28))
            #expect(set.label(index) == DrawnDigits.picture(seed: 5, index: UInt64(index)).label)
        }
        #expect(DrawnData.pictures(seed: 5, count: -1).count == 0)
    }

    @Test func writtenFramesAreALabelledSet() throws {
        let folder = try TestFolder()
        let path = folder.path + "/frames"
        var told: [Int] = []
        try DrawnData.writeFrames(to: path, seed: 2, count: 3) { told.append($0) }
        #expect(told == [1, 2, 3])
        let set = try DataSource.open(path, split: .test)
        #expect(set.count == 3)
        for index in 0..<3 {
            let frame = DrawnDigits.frame(seed: 2, index: UInt64(index), color: .grey)
            #expect(set.label(index) == frame.label)
            let picture = try set.picture(index, color: .grey)
            #expect((picture.width, picture.height) == (640, 480))
            let error = zip(picture.bytes, frame.picture.bytes).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
            #expect(error < 4 * picture.bytes.count, "JPEG keeps the picture")
        }
    }

    @Test func aFolderThatCannotBeMadeIsASystemError() {
        do throws(EdgeError) {
            try DrawnData.writeFrames(to: "/dev/null/frames", seed: 1, count: 1)
            Issue.record("a folder in /dev/null")
        } catch {
            #expect(error.kind == .system)
        }
    }
}
