import EdgeFormat
import Foundation
import ModelFiles
import ModelGraph
import Testing

/// The standard's own tests of operators, where the shared folder is there.
@Suite(.enabled(if: sharedFolder != nil, "not run: no ../shared")) struct NodeTests {
    static let operators: Set<String> = [
        "Abs", "Ceil", "Cos", "Elu", "Erf", "Exp", "Floor", "Gelu", "HardSigmoid", "HardSwish", "LeakyRelu", "Log",
        "Mish", "Neg", "Reciprocal", "Relu", "Round", "Selu", "Sigmoid", "Sign", "Sin", "Softplus", "Softsign", "Sqrt",
        "Tanh", "ThresholdedRelu",
    ]

    @Test func functionsOfOneValue() throws {
        let shared = try #require(sharedFolder).appendingPathComponent("data/onnx-node-tests")
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("nodes-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let tar = Process()
        tar.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        tar.arguments = ["tar", "-xzf", shared.appendingPathComponent("node-tests.tar.gz").path, "-C", folder.path]
        try tar.run()
        tar.waitUntilExit()
        var seen: Set<String> = []
        let cases = try String(contentsOf: shared.appendingPathComponent("cases.txt"), encoding: .utf8)
        for line in cases.split(separator: "\n") where !line.hasPrefix("#") {
            let columns = line.split(separator: "\t").map(String.init)
            guard Self.operators.contains(columns[2]), columns[3] == "FLOAT", Int(columns[1]) ?? 99 <= 22 else {
                continue
            }
            try check(folder.appendingPathComponent(columns[0]))
            seen.insert(columns[2])
        }
        #expect(Self.operators.subtracting(seen).isSubset(of: ["Erf"]), "\(seen.sorted())")
    }

    private func check(_ test: URL) throws {
        let data = test.appendingPathComponent("test_data_set_0")
        let graph = try ONNXFile.read(path: test.appendingPathComponent("model.onnx").path)
        let x = try floats(data.appendingPathComponent("input_0.pb"))
        let wanted = try floats(data.appendingPathComponent("output_0.pb"))
        #expect(!x.isEmpty && x.count == wanted.count)
        // Functions of one value: the order of the elements does not matter.
        let y = try #require(try ReferenceInterpreter(graph).run([.float32(x)])[0].floats)
        for (y, wanted) in zip(y, wanted) where y != wanted {
            #expect(abs(y - wanted) <= 1e-6 + 1e-5 * abs(wanted), "\(test.lastPathComponent)")
        }
    }

    /// The elements of a TensorProto, whose raw bytes (field 9) are its last field of any length.
    private func floats(_ path: URL) throws -> [Float] {
        let bytes = [UInt8](try Data(contentsOf: path))
        var position = 0
        func varint() -> Int {
            var (value, shift) = (0, 0)
            while position < bytes.count {
                value |= Int(bytes[position] & 127) << shift
                position += 1
                shift += 7
                if bytes[position - 1] < 128 { break }
            }
            return value
        }
        while position < bytes.count {
            let key = varint()
            guard key & 7 == 2 else {
                _ = varint()
                continue
            }
            let length = varint()
            defer { position += length }
            guard key >> 3 == 9 else { continue }
            return bytes[position..<position + length].withUnsafeBytes { raw in
                (0..<length / 4).map { raw.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
            }
        }
        return []
    }
}
