import EdgeFormat
import Foundation
import Inference

/// infer MODEL < floats > floats: runs a model once, on the floats of the standard input.
@main
struct Infer {
    static func main() throws {
        do throws(EdgeError) {
            let model = try Model(path: CommandLine.arguments.last ?? "")
            let session = try Session(model, threads: 2)
            try session.setInput(0, reals: readFloats())
            session.run()
            let results = try session.outputReals(0)
            results.withUnsafeBytes { FileHandle.standardOutput.write(Data($0)) }
        } catch {
            FileHandle.standardError.write(Data("infer: \(error.line)\n".utf8))
            exit(1)
        }
    }

    static func readFloats() -> [Float] {
        FileHandle.standardInput.readDataToEndOfFile().withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
        }
    }
}
