import Foundation
import Platform
import Testing

@Suite struct AtomicFileTests {
    @Test(arguments: [SystemCall.pending, .open, .write, .sync, .rename])
    func aFailureLeavesTheOldFileAndNothingElse(_ call: SystemCall) throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("model")
        try Files.writeAtomically(path, [1])
        Faults.inject(call, ErrorNumber.noSpace)
        #expect(throws: SystemError(call, ErrorNumber.noSpace, path)) { try Files.writeAtomically(path, [2, 3]) }
        #expect(try directory.names() == ["model"])
        #expect(try Files.read(path) == [1])
    }

    @Test func aFailureInTheMiddleOfTheBytesLeavesNothing() throws {
        let directory = try TemporaryDirectory()
        #expect(throws: SystemError(.write, ErrorNumber.noSpace, directory.file("model"))) {
            var file = try AtomicFile(path: directory.file("model"))
            Faults.inject(.write, ErrorNumber.noSpace, at: 3)
            for _ in 0..<5 { try [UInt8](repeating: 1, count: 10).withUnsafeBytes { try file.write($0) } }
            try file.commit()
        }
        #expect(try directory.names().isEmpty)
    }

    @Test func aFileThatIsDroppedLeavesNothing() throws {
        let directory = try TemporaryDirectory()
        do {
            var file = try AtomicFile(path: directory.file("model"))
            try [UInt8](repeating: 1, count: 10).withUnsafeBytes { try file.write($0) }
            #expect(try directory.names().count == 1)
        }
        #expect(try directory.names().isEmpty)
    }

    @Test func aDirectoryThatCannotBeSyncedDoesNotMatter() throws {
        let directory = try TemporaryDirectory()
        Faults.inject(.sync, ErrorNumber.inputOutput, at: 2)
        defer { Faults.clear() }
        try Files.writeAtomically(directory.file("model"), [1])
        #expect(try Files.read(directory.file("model")) == [1])
    }

    @Test func theTargetOfALinkIsReplacedAndNotTheLink() throws {
        let directory = try TemporaryDirectory()
        try Files.writeAtomically(directory.file("target"), [1])
        #expect(symlink(directory.file("target"), directory.file("link")) == 0)
        try Files.writeAtomically(directory.file("link"), [2])
        #expect(try Files.read(directory.file("target")) == [2])
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: directory.file("link")).hasSuffix("/target"))
    }

    @Test func aDeviceIsWrittenAsItStands() throws {
        try Files.writeAtomically("/dev/null", [1, 2, 3])
        #expect(try Files.kind("/dev/null") == .characterDevice)
        #expect(throws: SystemError(.write, ErrorNumber.noSpace, "/dev/full")) {
            try Files.writeAtomically("/dev/full", [1])
        }
    }

    @Test func aMissingDirectoryIsNamedByTheTarget() throws {
        let directory = try TemporaryDirectory()
        #expect(throws: SystemError(.open, ErrorNumber.noSuchFile, directory.file("none/model"))) {
            try Files.writeAtomically(directory.file("none/model"), [1])
        }
    }

    @Test func filesThatAKilledProgramLeftStayAndAreNoObstacle() throws {
        let directory = try TemporaryDirectory()
        do {
            let file = try AtomicFile(path: directory.file("model"))
            let name = try #require(try directory.names().first)
            let parts = name.dropLast(".tmp".count).split(separator: "-")
            let number = try #require(parts.last.flatMap { Int($0) })
            for next in number + 1...number + 50 {
                let leftover = parts.dropLast().joined(separator: "-") + "-\(next).tmp"
                #expect(FileManager.default.createFile(atPath: directory.file(leftover), contents: Data([9])))
            }
            _ = consume file
        }
        let leftovers = try directory.names()
        #expect(leftovers.count == 50)
        try Files.writeAtomically(directory.file("model"), [1])
        #expect(try Files.read(directory.file("model")) == [1])
        #expect(try directory.names() == leftovers + ["model"])
        for leftover in leftovers { #expect(try Files.read(directory.file(leftover)) == [9]) }
    }

    @Test func theSearchForANameEnds() throws {
        let directory = try TemporaryDirectory()
        Faults.inject(.open, ErrorNumber.exists, forever: true)
        defer { Faults.clear() }
        #expect(throws: SystemError(.open, ErrorNumber.exists, directory.file("model"))) {
            try Files.writeAtomically(directory.file("model"), [1])
        }
    }
}
