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

    /// Puts the function of each float into its place.
    static func apply(_ row: Row, count: Int) {
        forLanes(count) {
            row.setLanes(value(row.lanes(at: $0)), at: $0)
        } _: {
            row[$0] = value(Lanes(repeating: row[$0]))[0]
        }
    }

    /// The same on every processor: products, sums and one quotient, each rounded by itself. Below −87 it is 0.
    @inline(__always)
    private static func value(_ x: Lanes) -> Lanes {
        (x / (1 + exponential(-x))).replacing(with: 0, where: x .< -87)
    }

    /// exp(x) within two units in the last place; x is cut to ±87, beyond which SiLU needs none.
    /// 2ⁿ·exp(r) with |r| ≤ ln 2 / 2 and the polynomial of Cephes (Moshier) for exp(r).
    @inline(__always)
    private static func exponential(_ x: Lanes) -> Lanes {
        var x = x.replacing(with: 87, where: x .> 87)
        x.replace(with: -87, where: x .< -87)
        // Added to this, the nearest integer stands in the lowest bits.
        let magic: Float = 12_582_912
        let sum = x * 1.442_695_04 + magic
        let n = sum - magic
        let r = (x - n * 0.693_359_375) - n * -2.121_944_4e-4
        var p = r * 1.987_569_15e-4 + 1.398_199_950_7e-3
        p = p * r + 8.333_451_907_3e-3
        p = p * r + 4.166_579_589_4e-2
        p = p * r + 1.666_666_545_9e-1
        p = p * r + 5.000_000_120_1e-1
        p = p * r * r + r + 1
        let exponent = (unsafeBitCast(sum, to: SIMD8<UInt32>.self) &- magic.bitPattern &+ 127) &<< 23
        return p * unsafeBitCast(exponent, to: Lanes.self)
    }
}
