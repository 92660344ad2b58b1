import Datasets
import EdgeFormat
import Imaging
import Testing

/// Folders of pictures, class folders and CIFAR-10's batches.
@Suite final class FolderTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    @Test func classFoldersAreNumberedInSortedOrder() throws {
        for (name, value) in [
            ("dog/1.pgm", 1), ("cat/2.pgm", 2), ("cat/1.png.txt", 9), ("bird/x.PGM", 3), ("empty/note", 4),
        ] {
            try folder.write(name, onePixel(UInt8(value)))
        }
        let set = try DataSource.open(folder.path, split: .train)
        #expect((0..<set.count).map(set.name) == ["bird/x.PGM", "cat/2.pgm", "dog/1.pgm"])
        #expect((0..<set.count).map { set.label($0) } == [0, 1, 2])
        #expect(set.classNames == ["bird", "cat", "dog"])
        #expect(!set.hasHalves)
        try set.requireLabels()
    }

    @Test func foldersWithNumbersForNamesKeepThem() throws {
        for name in ["10", "2", "0"] { try folder.write(name + "/a.pgm", onePixel(1)) }
        let set = try DataSource.open(folder.path, split: .train)
        #expect((0..<set.count).map { set.label($0) } == [0, 10, 2])
        #expect(set.classNames == nil)
    }

    @Test func aFolderWithAListIsALabelledSet() throws {
        try folder.write("a.pgm", onePixel(1))
        try folder.write("sub/b.pgm", onePixel(2))
        try folder.write("labels.txt", "sub/b.pgm 5\na.pgm 3\n")
        let set = try DataSource.open(folder.path, split: .test)
        #expect((0..<set.count).map { set.label($0) } == [5, 3])
        #expect(try set.picture(0, color: .grey).bytes == [2])
        try folder.write("labels.txt", "c.pgm 5\n")
        #expect(openingError(folder.path)?.sentence.hasPrefix("line 1: there is no 'c.pgm'") == true)
    }

    @Test func aFolderWithoutListHasNoLabelsAndABadPictureIsNamed() throws {
        try folder.write("a.pgm", onePixel(1))
        try folder.write("b.jpg", [0xFF, 0xD8, 0xFF])
        let set = try DataSource.open(folder.path, split: .test)
        #expect(set.count == 2)
        #expect(set.label(0) == nil)
        do throws(EdgeError) {
            _ = try set.picture(1, color: .grey)
            Issue.record("a picture of three bytes")
        } catch {
            #expect(error.line == folder.path + "/b.jpg: ends early: the JPEG data are cut short")
        }
    }

    @Test func aFolderWithoutPicturesIsNoSet() throws {
        #expect(openingError(folder.path)?.kind == .data)
        try folder.write("readme", "nothing here")
        #expect(openingError(folder.path)?.sentence.hasPrefix("no set in this folder") == true)
    }

    @Test func cifarBatchesAreThreePlanes() throws {
        var batch: [UInt8] = []
        for record in 0..<10_000 {
            batch.append(UInt8(record % 10))
            for plane in 0..<3 { batch += [UInt8](repeating: UInt8((record + plane) % 256), count: 1024) }
        }
        try folder.write("test_batch.bin", batch)
        try folder.write("batches.meta.txt", "airplane\nautomobile\n\n")
        let set = try DataSource.open(folder.path, split: .test)
        #expect(set.count == 10_000)
        #expect(set.label(123) == 3)
        #expect(Array(try set.picture(123, color: .rgb).bytes.prefix(3)) == [123, 124, 125])
        #expect(try PictureFile.decode(set.encoded(123), color: .rgb, place: "ppm") == set.picture(123, color: .rgb))
        #expect(set.classNames == ["airplane", "automobile"])
        #expect(openingError(folder.path, split: .train)?.sentence.hasPrefix("no data_batch_1.bin") == true)
        try folder.write("test_batch.bin", Array(batch.dropLast()))
        #expect(openingError(folder.path, split: .test)?.sentence.hasPrefix("ends early") == true)
        batch[3073] = 10
        try folder.write("test_batch.bin", batch)
        #expect(openingError(folder.path, split: .test)?.sentence.hasPrefix("picture 1 has label 10") == true)
    }
}
