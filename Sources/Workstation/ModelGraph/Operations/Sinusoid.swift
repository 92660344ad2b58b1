import EdgeFormat
import Foundation

/// The time embedding: for each time step t the sines, then the cosines, of t·ω for every frequency ω.
///
/// Input: t of N, int64 or int32. Output: N·2h; float32 for an int64, int16 with the scale 2⁻¹⁵ for an int32, computed
/// in integers throughout.
public struct Sinusoid: Operation {
    public static let name = "sinusoid"

    /// ω, in radians a step: h of them.
    public var frequencies: [Float]

    public init(frequencies: [Float]) {
        self.frequencies = frequencies
    }

    /// What a quantized output stands for.
    public static let quantization = Quantization(scale: 1 / 32768, zeroPoint: 0)

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        try expect(inputs, count: 1...1)
        let type = inputs[0]
        guard type.element == .int64 || type.element == .int32, type.shape.count == 1 else {
            throw EdgeError(.data, at: "", "time steps are \(type.text); a list of int64 or int32 is needed")
        }
        guard (1...2048).contains(frequencies.count), frequencies.allSatisfy({ $0.isFinite && abs($0) <= 1e6 }) else {
            throw EdgeError(.data, at: "", "\(frequencies.count) frequencies; 1 ... 2048 are needed, none above 1e6")
        }
        let shape = [type.shape[0], 2 * frequencies.count]
        _ = try Shape.elementCount(shape)
        return [TensorType(type.element == .int64 ? .float32 : .int16, shape)]
    }

    public func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData] {
        switch inputs[0].data {
        case .int64(let times):
            return [
                .float32(
                    times.flatMap { time in
                        let phases = frequencies.map { Double(time) * Double($0) }
                        return phases.map { Float(sin($0)) } + phases.map { Float(cos($0)) }
                    })
            ]
        case .int32(let times):
            guard outputs[0].quantization == Self.quantization else {
                throw EdgeError(.data, at: "", "sinusoid gives the scale 2^-15 and the zero point 0")
            }
            let table = Self.sineTable
            return [.int16(times.flatMap { words(time: $0, phaseSteps: phaseSteps, sineTable: table) })]
        default:
            throw notComputed(inputs)
        }
    }
}

extension Sinusoid {
    /// F[k] = round(2³²·ω_k/2π), modulo 2³²: how far each phase goes in a time step, a turn being 2³².
    public var phaseSteps: [UInt32] {
        frequencies.map {
            let turns = Double($0) / (2 * Double.pi)
            return UInt32(truncatingIfNeeded: Int64((4_294_967_296 * turns).rounded(.toNearestOrEven)))
        }
    }

    /// R[i] = half_even(2³⁰·sin(2π·i/1024)), i = 0 … 1024.
    public static var sineTable: [Int32] {
        (0...1024).map { Int32((1_073_741_824 * sin(2 * Double.pi * Double($0) / 1024)).rounded(.toNearestOrEven)) }
    }

    /// The row of one time step: sines, then cosines, in steps of 2⁻¹⁵.
    public func words(time: Int32, phaseSteps: [UInt32], sineTable: [Int32]) -> [Int16] {
        let phases = phaseSteps.map { UInt32(bitPattern: time) &* $0 }
        return (phases + phases.map { $0 &+ 0x4000_0000 }).map { phase in
            let (i, f) = (Int(phase >> 22), Int64(phase & 0x3F_FFFF))
            let low = Int64(sineTable[i])
            let sine = low + (((Int64(sineTable[i + 1]) - low) * f) >> 22)
            return Int16(clamping: max((sine + 0x4000) >> 15, -32767))
        }
    }
}
