import Foundation
import Platform
import Testing

@Suite struct InterruptsTests {
    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func theFirstSignalRemovesUnfinishedFilesAndSetsTheFlag(_ signal: Int32) async throws {
        let directory = try TemporaryDirectory()
        await #expect(processExitsWith: .success) { [path = directory.path as String, signal] in
            installInterrupts()
            var file = try AtomicFile(path: path + "/model")
            try [UInt8](repeating: 1, count: 10).withUnsafeBytes { try file.write($0) }
            #expect(!Interrupts.requested)
            raise(signal)
            #expect(Interrupts.requested)
            #expect(try Files.list(path).isEmpty)
            do throws(SystemError) {
                try file.commit()
                Issue.record("an interrupted file was put under its name")
            } catch {
                #expect(error.code == ErrorNumber.interrupted)
            }
            #expect(try Files.list(path).isEmpty)
        }
    }

    @Test func aCallThatWaitsEndsWithTheSignal() async throws {
        await #expect(processExitsWith: .success) {
            installInterrupts()
            let pipe = Pipe()
            let waiting = try Descriptor.open("/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)", .read)
            let main = pthread_self()
            let thread = try Threads.start {
                usleep(100_000)
                pthread_kill(main, SIGINT)
            }
            let failure = #expect(throws: SystemError.self) { _ = try waiting.poll(timeoutMilliseconds: 20_000) }
            #expect(failure?.code == ErrorNumber.interrupted)
            thread.join()
        }
    }

    @Test func theSecondSignalEndsTheProgramAndLeavesNothing() async throws {
        let directory = try TemporaryDirectory()
        await #expect(processExitsWith: .exitCode(130)) { [path = directory.path as String] in
            installInterrupts()
            raise(SIGTERM)
            // The work of a program that does not look at the flag.
            var file = try AtomicFile(path: path + "/model")
            try [UInt8](repeating: 1, count: 10).withUnsafeBytes { try file.write($0) }
            raise(SIGTERM)
            try file.commit()
        }
        #expect(try directory.names().isEmpty)
    }

    @Test func aClosedPipeIsAnError() async throws {
        await #expect(processExitsWith: .success) {
            installInterrupts()
            let pipe = Pipe()
            let writing = try Descriptor.open("/dev/fd/\(pipe.fileHandleForWriting.fileDescriptor)", .write)
            try pipe.fileHandleForReading.close()
            let failure = #expect(throws: SystemError.self) { try [1].withUnsafeBytes { try writing.write($0) } }
            #expect(failure?.code == ErrorNumber.brokenPipe)
        }
    }
}

/// The child that a test runs in starts with all signals blocked.
private func installInterrupts() {
    var none = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, nil)
    Interrupts.install()
}
