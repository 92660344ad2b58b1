import EdgeFormat
import Foundation
import ModelFiles
import ModelGraph
import Testing

private let peers = ProcessInfo.processInfo.environment["SWIFTLET_TFLITE_PEERS"].map { URL(fileURLWithPath: $0) }

/// One half of Tests/Peers/litert.py, which sets the folder.
@Suite(.enabled(if: peers != nil, "run by Tests/Peers/litert.py")) struct TFLitePeerTests {
    @Test func everyModelComputesWhatLiteRTComputes() throws {
        let folder = try #require(peers)
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".tflite") }
        #expect(!files.isEmpty)
        for file in files.sorted() {
            let path = folder.appendingPathComponent(file)
            do throws(EdgeError) {
                let graph = try TFLiteFile.read(path: path.path)
                try compare(graph, path)
            } catch {
                Issue.record("\(error.line)")
            }
        }
    }

    private func compare(_ graph: Graph, _ path: URL) throws(EdgeError) {
        let interpreter = try ReferenceInterpreter(graph)
        let inputs = graph.inputs.indices.map { bytes(path, "input\($0)") }
        let outputs = graph.outputs.indices.map { bytes(path, "output\($0)") }
        let samples = inputs[0].count / size(graph, graph.inputs[0])
        var states: [Graph.ValueID: TensorData] = [:]
        var differences = [Difference](repeating: Difference(), count: outputs.count)
        for sample in 0..<samples {
            let given = graph.inputs.indices.map { index in
                elements(graph, graph.inputs[index], inputs[index], sample)
            }
            for (index, result) in try interpreter.run(given, states: &states).enumerated() {
                differences[index].count(
                    result, elements(graph, graph.outputs[index], outputs[index], sample))
            }
        }
        for difference in differences { difference.report(path.deletingPathExtension().lastPathComponent) }
    }

    private func size(_ graph: Graph, _ id: Graph.ValueID) -> Int {
        graph.values[id].type.count * graph.values[id].type.element.size
    }

    /// A tensor of a sample.
    private func elements(_ graph: Graph, _ id: Graph.ValueID, _ bytes: [UInt8], _ sample: Int) -> TensorData {
        let size = size(graph, id)
        let part = Array(bytes[sample * size..<(sample + 1) * size])
        switch graph.values[id].type.element {
        case .int8: return .int8(part.map { Int8(bitPattern: $0) })
        case .bool: return .bool(part.map { $0 != 0 })
        case .int32:
            return .int32(
                part.withUnsafeBytes { part in
                    (0..<size / 4).map { part.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self) }
                })
        default:
            return .float32(
                part.withUnsafeBytes { part in
                    (0..<size / 4).map { part.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
                })
        }
    }

    private func bytes(_ path: URL, _ suffix: String) -> [UInt8] {
        let url = path.deletingPathExtension().appendingPathExtension(suffix)
        return (try? Data(contentsOf: url)).map { Array($0) } ?? []
    }
}

/// What two runtimes differ by.
private struct Difference {
    private var elements = 0
    private var unequal = 0
    private var largest: Float = 0
    private var range: (Float, Float) = (.infinity, -.infinity)
    private var isExact = true

    mutating func count(_ ours: TensorData, _ theirs: TensorData) {
        elements += theirs.count
        if let a = ours.wholes, let b = theirs.wholes, a.count == b.count {
            for (x, y) in zip(a, b) where x != y {
                unequal += 1
                largest = max(largest, abs(Float(x) - Float(y)))
            }
        } else if let a = ours.floats, let b = theirs.floats {
            isExact = false
            largest = max(largest, difference(a, b))
            range = (b.reduce(range.0, min), b.reduce(range.1, max))
        } else {
            largest = .infinity
        }
    }

    /// Operators that are computed in floats between integers, or whose ties LiteRT rounds by a product that is not exact:
    /// a step where there is a tie, which a mean of 20 bytes has often.
    private static let nearlyEqual = ["int8-MEAN", "uint8-AVERAGE_POOL_2D-same"]

    func report(_ name: String) {
        if isExact {
            print("\(name): \(unequal) of \(elements) integers differ, by at most \(largest)")
            if name.hasPrefix("mobilenet_v2") {
                // LiteRT adds with multipliers of 21 bits: noise, unlike photographs, comes near enough to ties to show it.
                #expect(unequal * 100 <= elements, "\(name)")
            } else if name.hasPrefix("mobilenet") {
                #expect(unequal * 1000 <= elements, "\(name)")
            } else if Self.nearlyEqual.contains(where: { name.hasPrefix($0) }) {
                #expect(largest <= 1 && unequal * 6 <= elements, "\(name)")
            } else {
                #expect(unequal == 0, "\(name): by at most \(largest)")
            }
        } else {
            let share = largest / max(range.1 - range.0, 1e-30)
            print("\(name): floats differ by \(share) of their range")
            #expect(share <= 1e-4, "\(name)")
            // Boxes, classes and scores are the same ones, or others altogether.
            let isDetector = ["detection-", "suppression-", "top-"].contains { name.hasPrefix($0) }
            if isDetector { #expect(largest <= 1e-5, "\(name): by \(largest)") }
        }
    }
}
