import EdgeFormat

/// Rows of a table by their numbers. Inputs: indices N (int64 or int32) and a table R·D (float32 or int16).
/// Output: N·D of the table's element, scale and all.
public struct Embedding: Operation {
    public static let name = "embedding"

    public init() {}

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        try expect(inputs, count: 2...2)
        let (indices, table) = (inputs[0], inputs[1])
        guard indices.element == .int64 || indices.element == .int32, indices.shape.count == 1 else {
            throw EdgeError(.data, at: "", "the indices are \(indices.text); a list of int64 or int32 is needed")
        }
        try expect(table.element, [.float32, .int16])
        _ = try Shape.elementCount(table.shape)
        guard table.shape.count == 2 else {
            throw EdgeError(.data, at: "", "the table is \(table.text); two dimensions are needed")
        }
        let shape = [indices.shape[0], table.shape[1]]
        _ = try Shape.elementCount(shape)
        return [TensorType(table.element, shape)]
    }

    public func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData] {
        guard let indices = inputs[0].data.indices else { throw notComputed(inputs) }
        try expectSameQuantization(inputs[1].type, outputs[0])
        let (rows, width) = (inputs[1].type.shape[0], inputs[1].type.shape[1])
        for index in indices where index < 0 || index >= rows {
            throw EdgeError(.data, at: "", "index \(index) is outside 0 ... \(rows - 1)")
        }
        let row = { (index: Int64) in Int(index) * width..<(Int(index) + 1) * width }
        switch inputs[1].data {
        case .float32(let table): return [.float32(indices.flatMap { table[row($0)] })]
        case .int16(let table): return [.int16(indices.flatMap { table[row($0)] })]
        default: throw notComputed(inputs)
        }
    }
}

extension TensorData {
    /// Integers of 32 or 64 bits that are not quantized; nil for others.
    var indices: [Int64]? {
        switch self {
        case .int32(let elements): elements.map { Int64($0) }
        case .int64(let elements): elements
        default: nil
        }
    }
}
