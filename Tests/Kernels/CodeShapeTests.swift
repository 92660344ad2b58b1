import Foundation
import Testing

@Suite("The kernels' instructions") struct CodeShapeTests {
    @Test("are reproducible and stand in the file of their set")
    func everyInstructionIsWhereItBelongs() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
        let output = Pipe()
        let script = Process()
        script.executableURL = root.appendingPathComponent("tools/code-shape")
        script.standardOutput = output
        try script.run()
        let findings = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        script.waitUntilExit()
        #expect(script.terminationStatus == 0, "\(findings)")
    }
}
