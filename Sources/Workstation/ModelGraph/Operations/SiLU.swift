import Foundation
import Tensors

/// x / (1 + exp(−x)) of each element: the sigmoid-weighted linear unit, also called swish.
public struct SiLU: UnaryOperation {
    public static let name = "silu"

    public init() {}

    public func callAsFunction(_ x: Float) -> Float { Float(Double(x) / (1 + exp(-Double(x)))) }

    public func apply(_ x: [Float]) -> [Float] {
        var y = x
        y.withUnsafeMutableBufferPointer { y in
            guard let row = y.baseAddress else { return }
            Self.apply(row, count: y.count)
        }
        return y
    }

    /// Puts the function of each float into its place; the same on every processor. Below −87 it is 0.
    static func apply(_ row: Row, count: Int) {
        forLanes(count) {
            row.setLanes(value(row.lanes(at: $0)), at: $0)
        } _: {
            row[$0] = value(Lanes(repeating: row[$0]))[0]
        }
    }

    @inline(__always)
    private static func value(_ x: Lanes) -> Lanes { (x * x.sigmoid).replacing(with: 0, where: x .< -87) }
}
