import EdgeFormat
import Foundation
import ModelFiles
import ModelGraph
import Testing

/// The end of a detector: three boxes of two classes, and the background.
private struct Detector {
    var options: [String: FlexMapWriter.Value] = [
        "max_detections": .whole(3), "max_classes_per_detection": .whole(1), "num_classes": .whole(2),
        "nms_score_threshold": .float(0.25), "nms_iou_threshold": .float(0.5), "y_scale": .float(10),
        "x_scale": .float(10), "h_scale": .float(5), "w_scale": .float(5),
    ]
    var anchors: [Float] = [0.5, 0.5, 1, 1, 0.5, 0.6, 1, 1, 0.5, 2.5, 1, 1]
    var anchorShape: [Int32] = [3, 4]
    var scoreShape: [Int32] = [1, 3, 3]
    var outputs = 4
    var width = 4
    /// The options' bytes; nil for those of `options`.
    var bytes: [UInt8]?

    var map: [UInt8] { bytes ?? FlexMapWriter.map(options, width: width) }

    var file: [UInt8] {
        var builder = TFLiteBuilder()
        let (boxes, scores) = (builder.tensor([1, 3, 4]), builder.tensor(scoreShape))
        let known = builder.constant(anchorShape, anchors)
        let found = [[1, 3, 4], [1, 3], [1, 3], [1]].prefix(outputs).map { builder.tensor($0) }
        builder.node(
            .custom, [boxes, scores, known], found, custom: "TFLite_Detection_PostProcess", customOptions: map)
        return builder.file([boxes, scores], found)
    }
}

private func changed(_ change: (inout Detector) -> Void) -> Detector {
    var detector = Detector()
    change(&detector)
    return detector
}

/// The error of a file.
private func sentence(_ bytes: [UInt8]) -> String {
    let error = #expect(throws: EdgeError.self) { try TFLiteFile.read(bytes: bytes, name: "m") }
    #expect(error?.kind == .data && error?.line.contains("\n") == false)
    return error?.line ?? ""
}

private func floats(_ results: [TensorData]) -> [[Float]] { results.map { $0.floats ?? [] } }

@Suite struct TFLiteDetectionTests {
    private let scores: [Float] = [0.9, 0.1, 0.8, 0, 0.85, 0.2, 0, 0.3, 0.3]

    private func run(_ detector: Detector) throws -> [[Float]] {
        let graph = try TFLiteFile.read(bytes: detector.file, name: "m")
        let boxes = TensorData.float32([Float](repeating: 0, count: 12))
        return floats(try ReferenceInterpreter(graph).run([boxes, .float32(scores)]))
    }

    @Test func optionsSayHowBoxesAreFound() throws {
        let fast = try run(Detector())
        #expect(fast[1] == [0, 0, 0] && fast[2] == [0.85, 0.3, 0] && fast[3] == [2])
        let regular = try run(changed { $0.options["use_regular_nms"] = .truth(true) })
        #expect(regular[1] == [0, 1, 0] && regular[2] == [0.85, 0.8, 0.3] && regular[3] == [3])
        let one = try run(
            changed {
                $0.options["use_regular_nms"] = .whole(1)
                $0.options["detections_per_class"] = .natural(1)
            })
        #expect(one[2] == [0.85, 0.8, 0] && one[3] == [2])
    }

    @Test func numbersAreReadInEveryWidthAndKind() throws {
        let wanted = try run(Detector())
        #expect(try run(changed { $0.width = 8 }) == wanted)
        let others = changed {
            $0.options["y_scale"] = .whole(10)
            $0.options["h_scale"] = .double(5)
            $0.options["max_detections"] = .float(3)
            $0.options["num_classes"] = .double(2)
            $0.options["detections_per_class"] = .null
            $0.options["_note"] = .text("what nobody asks for")
        }
        #expect(try run(others) == wanted)
    }

