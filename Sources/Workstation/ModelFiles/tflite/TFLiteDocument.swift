import EdgeFormat
import ModelGraph

/// A tensor of the file: what is known of it before anything is computed.
struct TFLiteTensor {
    /// Its place in the file, from 0.
    var number: Int
    var name: String
    var type: TFLiteType
    var shape: [Int]
    /// The axes whose size is open; the shape says 1 there.
    var openAxes: [Int]
    var buffer: Int
    /// One a tensor or one a channel of `quantizedAxis`; none where the integers stand for themselves.
    var scales: [Float]
    /// As many as scales.
    var zeroPoints: [Int]
    var quantizedAxis: Int
    /// Keeps its elements from run to run.
    var isVariable: Bool

    /// The tensor's name or, where it has none, its number.
    var label: String { name.isEmpty ? "tensor \(number)" : name }
}

/// An operator of the file with its operands.
struct TFLiteOperator {
    /// Its place in the file, from 0, as LiteRT counts.
    var number: Int
    /// `CONV_2D`; of a custom operator the name that its maker gave it.
    var type: String
    var isCustom: Bool
    /// Tensors; nil for operands that are left out.
    var inputs: [Int?]
    var outputs: [Int]
    /// Tensors without elements that tell the scales of what the operator keeps to itself.
    var intermediates: [Int?]
    /// Which table `options` is, as in the schema's union BuiltinOptions.
    var optionsKind: Int
    var options: FlatTable?
    /// Those of a custom operator, in its maker's format; empty where there are none.
    var customOptions: ArraySlice<UInt8>

    var place: String { "node \(number) (\(type))" }
}

/// A TensorFlow Lite file (schema version 3) as plain values: its first graph.
struct TFLiteDocument {
    /// What the name of a graph of the file says.
    let name: String
    let tensors: [TFLiteTensor]
    let operators: [TFLiteOperator]
    let inputs: [Int]
    let outputs: [Int]
    private let buffers: [FlatTable]

    /// The most tensors, operators or buffers.
    private static let countLimit = 100_000

    init(_ bytes: [UInt8]) throws(EdgeError) {
        let file = FlatBuffer(bytes)
        guard !file.isEmpty else { throw EdgeError(.data, at: "", "the file is empty") }
        guard file.identifier == TFLiteFile.identifier else {
            throw EdgeError(.data, at: "", "not a TFLite file, or cut short")
        }
        let model = try file.root()
        let version: UInt32 = try model.integer(0, default: 0)
        guard version == 3 else {
            throw EdgeError(.data, at: "", "version \(version) of the file format; only 3 is supported")
        }
        let codes = try model.tables(1, "operator code", limit: Self.countLimit)
        let graphs = try model.tables(2, "subgraph", limit: Self.countLimit)
        buffers = try model.tables(4, "buffer", limit: Self.countLimit)
        // Other graphs are reached by operators of control flow alone, which are refused by name.
        guard let graph = graphs.first else { throw EdgeError(.data, at: "", "there is no graph in the file") }
        name = try graph.string(4, "the graph's name").oneLine
        tensors = try graph.tables(0, "tensor", limit: Self.countLimit).enumerated().map {
            (index, table) throws(EdgeError) in try TFLiteTensor(table, number: index)
        }
        let count = tensors.count
        let kinds = try codes.map { (code) throws(EdgeError) in try OperatorKind(code) }
        operators = try graph.tables(3, "node", limit: Self.countLimit).enumerated().map {
            (index, table) throws(EdgeError) in try TFLiteOperator(table, number: index, kinds, tensors: count)
        }
        inputs = try Self.list(graph, 1, "the graph's inputs", tensors: count)
        outputs = try Self.list(graph, 2, "the graph's outputs", tensors: count)
    }

    private static func list(
        _ graph: FlatTable, _ field: Int, _ what: String, tensors: Int
    ) throws(EdgeError) -> [Int] {
        try graph.integers(field, Int32.self, what).map { (index) throws(EdgeError) in
            guard index >= 0, index < tensors else {
                throw EdgeError(.data, at: "", "\(what) name tensor \(index) of \(tensors)")
            }
            return Int(index)
        }
    }

    /// The bytes of a constant tensor; nil for tensors that are given or computed.
    func bytes(of tensor: TFLiteTensor) throws(EdgeError) -> ArraySlice<UInt8>? {
        guard tensor.buffer < buffers.count else {
            throw EdgeError(.data, at: "", "its elements are in buffer \(tensor.buffer) of \(buffers.count)")
        }
        let buffer = buffers[tensor.buffer]
        let (offset, size): (UInt64, UInt64) = (try buffer.integer(1, default: 0), try buffer.integer(2, default: 0))
        guard offset <= 1, size <= 1 else {
            throw EdgeError(.data, at: "", "its elements are behind the end of the tables; such files are not read")
        }
        let bytes = try buffer.bytes(0, "the elements of '\(tensor.label)'")
        // No elements are no constant, except where none are wanted.
        return bytes.isEmpty && !tensor.shape.contains(0) ? nil : bytes
    }
}

