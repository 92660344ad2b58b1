import Foundation
import Platform
import Testing

@Suite struct FilesTests {
    @Test func whatIsWrittenIsReadBack() throws {
        let directory = try TemporaryDirectory()
        for count in [0, 1, 4095, 4096, 200_000] {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            try Files.writeAtomically(directory.file("data"), bytes)
            #expect(try Files.read(directory.file("data")) == bytes)
            let mapped = try MappedFile(path: directory.file("data"))
            #expect([UInt8](mapped.bytes) == bytes)
        }
        #expect(try directory.names() == ["data"])
    }

    @Test(arguments: [SystemCall.open, .status, .read])
    func aFailingReadNamesCallAndFile(_ call: SystemCall) throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("data")
        try Files.writeAtomically(path, [1, 2, 3])
        Faults.inject(call, ErrorNumber.inputOutput)
        #expect(throws: SystemError(call, ErrorNumber.inputOutput, path)) { try Files.read(path) }
        #expect(SystemError(call, ErrorNumber.inputOutput, path).line == "\(path): \(call.name): Input/output error")
    }

    @Test(arguments: [SystemCall.open, .status, .read])
    func aSignalInBetweenIsNoError(_ call: SystemCall) throws {
        let directory = try TemporaryDirectory()
        try Files.writeAtomically(directory.file("data"), [1, 2, 3])
        Faults.inject(call, ErrorNumber.interrupted)
        #expect(try Files.read(directory.file("data")) == [1, 2, 3])
    }

    @Test func whatIsTooLargeIsRefused() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("data")
        try Files.writeAtomically(path, [UInt8](repeating: 7, count: 100))
        #expect(try Files.read(path, limit: 100).count == 100)
        #expect(throws: SystemError(.read, ErrorNumber.fileTooLarge, path)) { try Files.read(path, limit: 99) }
        #expect(throws: SystemError(.read, ErrorNumber.fileTooLarge, "/dev/zero")) {
            try Files.read("/dev/zero", limit: 1 << 20)
        }
    }

    @Test func aDirectoryIsNoFile() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path
        #expect(throws: SystemError(.read, ErrorNumber.isADirectory, path)) { try Files.read(path) }
        #expect(throws: SystemError(.map, ErrorNumber.isADirectory, path)) { try MappedFile(path: path) }
        #expect(throws: SystemError(.open, ErrorNumber.isADirectory, path)) { try Files.writeAtomically(path, []) }
        #expect(throws: SystemError(.map, ErrorNumber.noSuchDevice, "/dev/null")) { try MappedFile(path: "/dev/null") }
    }

    @Test func kindsAreTold() throws {
        let directory = try TemporaryDirectory()
        try Files.writeAtomically(directory.file("data"), [])
        #expect(try Files.kind(directory.file("data")) == .regular)
        #expect(try Files.kind(directory.path) == .directory)
        #expect(try Files.kind("/dev/null") == .characterDevice)
        #expect(throws: SystemError(.status, ErrorNumber.noSuchFile, directory.file("none"))) {
            try Files.kind(directory.file("none"))
        }
    }

    @Test func namesAreListedInTheOrderOfTheirBytes() throws {
        let directory = try TemporaryDirectory()
        for name in ["b", "a", "ä", "Z", "10", "9"] { try Files.writeAtomically(directory.file(name), []) }
        #expect(try directory.names() == ["10", "9", "Z", "a", "b", "ä"])
        Faults.inject(.list, ErrorNumber.inputOutput, at: 3)
        #expect(throws: SystemError(.list, ErrorNumber.inputOutput, directory.path)) { try directory.names() }
    }

    @Test func directoriesAreMadeWhereTheyAreMissing() throws {
        let directory = try TemporaryDirectory()
        try Files.makeDirectories(directory.file("a/b/c/"))
        try Files.makeDirectories(directory.file("a/b/c"))
        #expect(try Files.kind(directory.file("a/b/c")) == .directory)
        try Files.writeAtomically(directory.file("file"), [])
        #expect(throws: SystemError(.makeDirectory, ErrorNumber.exists, directory.file("file"))) {
            try Files.makeDirectories(directory.file("file/d"))
        }
    }
}
