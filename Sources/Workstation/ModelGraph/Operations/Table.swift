import EdgeFormat

/// A function of one byte by table: how every unary operation runs in 8 bits.
public struct Table: Operation {
    public static let name = "table"

    /// What the table computes, for people: `sigmoid`.
    public var function: String
    /// 256 results; that of q stands at q + 128.
    public var entries: [Int8]

    public init(function: String, entries: [Int8]) {
        self.function = function
        self.entries = entries
    }

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        guard entries.count == 256 else {
            throw EdgeError(.data, at: "", "a table has \(entries.count) entries; 256 are needed")
        }
        let types = try sameType(inputs)
        guard inputs[0].element == .int8 else { throw EdgeError(.data, at: "", "a table takes int8") }
        return types
    }

    public func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData] {
        guard case .int8(let x) = inputs[0].data else { throw notComputed(inputs) }
        return [.int8(apply(x))]
    }
}

extension Table {
    /// The table's result for each byte.
    func apply(_ x: [Int8]) -> [Int8] { x.map { entries[Int($0) + 128] } }
}
