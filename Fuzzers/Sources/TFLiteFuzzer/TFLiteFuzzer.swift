import EdgeFormat
import Foundation
import ModelFiles
import ModelGraph

/// Any bytes are refused with an error of one line, or are a graph that runs.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    do throws(EdgeError) {
        let graph = try TFLiteFile.read(bytes: bytes, name: "fuzz")
        // A valid file may ask for a large picture or a large window; only quick ones are run.
        let elements = graph.values.map(\.type.count).reduce(0, +)
        guard elements < 10_000 else { return 0 }
        let inputs = graph.inputs.map { graph.values[$0].type }.map { type in
            TensorData(type.element, wholes: [Int64](repeating: 1, count: type.count))
        }
        _ = try ReferenceInterpreter(graph).run(inputs)
    } catch {
        precondition(!error.line.isEmpty && !error.line.contains("\n"))
    }
    return 0
}

/// Writes what the fuzzer begins with into the folder FUZZ_SEEDS, where that is set: files of few operators each.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ argc: UnsafeMutableRawPointer?, _ argv: UnsafeMutableRawPointer?) -> Int32 {
    guard let folder = ProcessInfo.processInfo.environment["FUZZ_SEEDS"] else { return 0 }
    for (name, file) in seeds {
        guard let bytes = Data(base64Encoded: file, options: .ignoreUnknownCharacters) else { continue }
        do {
            try bytes.write(to: URL(fileURLWithPath: folder).appendingPathComponent(name + ".tflite"))
        } catch {
            print("no seed: \(error)")
        }
    }
    return 0
}
