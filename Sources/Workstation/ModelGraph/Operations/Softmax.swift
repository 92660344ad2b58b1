import EdgeFormat
import Foundation

/// exp(x) / Σ exp(x) along the last axis.
public struct Softmax: Operation {
    public static let name = "softmax"

    public init() {}

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        let types = try sameType(inputs)
        guard !inputs[0].shape.isEmpty else { throw EdgeError(.data, at: "", "softmax of a scalar") }
        return types
    }

    public func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData] {
        let count = inputs[0].type.shape.last ?? 1
        switch inputs[0].data {
        case .float32(let x):
            return [.float32(stride(from: 0, to: x.count, by: count).flatMap { Self.floats(x[$0..<$0 + count]) })]
        case .int8(let x):
            let table = Self.exponentials(scale: try inputs[0].type.activationQuantization.scales[0])
            let output = try outputs[0].activationQuantization
            return [
                .int8(stride(from: 0, to: x.count, by: count).flatMap { Self.bytes(x[$0..<$0 + count], table, output) })
            ]
        default:
            throw notComputed(inputs)
        }
    }
}

extension Softmax {
    private static func floats(_ x: ArraySlice<Float>) -> [Float] {
        let largest = Double(x.max() ?? 0)
        let powers = x.map { exp(Double($0) - largest) }
        let sum = powers.reduce(0, +)
        return powers.map { Float($0 / sum) }
    }

    /// 256 entries, E[d] = round(2²³·exp(−scale·d)) for d = max − q.
    public static func exponentials(scale: Float) -> [Int32] {
        (0..<256).map { Int32((8_388_608 * exp(-Double(scale) * Double($0))).rounded(.toNearestOrEven)) }
    }

    /// q = roundHalfEven(Float(E[d])·(Float(1/s_out)/Float(S))) + zero point, S = ΣE[d] in 64 bits.
    private static func bytes(_ x: ArraySlice<Int8>, _ table: [Int32], _ output: Quantization) -> [Int8] {
        let largest = Int(x.max() ?? 0)
        let powers = x.map { table[largest - Int($0)] }
        let sum = powers.reduce(Int64(0)) { $0 + Int64($1) }
        let scale = (1 / output.scales[0]) / Float(sum)
        return powers.map { Quantization.round(Float($0) * scale, zeroPoint: output.zeroPoint) }
    }
}
