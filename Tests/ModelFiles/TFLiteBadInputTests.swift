import EdgeFormat
import Foundation
import ModelFiles
import ModelGraph
import Testing

/// Any bytes end in an error of one line or in a graph that runs.
@Suite struct TFLiteBadInputTests {
    private func readsOrRefuses(_ bytes: [UInt8]) {
        do throws(EdgeError) {
            let graph = try TFLiteFile.read(bytes: bytes, name: "m.tflite")
            // A damaged dimension may ask for a large picture; only small ones are run.
            guard graph.values.map(\.type.count).reduce(0, +) < 100_000 else { return }
            _ = try ReferenceInterpreter(graph).run(
                graph.inputs.map {
                    TensorData(
                        graph.values[$0].type.element, wholes: [Int64](repeating: 1, count: graph.values[$0].type.count)
                    )
                })
        } catch {
            #expect(error.kind == .data, "\(error.line)")
            #expect(error.line.hasPrefix("m.tflite: ") && !error.line.contains("\n"), "\(error.line)")
        }
    }

    /// A quantized network with most of what a file holds.
    private func network() -> [UInt8] {
        var builder = TFLiteBuilder()
        func activation(_ shape: [Int32]) -> Int32 {
            builder.tensor(shape, .int8, scales: [0.5], zeroPoints: [3])
        }
        let x = activation([1, 4, 4, 2])
        let w = builder.tensor(
            [2, 2, 2, 2], .int8, data: (0..<16).map { UInt8($0) }, scales: [0.25, 0.5], zeroPoints: [0, 0])
        let b = builder.tensor(
            [2], .int32, data: [1, 0, 0, 0, 2, 0, 0, 0], scales: [0.125, 0.25], zeroPoints: [0, 0])
        let c = activation([1, 4, 4, 2])
        builder.node(.convolution, [x, w, b], [c], options: TFLiteBuilder.convolution(padding: 0, activation: 1))
        let p = activation([1, 2, 2, 2])
        builder.node(.averagePool, [c], [p], options: TFLiteBuilder.pool(window: 2, stride: 2))
        let s = activation([1, 2, 1, 1])
        let places = [[0, 0, 1, 0], [1, 2, 2, 1], [1, 1, 1, 1]].map { builder.constant($0) }
        builder.node(.stridedSlice, [p] + places, [s], options: (32, [:]))
        let r = activation([1, 2])
        builder.node(.reshape, [s, builder.constant([1, -1])], [r], options: (17, [0: .ints([1, -1])]))
        let y = builder.tensor([1, 2], .int8, scales: [0.00390625], zeroPoints: [-128])
        builder.node(.softmax, [r], [y], options: (9, [0: .float(1)]))
        return builder.file([x], [y])
    }

    @Test func theNetworkItselfIsRead() throws {
        let graph = try TFLiteFile.read(bytes: network(), name: "m")
        #expect(graph.nodes.map { type(of: $0.operation).name }.last == "softmax")
    }

    @Test func everyTruncation() {
        let bytes = network()
        for count in 0..<bytes.count { readsOrRefuses(Array(bytes[..<count])) }
    }

    @Test func everyWordDamaged() {
        let bytes = network()
        let words: [UInt32] = [0, 1, 2, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, UInt32(bytes.count), 0xFFFF_0000]
        for place in stride(from: 0, to: bytes.count - 3, by: 2) {
            for word in words {
                var damaged = bytes
                for (index, byte) in littleEndian(word).enumerated() { damaged[place + index] = byte }
                readsOrRefuses(damaged)
            }
        }
    }

    @Test func randomBytes() {
        let bytes = network()
        var random = SeededGenerator(seed: 77)
        for _ in 0..<8000 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                damaged[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            readsOrRefuses(damaged)
        }
    }

    private func sentence(_ bytes: [UInt8]) -> String {
        let error = #expect(throws: EdgeError.self) { try TFLiteFile.read(bytes: bytes, name: "m") }
        #expect(error?.kind == .data)
        return error?.line ?? ""
    }

