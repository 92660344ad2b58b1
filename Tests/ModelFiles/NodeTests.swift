import EdgeFormat
import Foundation
import ModelFiles
import ModelGraph
import Testing

/// The standard's own tests of operators, where the shared folder is there: each is imported and interpreted, and gives
/// the outputs of the standard or is refused in one line.
@Suite(.enabled(if: sharedFolder != nil, "not run: no ../shared")) struct NodeTests {
    @Test func operatorsGiveTheStandardsOutputsOrAreRefused() throws {
        let (folder, cases) = try unpacked()
        defer { try? FileManager.default.removeItem(at: folder) }
        var (passed, refused) = (0, [String]())
        for name in cases {
            do throws(EdgeError) {
                try check(folder.appendingPathComponent(name), name)
                passed += 1
            } catch {
                refused.append("\(name): \(error.line)")
            }
        }
        if ProcessInfo.processInfo.environment["NODE_TESTS"] != nil { print(refused.joined(separator: "\n")) }
        #expect(passed >= 600, "\(passed) passed, \(refused.count) were refused")
    }

    @Test func everyModelCutInHalfIsRefused() throws {
        let (folder, cases) = try unpacked()
        defer { try? FileManager.default.removeItem(at: folder) }
        for name in cases {
            let bytes = [UInt8](try Data(contentsOf: folder.appendingPathComponent("\(name)/model.onnx")))
            let line = refusal(Array(bytes.prefix(bytes.count / 2)))
            #expect(line.hasPrefix("m.onnx: ") && !line.contains("\n"), "\(name): \(line)")
        }
    }

    /// The tests in a folder of their own, and their names.
    private func unpacked() throws -> (folder: URL, cases: [String]) {
        let shared = try #require(sharedFolder).appendingPathComponent("data/onnx-node-tests")
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("nodes-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let tar = Process()
        tar.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        tar.arguments = ["tar", "-xzf", shared.appendingPathComponent("node-tests.tar.gz").path, "-C", folder.path]
        try tar.run()
        tar.waitUntilExit()
        let cases = try String(contentsOf: shared.appendingPathComponent("cases.txt"), encoding: .utf8)
            .split(separator: "\n").filter { !$0.hasPrefix("#") }.map { String($0.prefix { $0 != "\t" }) }
        return (folder, cases)
    }

    /// - Throws: `EdgeError` where the model is refused.
    private func check(_ test: URL, _ name: String) throws(EdgeError) {
        let data = test.appendingPathComponent("test_data_set_0")
        let inputs = read(data, "input")
        let graph = try ModelFiles.ONNXFile.read(
            path: test.appendingPathComponent("model.onnx").path, options: options(test, inputs))
        var given: [TensorData] = []
        for id in graph.inputs {
            let value = graph.values[id]
            guard let tensor = inputs.first(where: { $0.name == value.name }) else {
                Issue.record("\(name): there is no input '\(value.name)'")
                return
            }
            given.append(tensor.data.inGraphOrder(tensor.shape, value.sourceAxes))
        }
        let results = try ReferenceInterpreter(graph).runAll(given)
        for (id, wanted) in zip(graph.outputs, read(data, "output")) {
            let value = graph.values[id]
            guard var result = results[id] else {
                Issue.record("\(name): there is no result")
                return
            }
            var shape = value.type.shape
            if let count = value.rowCount.flatMap({ results[$0] })?.longs?.first {
                shape[0] = Int(count)
                result = result.prefix(shape.reduce(1, *))
            }
            let (data, fileShape) = result.inFileOrder(shape, value.sourceAxes)
            #expect(fileShape == wanted.shape, "\(name): \(fileShape), not \(wanted.shape)")
            #expect(data.elementType == wanted.data.elementType, "\(name)")
            let difference = data.difference(wanted.data)
            #expect(difference == nil, "\(name): \(difference ?? "")")
        }
    }

    /// Inputs that say how an operator works, and are constants in real models, are given as such.
    private func options(_ test: URL, _ inputs: [NamedTensor]) -> ImportOptions {
        ImportOptions(
            constants: Dictionary(
                uniqueKeysWithValues: inputs.filter { parameterNames.contains($0.name) }.map {
                    ($0.name, ImportOptions.Constant(shape: $0.shape, data: $0.data))
                }))
    }

    private let parameterNames: Set<String> = [
        "shape", "axes", "starts", "ends", "steps", "pads", "sizes", "scales", "roi", "k", "axis", "repeats", "split",
        "max_output_boxes_per_class", "iou_threshold", "score_threshold", "value", "depth", "repeats",
        "training_mode", "ratio", "t",
    ]

    private func read(_ folder: URL, _ kind: String) -> [NamedTensor] {
        var tensors: [NamedTensor] = []
        while let bytes = try? Data(contentsOf: folder.appendingPathComponent("\(kind)_\(tensors.count).pb")) {
            tensors.append(NamedTensor(proto: [UInt8](bytes)))
        }
        return tensors
    }
}

/// A TensorProto of a test's data.
private struct NamedTensor {
    var name = ""
    var shape: [Int] = []
    var data = TensorData.float32([])

    init(proto bytes: [UInt8]) {
        var (position, type, raw) = (0, 0, [UInt8]())
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
            switch (key >> 3, key & 7) {
            case (1, 0): shape.append(varint())
            case (2, 0): type = varint()
            case (_, 2):
                let size = varint()
                let field = Array(bytes[position..<position + size])
                if key >> 3 == 8 { name = String(decoding: field, as: UTF8.self) }
                if key >> 3 == 9 { raw = field }
                if key >> 3 == 1 {
                    let end = position + size
                    while position < end { shape.append(varint()) }
                    continue
                }
                position += size
            default: return
            }
        }
        data = Self.elements(type, raw)
    }

    private static func elements(_ type: Int, _ raw: [UInt8]) -> TensorData {
        func load<Element: BitwiseCopyable>(_: Element.Type) -> [Element] {
            raw.withUnsafeBytes { bytes in
                (0..<bytes.count / MemoryLayout<Element>.size).map {
                    bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Element>.size, as: Element.self)
                }
            }
        }
        switch type {
        case 1: return .float32(load(Float.self))
        case 2: return .uint8(raw)
        case 3: return .int8(load(Int8.self))
        case 4: return .uint16(load(UInt16.self))
        case 5: return .int16(load(Int16.self))
        case 6: return .int32(load(Int32.self))
        case 7: return .int64(load(Int64.self))
        case 9: return .bool(raw.map { $0 != 0 })
        case 10: return .float16(load(Float16.self))
        default: return .float32([])
        }
    }
}

extension TensorData {
    /// The first elements.
    fileprivate func prefix(_ count: Int) -> TensorData {
        guard case .int64(let elements) = self else { return self }
        return .int64(Array(elements.prefix(count)))
    }

    /// What differs by more than float arithmetic does; nil where nothing does.
    fileprivate func difference(_ wanted: TensorData) -> String? {
        guard count == wanted.count else { return "\(count) elements, not \(wanted.count)" }
        if let own = reals, let other = wanted.reals {
            let half: Float = elementType == .float16 ? 1e-2 : 1e-3
            for (index, (a, b)) in zip(own, other).enumerated() {
                let isSame = a == b || a.isNaN && b.isNaN || abs(a - b) <= 1e-5 + half * abs(b)
                if !isSame { return "element \(index) is \(a), not \(b)" }
            }
            return nil
        }
        return wholes == wanted.wholes ? nil : "other integers"
    }
}