    @Test func bytesBecomeFloats() throws {
        var builder = TFLiteBuilder()
        let boxes = builder.tensor([1, 3, 4], .uint8, scales: [0.1], zeroPoints: [128])
        let scores = builder.tensor([1, 3, 3], .uint8, scales: [0.01], zeroPoints: [0])
        let anchors = builder.tensor(
            [3, 4], .uint8, data: [5, 5, 10, 10, 5, 6, 10, 10, 5, 25, 10, 10], scales: [0.1], zeroPoints: [0])
        let found = [[1, 3, 4], [1, 3], [1, 3], [1]].map { builder.tensor($0) }
        builder.node(
            .custom, [boxes, scores, anchors], found, custom: "TFLite_Detection_PostProcess",
            customOptions: Detector().map)
        let graph = try TFLiteFile.read(bytes: builder.file([boxes, scores], found), name: "m")
        let given = self.scores.map { Int8(bitPattern: UInt8(($0 * 100).rounded()) ^ 0x80) }
        let results = floats(
            try ReferenceInterpreter(graph).run([.int8([Int8](repeating: 0, count: 12)), .int8(given)]))
        #expect(results[1] == [0, 0, 0] && results[3] == [2])
        #expect(zip(results[0], [0, 0.1, 1, 1.1, 0, 2, 1, 3]).allSatisfy { abs($0 - $1) < 1e-6 })
        #expect(zip(results[2], [0.85, 0.3, 0]).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    @Test func wordsSayWhatIsWrong() {
        func refuse(_ words: String, _ change: (inout Detector) -> Void) {
            let line = sentence(changed(change).file)
            #expect(line.hasPrefix("m: node 0 (TFLite_Detection_PostProcess): ") && line.contains(words), "\(line)")
        }
        for name in Detector().options.keys {
            refuse("its option '\(name)' is missing") { $0.options[name] = nil }
            refuse("its option '\(name)' is missing") { $0.options[name] = .null }
            refuse("its option '\(name)' is no ") { $0.options[name] = .text("3") }
        }
        refuse("no whole number") { $0.options["num_classes"] = .float(1.5) }
        refuse("no whole number") { $0.options["max_detections"] = .float(.nan) }
        refuse("no whole number") { $0.options["max_detections"] = .float(.infinity) }
        refuse("no whole number") {
            $0.width = 8
            $0.options["max_detections"] = .natural(.max)
        }
        for count in [Int64(0), -1, 65_537, .min, .max] {
            refuse("boxes at most") {
                $0.width = 8
                $0.options["max_detections"] = .whole(count)
            }
            refuse("classes a box") { ($0.width, $0.options["max_classes_per_detection"]) = (8, .whole(count)) }
            refuse("classes") { ($0.width, $0.options["num_classes"]) = (8, .whole(count)) }
        }
        refuse("boxes a class") { $0.options["detections_per_class"] = .whole(0) }
        refuse("elements") {
            ($0.options["max_detections"], $0.options["max_classes_per_detection"]) = (.whole(65_536), .whole(65_536))
        }
        for threshold in [Float(0), -0.5, 1.25, .nan] {
            refuse("overlap threshold") { $0.options["nms_iou_threshold"] = .float(threshold) }
        }
        refuse("score threshold") { $0.options["nms_score_threshold"] = .float(.nan) }
        for name in ["y_scale", "x_scale", "h_scale", "w_scale"] {
            for scale in [Float(0), -1, .nan, .infinity] {
                refuse("a scale of boxes") { $0.options[name] = .float(scale) }
            }
        }
    }

    @Test func operandsThatDoNotFit() {
        #expect(sentence(changed { $0.bytes = [] }.file).contains("it has no options"))
        #expect(sentence(changed { $0.outputs = 3 }.file).contains("3 outputs where 4 are needed"))
        #expect(sentence(changed { $0.scoreShape = [1, 3, 4] }.file).contains("2 classes have as many"))
        #expect(sentence(changed { $0.scoreShape = [1, 2, 3] }.file).contains("as boxes of the scores"))
        let more = changed { ($0.anchorShape, $0.anchors) = ([4, 4], $0.anchors + [0, 0, 1, 1]) }
        #expect(sentence(more.file).contains("as anchors of 3 boxes"))
        let flat = changed { $0.anchorShape = [12] }
        #expect(sentence(flat.file).contains("do not fit"))
        #expect(sentence(changed { $0.anchors[6] = -1 }.file).contains("anchor 1 is no box: its height is -1.0"))
        #expect(sentence(changed { $0.anchors[8] = .nan }.file).contains("anchor 2 is no box: its y is nan"))
        var builder = TFLiteBuilder()
        let (x, y) = (builder.tensor([1]), builder.tensor([1]))
        builder.node(.custom, [x], [y], custom: "ADD")
        #expect(sentence(builder.file([x], [y])).contains("unknown operators: custom ADD (node 0)"))
    }

