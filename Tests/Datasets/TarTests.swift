import Datasets
import EdgeFormat
import Imaging
import Testing

/// .tar files of pictures.
@Suite final class TarTests {
    private let folder: TestFolder
    private var path: String { folder.path + "/set.tar" }

    init() throws { folder = try TestFolder() }

    /// A header and its content, filled up to blocks of 512 bytes.
    private func member(_ name: String, _ content: [UInt8], kind: Character = "0", prefix: String = "") -> [UInt8] {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, _ offset: Int) {
            for (index, byte) in text.utf8.enumerated() { header[offset + index] = byte }
        }
        let size = String(content.count, radix: 8)
        put(name, 0)
        put(String(repeating: "0", count: 11 - size.count) + size, 124)
        put(String(kind), 156)
        put("ustar\u{0}00", 257)
        put(prefix, 345)
        put("        ", 148)
        let sum = String(header.reduce(0) { $0 + Int($1) }, radix: 8)
        put(String(repeating: "0", count: 6 - sum.count) + sum + "\u{0} ", 148)
        return header + content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
    }

    private let end = [UInt8](repeating: 0, count: 1024)

    @Test func membersAreReadByTheListsOrder() throws {
        let tar =
            member("./b.pgm", onePixel(2)) + member("dir/", [], kind: "5")
            + member("a.pgm", onePixel(1), prefix: "deep")
        try folder.write("set.tar", tar + end)
        try folder.write("list.txt", "# file index\ndeep/a.pgm\t3\tname\n\nb.pgm 4\r\n")
        let set = try DataSource.open(path, split: .test, labels: folder.path + "/list.txt")
        #expect((0..<set.count).map { set.label($0) } == [3, 4])
        #expect(set.name(0) == "deep/a.pgm")
        #expect(try set.picture(0, color: .grey).bytes == [1])
        #expect(try set.encoded(1) == onePixel(2))
    }

    @Test func labelsMayLieBesideOrInside() throws {
        try folder.write("set.tar", member("a.pgm", onePixel(1)) + member("labels.txt", [UInt8]("a.pgm 6".utf8)) + end)
        #expect(try DataSource.open(path, split: .test).label(0) == 6)
        try folder.write("labels.txt", "a.pgm 7")
        #expect(try DataSource.open(path, split: .test).label(0) == 7)
    }

    @Test func withoutListThereAreNoLabels() throws {
        try folder.write(
            "set.tar", member("b.pgm", onePixel(2)) + member("a.PGM", onePixel(1)) + member("c", [1]) + end)
        let set = try DataSource.open(path, split: .test)
        #expect((0..<set.count).map(set.name) == ["a.PGM", "b.pgm"])
        #expect(set.label(0) == nil)
        #expect(throws: EdgeError.self) { try set.requireLabels() }
    }

    @Test func longNamesOfBothKindsAreUnderstood() throws {
        let long = String(repeating: "x", count: 150) + ".pgm"
        let record = " path=\(long)2.pgm\n"
        let pax = String(record.utf8.count + 3) + record
        let tar =
            member("././@LongLink", [UInt8](long.utf8) + [0], kind: "L") + member("xxx", onePixel(1))
            + member("pax", [UInt8](pax.utf8), kind: "x") + member("yyy", onePixel(2))
        try folder.write("set.tar", tar + end)
        let set = try DataSource.open(path, split: .test)
        #expect((0..<set.count).map(set.name) == [long, long + "2.pgm"])
    }

    @Test func everyTruncationIsAnErrorOrWhole() throws {
        let whole = member("a.pgm", onePixel(1)) + member("b.pgm", onePixel(2)) + end
        for length in stride(from: 0, to: whole.count - 512, by: 7) {
            try folder.write("set.tar", Array(whole[..<length]))
            #expect(openingError(path)?.kind == .data, "\(length) bytes")
        }
    }

    @Test func damageGivesASetOrAnError() throws {
        let whole = member("a.pgm", onePixel(1)) + member("b.pgm", onePixel(2)) + end
        for position in stride(from: 0, to: 600, by: 1) {
            var file = whole
            file[position] ^= 0xFF
            try folder.write("set.tar", file)
            if let error = openingError(path) { #expect(error.kind == .data) }
        }
    }

    @Test func listsThatDoNotFitSayWhere() throws {
        try folder.write("set.tar", member("a.pgm", onePixel(1)) + end)
        let list = folder.path + "/list.txt"
        try folder.write("list.txt", "a.pgm 1\nmissing.pgm 2\n")
        #expect(
            openingError(path, labels: list)?.line == "\(list): line 2: there is no 'missing.pgm' in \(path)")
        for text in ["a.pgm", "a.pgm x", "a.pgm -1", "a.pgm 99999999999999999999"] {
            try folder.write("list.txt", text)
            #expect(openingError(path, labels: list)?.sentence.hasPrefix("line 1:") == true)
        }
        try folder.write("list.txt", "# nothing\n")
        #expect(openingError(path, labels: list)?.sentence == "lists no pictures")
        #expect(openingError(path, labels: folder.path + "/none")?.kind == .system)
    }

    @Test func otherFilesAreNoSets() throws {
        try folder.write("set.tar", [UInt8](repeating: 7, count: 2000))
        #expect(openingError(path)?.sentence == "is no set of pictures: a folder or a .tar is needed")
        #expect(openingError(folder.path + "/none")?.kind == .system)
    }

    @Test func photographsAreRead() throws {
        guard let photos = sharedData("photos") else { return }
        let set = try DataSource.open(
            photos + "/test.tar", split: .test, labels: photos + "/test-labels.txt")
        #expect(set.count == 400)
        for index in 0..<set.count {
            let picture = try set.picture(index, color: .rgb)
            #expect(min(picture.width, picture.height) <= 256)
        }
    }
}