/// What an operator code stands for.
private struct OperatorKind {
    var type: String
    var isCustom: Bool

    init(_ code: FlatTable) throws(EdgeError) {
        // The first field has room for 127 kinds; the later one holds them all.
        let number = max(Int(try code.integer(0, default: Int8(0))), try code.int(3))
        isCustom = number == TFLiteSchema.customOperator
        type =
            isCustom
            ? try code.string(1, "a custom operator's name").oneLine
            : TFLiteSchema.operators[number] ?? "operator \(number)"
    }
}

extension TFLiteOperator {
    fileprivate init(_ table: FlatTable, number: Int, _ kinds: [OperatorKind], tensors: Int) throws(EdgeError) {
        let code = Int(try table.integer(0, default: UInt32(0)))
        guard code < kinds.count else {
            throw EdgeError(.data, at: "node \(number)", "operator code \(code) of \(kinds.count)")
        }
        self.number = number
        (type, isCustom) = (kinds[code].type, kinds[code].isCustom)
        do throws(EdgeError) {
            inputs = try Self.operands(table, 1, "its inputs", tensors: tensors)
            outputs = try Self.operands(table, 2, "its outputs", tensors: tensors).map { (index) throws(EdgeError) in
                guard let index else { throw EdgeError(.data, at: "", "an output is left out") }
                return index
            }
            intermediates = try Self.operands(table, 8, "its intermediates", tensors: tensors)
            optionsKind = try table.byte(3)
            options = try table.table(4, "its options")
            customOptions = try table.bytes(5, "its options")
            guard try table.integer(9, default: UInt64(0)) <= 1 else {
                throw EdgeError(.data, at: "", "its options are behind the end of the tables; such files are not read")
            }
        } catch {
            throw error.within("node \(number) (\(kinds[code].type))")
        }
    }

    private static func operands(
        _ table: FlatTable, _ field: Int, _ what: String, tensors: Int
    ) throws(EdgeError) -> [Int?] {
        try table.integers(field, Int32.self, what).map { (index) throws(EdgeError) in
            guard index >= -1, index < tensors else {
                throw EdgeError(.data, at: "", "\(what) name tensor \(index) of \(tensors)")
            }
            return index < 0 ? nil : Int(index)
        }
    }
}

extension TFLiteTensor {
    fileprivate init(_ table: FlatTable, number: Int) throws(EdgeError) {
        self.number = number
        name = try table.string(3, "a tensor's name").oneLine
        shape = try table.integers(0, Int32.self, "its shape").map { Int($0) }
        type = TFLiteType(number: try table.byte(1))
        buffer = Int(try table.integer(2, default: UInt32(0)))
        isVariable = try table.flag(5)
        let signature = try table.integers(7, Int32.self, "its shape")
        openAxes = signature.count == shape.count ? signature.indices.filter { signature[$0] < 0 } : []
        (scales, zeroPoints, quantizedAxis) = ([], [], 0)
        do throws(EdgeError) {
            guard try table.table(6, "its sparsity") == nil else {
                throw EdgeError(.data, at: "", "sparse tensors are not supported")
            }
            guard try table.integer(10, default: UInt32(0)) == 0 else {
                throw EdgeError(.data, at: "", "its elements are in another file, which is not read")
            }
            if let quantization = try table.table(4, "its quantization") { try read(quantization) }
        } catch {
            throw error.within("tensor '\(label)'")
        }
    }

    private mutating func read(_ quantization: FlatTable) throws(EdgeError) {
        guard try quantization.byte(4) == 0 else {
            throw EdgeError(.data, at: "", "only scales and zero points are supported as its quantization")
        }
        scales = try quantization.floats(2, "its scales")
        let given = try quantization.integers(3, Int64.self, "its zero points")
        quantizedAxis = try quantization.int(6)
        guard !scales.isEmpty else { return }
        guard given.isEmpty || given.count == scales.count else {
            throw EdgeError(.data, at: "", "\(scales.count) scales and \(given.count) zero points")
        }
        guard quantizedAxis >= 0, quantizedAxis < max(1, shape.count) else {
            throw EdgeError(.data, at: "", "its scales are for axis \(quantizedAxis) of \(shape.count)")
        }
        // A bias has its scale from its layer's input and weights.
        for scale in scales where type != .int32 && type != .int64 && !(scale.isFinite && scale > 0) {
            throw EdgeError(.data, at: "", "its scale \(scale) is not finite and above 0")
        }
        let range = type.range
        for zeroPoint in given where !(range.contains(Int(zeroPoint))) {
            throw EdgeError(
                .data, at: "", "zero point \(zeroPoint) is outside \(range.lowerBound) ... \(range.upperBound)")
        }
        zeroPoints = given.isEmpty ? [Int](repeating: 0, count: scales.count) : given.map { Int($0) }
    }
}