    /// Whatever the options hold, the file is read or refused in one line.
    @Test func damagedOptions() {
        func readsOrRefuses(_ options: [UInt8]) {
            do throws(EdgeError) {
                let graph = try TFLiteFile.read(bytes: changed { $0.bytes = options }.file, name: "m")
                guard graph.values.map(\.type.count).reduce(0, +) < 100_000 else { return }
                let boxes = TensorData.float32([Float](repeating: 0, count: 12))
                _ = try ReferenceInterpreter(graph).run([boxes, .float32(scores)])
            } catch {
                #expect(error.kind == .data && !error.line.contains("\n"), "\(error.line)")
            }
        }
        for width in [4, 8] {
            let options = changed { $0.width = width }.map
            for count in 0..<options.count {
                readsOrRefuses(Array(options[..<count]))
                readsOrRefuses(Array(options[count...]))
            }
            for place in options.indices {
                for byte in [UInt8(0), 1, 2, 3, 4, 8, 36, 127, 128, 255, UInt8(options.count & 255)] {
                    var damaged = options
                    damaged[place] = byte
                    readsOrRefuses(damaged)
                }
            }
        }
        var random = SeededGenerator(seed: 5)
        for _ in 0..<4000 {
            var damaged = Detector().map
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                damaged[Int.random(in: 0..<damaged.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            readsOrRefuses(damaged)
        }
    }

    @Test func damageIsNamed() {
        func refuse(_ words: String, _ bytes: [UInt8]) {
            let line = sentence(changed { $0.bytes = bytes }.file)
            #expect(line.contains(words), "\(line)")
        }
        refuse("its options are damaged: a number", [1])
        refuse("its options are damaged: the width of its root", [0, 36, 3])
        refuse("its options are no map", [0, 4, 1])
        refuse("its options are damaged: what an offset leads to", [1, 36, 1])
        // A map of 255 entries at the second byte.
        refuse("its options are damaged", [255, 0, 1, 36, 1])
        let options = Detector().map
        refuse("its options are damaged", Array(options.dropFirst(20)))
        refuse(
            "is there twice",
            {
                // The names of the scales differ in their first letter alone.
                var bytes = options
                for index in bytes.indices where bytes[index...].starts(with: Array("x_scale".utf8)) {
                    bytes[index] = UInt8(ascii: "y")
                }
                return bytes
            }())
    }
}

/// Suppression by itself, and the best of many.
@Suite struct TFLiteSuppressionTests {
    /// Two boxes of which one is the other's upper half, and one far away.
    private let boxes: [Float] = [0, 0, 1, 1, 0, 0, 0.5, 1, 5, 5, 6, 6]

    private func file(
        most: [Int32] = [4], overlap: Float = 0.5, least: Float = 0, sigma: Float? = nil, scores: [Int32] = [3],
        outputs: Int? = nil
    ) -> [UInt8] {
        var builder = TFLiteBuilder()
        let (x, s) = (builder.tensor([3, 4]), builder.tensor(scores))
        var inputs = [x, s, builder.constant(most, shape: most.count == 1 ? [] : nil)]
        for number in [overlap, least] + (sigma.map { [$0] } ?? []) { inputs.append(builder.constant([], [number])) }
        let count = most.first ?? 0
        var found = [builder.tensor([count], .int32)]
        if sigma != nil { found.append(builder.tensor([count])) }
        found.append(builder.tensor([], .int32))
        let given = Array(found.prefix(outputs ?? 3))
        builder.node(
            sigma == nil ? .suppression4 : .suppression5, inputs, given, options: (sigma == nil ? 95 : 96, [:]))
        return builder.file([x, s], given)
    }

    private func run(_ bytes: [UInt8], scores: [Float] = [0.8, 0.9, 0.7]) throws -> [TensorData] {
        let graph = try TFLiteFile.read(bytes: bytes, name: "m")
        return try ReferenceInterpreter(graph).run([.float32(boxes), .float32(scores)])
    }

    @Test func indicesOfBoxesAndZerosBehindThem() throws {
        // An overlap of just the threshold is too much.
        #expect(try run(file()) == [.int32([1, 2, 0, 0]), .int32([2])])
        #expect(try run(file(overlap: 0.51)) == [.int32([1, 0, 2, 0]), .int32([3])])
        #expect(try run(file(most: [1])) == [.int32([1]), .int32([1])])
        #expect(try run(file(least: 0.7)) == [.int32([1, 0, 0, 0]), .int32([1])])
    }

    @Test func scoresFallWhereBoxesOverlap() throws {
        #expect(try run(file(sigma: 0)) == [.int32([1, 2, 0, 0]), .float32([0.9, 0.7, 0, 0]), .int32([2])])
        // 0.8·exp(−0.5² / 2·0.5) = 0.623.
        for most in [Int32(3), 4] {
            let soft = try run(file(most: [most], overlap: 0.9, sigma: 0.5))
            #expect(soft[0] == .int32(Array([1, 2, 0, 0].prefix(Int(most)))) && soft[2] == .int32([3]))
            #expect(zip(soft[1].floats ?? [], [0.9, 0.7, 0.62304, 0]).allSatisfy { abs($0 - $1) < 1e-5 })
        }
    }

    @Test func whatSuppressionRefuses() {
        #expect(sentence(file(most: [0])).contains("[0] is no number of boxes"))
        #expect(sentence(file(most: [-3])).contains("no number of boxes"))
        #expect(sentence(file(most: [.max])).contains("no number of boxes"))
        #expect(sentence(file(most: [1, 2])).contains("no number of boxes"))
        #expect(sentence(file(overlap: .nan)).contains("the overlap threshold is no single number"))
        #expect(sentence(file(least: .nan)).contains("the score threshold is no single number"))
        #expect(sentence(file(sigma: -1)).contains("sigma is -1.0"))
        #expect(sentence(file(scores: [4])).contains("as boxes of the scores"))
        #expect(sentence(file(outputs: 1)).contains("1 outputs where 2 are needed"))
    }

    @Test func theBestOfARowAndWhereTheyAre() throws {
        func file(_ count: [Int32], _ element: TFLiteBuilder.Element = .float32, scales: [Float] = []) -> [UInt8] {
            var builder = TFLiteBuilder()
            let zero = scales.map { _ in Int64(3) }
            let x = builder.tensor([2, 4], element, scales: scales, zeroPoints: zero)
            let y = builder.tensor([2, 2], element, scales: scales, zeroPoints: zero)
            let places = builder.tensor([2, 2], .int32)
            builder.node(.topK, [x, builder.constant(count)], [y, places], options: (34, [:]))
            return builder.file([x], [y, places])
        }
        let graph = try TFLiteFile.read(bytes: file([2]), name: "m")
        let found = try ReferenceInterpreter(graph).run([.float32([1, 3, 2, 3, -1, -2, -3, -1])])
        #expect(found == [.float32([3, 3, -1, -1]), .int32([1, 3, 0, 3])])
        let bytes = try TFLiteFile.read(bytes: file([2], .int8, scales: [0.3]), name: "m")
        let whole = try ReferenceInterpreter(bytes).run([.int8([-128, 127, 5, 127, 0, 1, 2, 3])])
        #expect(whole == [.int8([127, 127, 3, 2]), .int32([1, 3, 3, 2])])
        for count in [Int32(0), 5, -1, .max] { #expect(sentence(file([count])).contains("the first \(count) of")) }
        #expect(sentence(file([1, 2])).contains("2 numbers of elements"))
    }
}