    @Test func foreignFiles() {
        #expect(sentence([]) == "m: the file is empty")
        #expect(sentence(Array("EDGE and more".utf8)) == "m: not a TFLite file, or cut short")
        #expect(
            sentence([255, 255, 255, 255] + Array("TFL3".utf8)) == "m: damaged: the root table does not lie in the file"
        )
        var builder = TFLiteBuilder()
        let x = builder.tensor([1])
        #expect(sentence(builder.file([x], [x])) == "m: there are no operators in the file")
        builder.version = 2
        #expect(sentence(builder.file([x], [x])) == "m: version 2 of the file format; only 3 is supported")
    }

    @Test(.enabled(if: sharedFolder != nil, "not run: no ../shared")) func invalidFilesAreRefused() throws {
        let folder = try #require(sharedFolder).appendingPathComponent("data/models/invalid")
        let sentences = [
            "bad-root-offset.tflite": "damaged: the root table",
            "bad-subgraph-offset.tflite": "damaged: the list of subgraphs",
            "buffer-too-small.tflite": "its buffer has",
            "axis-out-of-range.tflite": "its scales are for axis 3 of 1",
        ]
        for (file, sentence) in sentences {
            let error = #expect(throws: EdgeError.self) {
                try NetworkFile.read(path: folder.appendingPathComponent(file).path)
            }
            #expect(error?.kind == .data && error?.line.contains(sentence) == true, "\(error?.line ?? file)")
        }
    }
}

/// The kinds of published vulnerabilities of TensorFlow Lite, one test each.
@Suite struct TFLiteVulnerabilityTests {
    /// The error of a file of one operator on floats.
    private func refused(
        _ kind: TFLiteBuilder.Operator, _ shape: [Int32], options: (UInt8, [Int: FlatValue])? = nil,
        constants: (inout TFLiteBuilder) -> [Int32] = { _ in [] }
    ) -> String {
        var builder = TFLiteBuilder()
        let (x, y) = (builder.tensor(shape), builder.tensor([1]))
        let inputs = kind == .split ? constants(&builder) + [x] : [x] + constants(&builder)
        builder.node(kind, inputs, [y], options: options)
        return sentence(builder.file([x], [y]))
    }

    private func sentence(_ bytes: [UInt8]) -> String {
        let error = #expect(throws: EdgeError.self) { try TFLiteFile.read(bytes: bytes, name: "m") }
        #expect(error?.kind == .data && error?.line.contains("\n") == false)
        return error?.line ?? ""
    }

