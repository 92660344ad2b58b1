import EdgeFormat

/// A function of 16 bits by linear interpolation between 1,025 results: how a unary operation runs in 16 bits.
public struct InterpolatedTable: Operation {
    public static let name = "interpolated-table"
    /// One for every 64th input, both ends included.
    public static let entryCount = 1025

    /// What the table computes, for people: `silu`.
    public var function: String
    /// Entry k is the result of 64·k − 32768.
    public var entries: [Int16]

    public init(function: String, entries: [Int16]) {
        self.function = function
        self.entries = entries
    }

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        guard entries.count == Self.entryCount else {
            throw EdgeError(
                .data, at: "", "an interpolated table has \(entries.count) entries; \(Self.entryCount) are needed")
        }
        return try sameType(inputs, [.int16])
    }

    public func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData] {
        guard case .int16(let x) = inputs[0].data else { throw notComputed(inputs) }
        return [.int16(apply(x))]
    }
}

extension InterpolatedTable {
    /// (E[k]·(64 − f) + E[k + 1]·f + 32) >> 6 with x + 32768 = 64·k + f, cut to ±32767.
    func apply(_ x: [Int16]) -> [Int16] {
        x.map { x in
            let (k, f) = ((Int32(x) + 32768) >> 6, (Int32(x) + 32768) & 63)
            let (low, high) = (Int32(entries[Int(k)]), Int32(entries[Int(k) + 1]))
            return Int16(max((low * (64 - f) + high * f + 32) >> 6, -32767))
        }
    }
}
