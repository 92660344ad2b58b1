import EdgeFormat
import Foundation

/// The logarithm of the softmax along the last axis: x less the logarithm of Σ exp(x).
public struct LogSoftmax: Operation {
    public static let name = "log-softmax"

    public init() {}

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        let types = try sameType(inputs, [.float32])
        guard !inputs[0].shape.isEmpty else { throw EdgeError(.data, at: "", "softmax of a scalar") }
        return types
    }

    public func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData] {
        guard case .float32(let x) = inputs[0].data else { throw notComputed(inputs) }
        let count = inputs[0].type.shape.last ?? 1
        return [
            .float32(
                stride(from: 0, to: x.count, by: count).flatMap { start in
                    let row = x[start..<start + count]
                    let largest = Double(row.max() ?? 0)
                    let logarithm = log(row.reduce(0) { $0 + exp(Double($1) - largest) })
                    return row.map { Float(Double($0) - largest - logarithm) }
                })
        ]
    }
}
