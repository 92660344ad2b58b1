import Datasets
import EdgeFormat
import Imaging
import Testing

/// IDX pairs, plain and packed, whole and broken.
@Suite final class IDXTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private let pictures = [0, 0, 8, 3] + bigEndian(3) + bigEndian(2) + bigEndian(4) + (0..<24).map { UInt8($0) }
    private let labels: [UInt8] = [0, 0, 8, 1] + bigEndian(3) + [7, 0, 9]

    private func write(_ pictures: [UInt8], _ labels: [UInt8], _ end: String = "") throws {
        try folder.write("train-images-idx3-ubyte" + end, pictures)
        try folder.write("train-labels-idx1-ubyte" + end, labels)
    }

    private func checkSet() throws {
        let set = try DataSource.open(folder.path, split: .train)
        #expect(set.count == 3)
        #expect((0..<3).map { set.label($0) } == [7, 0, 9])
        let picture = try set.picture(1, color: .grey)
        #expect((picture.width, picture.height) == (4, 2))
        #expect(picture.bytes == (8..<16).map { UInt8($0) })
        #expect(set.name(1) == "train-00001.pgm")
        #expect(try PictureFile.decode(set.encoded(1), color: .grey, place: "pgm") == picture)
        #expect(set.hasHalves)
        let part = set.subset([2, 5, 0])
        #expect(part.count == 2)
        #expect(part.label(0) == 9)
        #expect(try part.picture(1, color: .rgb).channels == 3)
    }

    @Test func plainFilesAreRead() throws {
        try write(pictures, labels)
        try checkSet()
    }

    @Test func gzipFilesAreRead() throws {
        try write(gzip(pictures), gzip(labels), ".gz")
        try checkSet()
    }

    @Test func gzipIsKnownByItsBytesAndMayHaveSeveralMembers() throws {
        try write(gzip(Array(pictures[..<9])) + gzip(Array(pictures[9...])), labels)
        try checkSet()
    }

    @Test func everyTruncationIsAnError() throws {
        for (whole, other) in [(pictures, labels), (gzip(pictures), labels)] {
            for length in 0..<whole.count {
                try write(Array(whole[..<length]), other)
                let error = try #require(openingError(folder.path), "\(length) of \(whole.count) bytes")
                #expect(error.kind == .data)
            }
        }
        try write(pictures, Array(labels.dropLast()))
        #expect(openingError(folder.path)?.sentence == "ends early: 10 of 11 bytes")
        try write([], labels)
        #expect(openingError(folder.path)?.sentence == "is empty")
    }

    @Test func damagedGzipIsAnError() throws {
        let whole = gzip(pictures)
        for position in 10..<whole.count {
            var file = whole
            file[position] ^= 2
            try write(file, labels)
            #expect(openingError(folder.path)?.kind == .data, "byte \(position)")
        }
    }

    @Test func wrongMagicAndCountsAreNamed() throws {
        try write([0, 0, 8, 1] + pictures[4...], labels)
        #expect(
            openingError(folder.path)?.sentence
                == "is no IDX file of pictures: starts with 0x00000801 in place of 0x00000803")
        try write(pictures, [0, 0, 8, 1] + bigEndian(2) + [7, 0])
        #expect(openingError(folder.path)?.sentence.hasPrefix("holds 2 labels for the 3 pictures of") == true)
        try write(pictures + [0], labels)
        #expect(openingError(folder.path)?.sentence.hasPrefix("goes on after") == true)
    }

    @Test func hugeClaimsCostNoMemory() throws {
        try write([0, 0, 8, 3] + bigEndian(60_000) + bigEndian(180) + bigEndian(180), labels)
        #expect(openingError(folder.path)?.sentence.hasPrefix("ends early") == true)
        try write([0, 0, 8, 3] + [UInt8](repeating: 255, count: 12), labels)
        #expect(openingError(folder.path)?.sentence.hasPrefix("claims") == true)
        try write([0, 0, 8, 3] + bigEndian(1) + bigEndian(0) + bigEndian(5), [0, 0, 8, 1] + bigEndian(1) + [0])
        #expect(openingError(folder.path)?.sentence.hasPrefix("claims") == true)
        try write([0, 0, 8, 3] + bigEndian(0) + bigEndian(2) + bigEndian(5), [0, 0, 8, 1] + bigEndian(0))
        #expect(openingError(folder.path)?.sentence == "holds no pictures")
    }

    @Test func theMissingHalfIsNamed() throws {
        try folder.write("t10k-images-idx3-ubyte", pictures)
        try folder.write("t10k-labels-idx1-ubyte", labels)
        #expect(try DataSource.open(folder.path, split: .test).count == 3)
        #expect(openingError(folder.path)?.sentence.hasPrefix("no train-images-idx3-ubyte") == true)
        #expect(openingError(folder.path)?.kind == .system)
    }

    @Test func mnistIsRead() throws {
        guard let path = sharedData("mnist") else { return }
        let test = try DataSource.open(path, split: .test)
        #expect(test.count == 10_000)
        #expect((0..<5).map { test.label($0) } == [7, 2, 1, 0, 4])
        let train = try DataSource.open(path, split: .train)
        #expect(train.count == 60_000)
        #expect((0..<5).map { train.label($0) } == [5, 0, 4, 1, 9])
    }
}
