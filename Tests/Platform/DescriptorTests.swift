import Platform
import Testing

@Suite struct DescriptorTests {
    @Test func aRequestThatADeviceDoesNotKnowIsAnError() throws {
        let device = try Descriptor.open("/dev/null", [.read, .write])
        let failure = #expect(throws: SystemError.self) { try device.ioctl(0x5401, nil) }
        #expect(failure?.call.text == "ioctl" && failure?.path == "/dev/null")
    }

    @Test func aForcedErrorComesAtTheCallItWasAskedFor() throws {
        let device = try Descriptor.open("/dev/zero", .read)
        var bytes = [UInt8](repeating: 1, count: 4)
        Faults.inject(.read, ErrorNumber.noSuchDevice, at: 2)
        #expect(try bytes.withUnsafeMutableBytes { try device.read(into: $0) } == 4)
        #expect(bytes == [0, 0, 0, 0])
        #expect(throws: SystemError(.read, ErrorNumber.noSuchDevice, "/dev/zero")) {
            try bytes.withUnsafeMutableBytes { try device.read(into: $0) }
        }
        #expect(try bytes.withUnsafeMutableBytes { try device.read(into: $0) } == 4)
        Faults.inject(.poll, ErrorNumber.inputOutput, forever: true)
        for _ in 0..<2 { #expect(throws: SystemError.self) { try device.poll(timeoutMilliseconds: 0) } }
        Faults.clear()
        #expect(try device.poll(timeoutMilliseconds: 0))
    }

    @Test func mappedMemoryIsTheFiles() throws {
        let directory = try TemporaryDirectory()
        try Files.writeAtomically(directory.file("data"), [UInt8](repeating: 1, count: 4096))
        let file = try Descriptor.open(directory.file("data"), [.read, .write])
        #expect(try file.status() == (.regular, 4096))
        let memory = try file.map(length: 4096, offset: 0)
        memory[17] = 99
        Descriptor.unmap(memory)
        #expect(try Files.read(directory.file("data"))[17] == 99)
    }
}