    @Test func divisionByAStrideOfZero() {
        let filters = { (builder: inout TFLiteBuilder) in [builder.constant([1, 1, 1, 1], [1])] }
        for padding in [UInt8(0), 1] {
            let convolution = TFLiteBuilder.convolution(padding: padding, stride: 0)
            #expect(
                refused(.convolution, [1, 2, 2, 1], options: convolution, constants: filters).contains(
                    "stride 0 is outside 1"))
            let pool = TFLiteBuilder.pool(window: 1, stride: 0, padding: padding)
            #expect(refused(.maxPool, [1, 2, 2, 1], options: pool).contains("stride 0 is outside 1"))
        }
        let slice = { (builder: inout TFLiteBuilder) in [[0], [1], [0]].map { builder.constant($0) } }
        #expect(refused(.stridedSlice, [2], constants: slice).contains("stride 0 of axis 0"))
    }

    @Test func divisionByAnEmptyWindowOrBlock() {
        #expect(
            refused(.averagePool, [1, 2, 2, 1], options: TFLiteBuilder.pool(window: 0, stride: 1)).contains(
                "window height 0 is outside 1"))
        for kind in [TFLiteBuilder.Operator.depthToSpace, .spaceToDepth] {
            #expect(refused(kind, [1, 2, 2, 4]).contains("a block of 0 is outside 1"))
        }
        let axis = { (builder: inout TFLiteBuilder) in [builder.constant([1])] }
        #expect(refused(.split, [1, 4], options: (35, [0: .int(0)]), constants: axis).contains("0 parts of 4"))
    }

    @Test func divisionByGroupsOrEmptyFilters() {
        for (shape, words) in [([1, 1, 1, 0], "dimension below 1"), ([0, 1, 1, 1], "dimension below 1")] {
            let filters = { (builder: inout TFLiteBuilder) in [builder.constant(shape.map { Int32($0) }, [])] }
            #expect(
                refused(.convolution, [1, 2, 2, 3], options: TFLiteBuilder.convolution(), constants: filters).contains(
                    words))
        }
        let odd = { (builder: inout TFLiteBuilder) in [builder.constant([2, 1, 1, 2], [1, 2, 3, 4])] }
        #expect(
            refused(.convolution, [1, 2, 2, 3], options: TFLiteBuilder.convolution(), constants: odd).contains(
                "do not divide 3 channels"))
        let depth = { (builder: inout TFLiteBuilder) in [builder.constant([1, 1, 1, 2], [1, 2])] }
        let options: (UInt8, [Int: FlatValue]) = (2, [0: .byte(1), 1: .int(1), 2: .int(1)])
        #expect(
            refused(.depthwise, [1, 2, 2, 3], options: options, constants: depth).contains("group 3 does not divide"))
        let empty = { (builder: inout TFLiteBuilder) in [builder.constant([2, 0], [])] }
        #expect(refused(.dense, [1, 2], constants: empty).contains("dimension below 1"))
    }

    @Test func axesOutOfRange() {
        for axis in [Int32(2), -3, Int32.max, Int32.min] {
            let given = { (builder: inout TFLiteBuilder) in [builder.constant([axis])] }
            for kind in [TFLiteBuilder.Operator.mean, .argMax] {
                #expect(refused(kind, [2, 2], constants: given).contains("there is no axis \(axis) of 2"))
            }
            #expect(
                refused(.concatenation, [2, 2], options: (10, [0: .int(axis)])).contains(
                    "there is no axis \(axis) of 2"))
            #expect(
                refused(.squeeze, [2, 2], options: (30, [0: .ints([axis])])).contains("there is no axis \(axis) of 2"))
            let other = axis == 2 || axis == -3 ? axis * 2 : axis
            let place = { (builder: inout TFLiteBuilder) in [builder.constant([other])] }
            #expect(refused(.expandDimensions, [2, 2], constants: place).contains("there is no axis \(other) of 3"))
        }
        let order = { (builder: inout TFLiteBuilder) in [builder.constant([0, 2])] }
        #expect(refused(.transpose, [2, 2], constants: order).contains("no order of 2 axes"))
    }

    @Test func indicesOutOfRange() {
        for index in [Int32(3), -1, Int32.max] {
            let indices = { (builder: inout TFLiteBuilder) in [builder.constant([index])] }
            #expect(
                refused(.gather, [3, 2], options: (23, [:]), constants: indices).contains(
                    "index \(index) is outside axis 0"))
            let places = { (builder: inout TFLiteBuilder) in [builder.constant([index]), builder.constant([1])] }
            #expect(refused(.slice, [3], constants: places).contains("place \(index) is outside axis 0"))
        }
        let wide = { (builder: inout TFLiteBuilder) in [builder.constant([1]), builder.constant([3])] }
        #expect(refused(.slice, [3], constants: wide).contains("3 places from 1 on"))
        var builder = TFLiteBuilder()
        let x = builder.tensor([1])
        builder.node(.relu, [x], [9])
        #expect(sentence(builder.file([x], [x])).contains("its outputs name tensor 9 of 1"))
        builder.operators = []
        builder.node(.relu, [-2], [x])
        #expect(sentence(builder.file([x], [x])).contains("its inputs name tensor -2 of 1"))
        #expect(sentence(builder.file([x], [5])).contains("tensor"))
    }

    @Test func missingAndEmptyTensors() {
        var builder = TFLiteBuilder()
        let (x, y) = (builder.tensor([1, 2, 2, 1]), builder.tensor([1, 2, 2, 1]))
        let empty = builder.tensor([1, 1, 1, 1])
        builder.node(.convolution, [x, -1], [y], options: TFLiteBuilder.convolution())
        #expect(sentence(builder.file([x], [y])).contains("input 1 is missing"))
        builder.operators = []
        builder.node(.convolution, [x, empty], [y], options: TFLiteBuilder.convolution())
        #expect(sentence(builder.file([x], [y])).contains("'t2' is neither given nor computed"))
        builder.operators = []
        builder.node(.relu, [], [y])
        #expect(sentence(builder.file([x], [y])).contains("input 0 is missing"))
        builder.operators = []
        builder.node(.relu, [x], [])
        #expect(sentence(builder.file([x], [y])).contains("there is no output"))
        #expect(refused(.relu, [1, 0, 2]).contains("dimension below 1"))
        #expect(refused(.relu, [-1, 2]).contains("dimension below 1"))
    }

    @Test func sizesThatOverflow() {
        #expect(refused(.relu, [1 << 30, 1 << 30, 1 << 30]).contains("more than 268435456 elements"))
        #expect(refused(.relu, [Int32.max, Int32.max]).contains("more than 268435456 elements"))
        for amount in [Int32.max, -1] {
            let widths = { (builder: inout TFLiteBuilder) in [builder.constant([amount, amount], shape: [1, 2])] }
            #expect(refused(.pad, [2], constants: widths).contains("padding \(amount) is outside 0"))
        }
        let repeats = { (builder: inout TFLiteBuilder) in [builder.constant([60_000, 60_000])] }
        #expect(refused(.tile, [60_000, 60_000], constants: repeats).contains("more than 268435456 elements"))
        let shape = { (builder: inout TFLiteBuilder) in [builder.constant([Int32.max, Int32.max, 4])] }
        #expect(refused(.reshape, [2, 2], constants: shape).contains("more than 268435456 elements"))
    }

    @Test func hugeAllocations() {
        let size = { (builder: inout TFLiteBuilder) in [builder.constant([65_000, 65_000])] }
        #expect(
            refused(.resizeLinear, [1, 1, 1, 1], options: (15, [:]), constants: size).contains(
                "more than 268435456 elements"))
        let constant = { (builder: inout TFLiteBuilder) in [builder.tensor([1 << 14, 1 << 14], data: [0, 0, 0, 0])] }
        #expect(refused(.add, [1], options: (11, [:]), constants: constant).contains("its buffer has 4"))
    }

    @Test func theSameBytesOverAndOver() {
        // 100 000 tensors with one name of 60 kB: 6 GB of text from a file of a few hundred kB.
        let name = FlatValue.string(String(repeating: "x", count: 60_000))
        var writer = TFLiteBuilder()
        let x = writer.tensor([1])
        writer.tensors[0] = [3: name]
        writer.node(.relu, [x], [x])
        var bytes = writer.file([x], [x])
        // A list of tensors that all lead to the first one is put behind the file.
        func word(_ place: Int) -> Int { (0..<4).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) } }
        func field(_ table: Int, _ field: Int) -> Int {
            let fields = table - word(table)
            return table + Int(bytes[fields + 4 + 2 * field]) + Int(bytes[fields + 5 + 2 * field]) << 8
        }
        func target(_ place: Int) -> Int { place + word(place) }
        let graph = target(target(field(target(0), 2)) + 4)
        let tensors = field(graph, 0)
        let tensor = target(target(tensors) + 4)
        while bytes.count % 4 != 0 { bytes.append(0) }
        // Offsets lead forwards only: the table itself is repeated, too.
        let list = bytes.count
        let count = 1000
        bytes += littleEndian(UInt32(count))
        let fields = tensor - word(tensor)
        let copy = list + 4 + 4 * count
        for index in 0..<count { bytes += littleEndian(UInt32(copy + (tensor - fields) - (list + 4 + 4 * index))) }
        bytes += bytes[fields..<tensor + 64]
        let nameField = copy + (field(tensor, 3) - fields)
        for (index, byte) in littleEndian(UInt32(bytes.count + (4 - bytes.count % 4) % 4 - nameField)).enumerated() {
            bytes[nameField + index] = byte
        }
        while bytes.count % 4 != 0 { bytes.append(0) }
        bytes += littleEndian(UInt32(60_000)) + [UInt8](repeating: 120, count: 60_001)
        for (index, byte) in littleEndian(UInt32(list - tensors)).enumerated() { bytes[tensors + index] = byte }
        #expect(sentence(bytes).contains("the same parts of the file are used over and over"))
    }

    @Test func cyclesAndTensorsThatAreInputAndOutput() {
        var builder = TFLiteBuilder()
        let (x, a, b) = (builder.tensor([1]), builder.tensor([1]), builder.tensor([1]))
        builder.node(.add, [x, b], [a], options: (11, [:]))
        builder.node(.relu, [a], [b])
        #expect(sentence(builder.file([x], [b])).contains("'t2' is computed only later"))
        builder.operators = []
        builder.node(.relu, [x], [x])
        #expect(sentence(builder.file([x], [x])).contains("'t0' is computed, or given, twice"))
        builder.operators = []
        builder.node(.relu, [x], [a])
        builder.node(.relu, [x], [a])
        #expect(sentence(builder.file([x], [a])).contains("'t1' is computed, or given, twice"))
    }

    @Test func missingQuantizationParameters() {
        func file(_ change: (inout TFLiteBuilder) -> Void) -> [UInt8] {
            var builder = TFLiteBuilder()
            let x = builder.tensor([1, 1, 1, 1], .int8, scales: [0.5], zeroPoints: [0])
            let y = builder.tensor([1, 1, 1, 1], .int8, scales: [0.5], zeroPoints: [0])
            let w = builder.tensor([1, 1, 1, 1], .int8, data: [1], scales: [0.5], zeroPoints: [0])
            builder.node(.convolution, [x, w, -1], [y], options: TFLiteBuilder.convolution())
            change(&builder)
            return builder.file([x], [y])
        }
        #expect(sentence(file { $0.tensors[0][4] = nil }).contains("'t0' is int8 without a scale"))
        #expect(sentence(file { $0.tensors[1][4] = nil }).contains("'t1' is int8 without a scale"))
        #expect(sentence(file { $0.tensors[2][4] = nil }).contains("int8 with a scale is needed"))
        func scales(_ scales: [Float], _ zeroPoints: [Int64] = [0], axis: Int32 = 0) -> FlatValue {
            .table([2: .floats(scales), 3: .longs(zeroPoints), 6: .int(axis)])
        }
        for scale in [0, -1, Float.nan, .infinity] {
            #expect(sentence(file { $0.tensors[0][4] = scales([scale]) }).contains("is not finite and above 0"))
        }
        #expect(sentence(file { $0.tensors[2][4] = scales([1, 2], [0, 0]) }).contains("2 scales do not fit"))
        #expect(sentence(file { $0.tensors[2][4] = scales([1], [0, 0]) }).contains("1 scales and 2 zero points"))
        #expect(sentence(file { $0.tensors[2][4] = scales([1], axis: 4) }).contains("its scales are for axis 4 of 4"))
        #expect(sentence(file { $0.tensors[0][4] = scales([1], [300]) }).contains("zero point 300 is outside -128"))
        #expect(sentence(file { $0.tensors[0][4] = scales([1], [.min]) }).contains("is outside -128"))
    }

    @Test func elementsInOtherPlaces() {
        var builder = TFLiteBuilder()
        let (x, y) = (builder.tensor([1]), builder.tensor([1]))
        let far = builder.tensor([1])
        builder.buffers.append(.table([1: .long(5000), 2: .long(4)]))
        builder.tensors[Int(far)][2] = .int(1)
        builder.node(.add, [x, far], [y], options: (11, [:]))
        #expect(sentence(builder.file([x], [y])).contains("behind the end of the tables"))
        builder.tensors[Int(far)][2] = .int(7)
        #expect(sentence(builder.file([x], [y])).contains("buffer 7 of 2"))
        builder.tensors[Int(far)][10] = .int(1)
        #expect(sentence(builder.file([x], [y])).contains("in another file"))
        builder.tensors[Int(far)][10] = nil
        builder.tensors[Int(far)][6] = .table([:])
        #expect(sentence(builder.file([x], [y])).contains("sparse tensors are not supported"))
    }
}
