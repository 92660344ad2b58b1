import EdgeFormat
import Foundation

/// A function of two elements, operands broadcast as in NumPy. Both have one element type; comparisons give truth values.
///
/// Integers wrap, a quotient is cut towards zero, and what has no value (division by zero) is 0. Sums, differences,
/// products, minima and maxima of integers that stand for reals: q = clamp(roundHalfEven(y) + z_out), y the function of
/// Float(a − z_a)·(s_a / s_out) and Float(b − z_b)·(s_b / s_out); of a product Float((a − z_a)·(b − z_b))·(s_a·s_b / s_out).
public struct Arithmetic: Operation {
    public static let name = "arithmetic"

    public enum Kind: String, CaseIterable, Sendable {
        case addition, subtraction, multiplication, division, minimum, maximum, power
        /// a less the multiple of b that leaves the sign of b.
        case modulo
        /// a less the multiple of b that leaves the sign of a.
        case remainder
        case equal, less, lessOrEqual, greater, greaterOrEqual
        /// Of truth values, or of each bit of integers.
        case and, or, exclusiveOr
        case shiftLeft, shiftRight
        /// a, or b·a where a is below 0: a rectifier with learned slopes (PReLU).
        case rectification

        var isComparison: Bool {
            switch self {
            case .equal, .less, .lessOrEqual, .greater, .greaterOrEqual: true
            default: false
            }
        }

        var isBitwise: Bool {
            switch self {
            case .and, .or, .exclusiveOr, .shiftLeft, .shiftRight: true
            default: false
            }
        }

        /// Whether it is defined for integers that stand for reals.
        public var takesQuantized: Bool {
            switch self {
            case .addition, .subtraction, .multiplication, .minimum, .maximum: true
            default: false
            }
        }
    }

    public var kind: Kind

    public init(_ kind: Kind) {
        self.kind = kind
    }

    public var choosesWidth: Bool { kind.takesQuantized }

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        try expect(inputs, count: 2...2)
        let element = inputs[0].element
        // Of integers that stand for reals each has the width that it has.
        let areQuantized = kind.takesQuantized && inputs.allSatisfy { !$0.isPlain }
        guard element == inputs[1].element || areQuantized, !(kind.isBitwise && element.isFloat) else {
            throw EdgeError(
                .data, at: "", "\(kind.rawValue) is not defined for \(inputs[0].text) and \(inputs[1].text)")
        }
        for input in inputs { _ = try Shape.elementCount(input.shape) }
        let shape = try Broadcasting.shape(inputs.map(\.shape))
        return [TensorType(kind.isComparison ? .bool : element, shape)]
    }

    public func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData] {
        let operands = inputs.map { $0.data.broadcast(from: $0.type.shape, to: outputs[0].shape) }
        guard inputs.allSatisfy({ $0.type.isPlain }) else {
            guard kind.takesQuantized else { throw notComputed(inputs) }
            let (x, y) = (try inputs[0].type.activationQuantization, try inputs[1].type.activationQuantization)
            guard let a = operands[0].centred(x.zeroPoint), let b = operands[1].centred(y.zeroPoint) else {
                throw notComputed(inputs)
            }
            return [try combine(a, x.scales[0], b, y.scales[0], to: outputs[0])]
        }
        if let a = operands[0].reals, let b = operands[1].reals {
            if kind.isComparison { return [.bool(zip(a, b).map { compare($0, $1) })] }
            return [TensorData(outputs[0].element, reals: zip(a, b).map { compute($0, $1) })]
        }
        guard let a = operands[0].wholes, let b = operands[1].wholes else { throw notComputed(inputs) }
        if kind.isComparison { return [.bool(zip(a, b).map { compare($0, $1) })] }
        return [TensorData(outputs[0].element, wholes: zip(a, b).map { compute($0, $1) })]
    }
}

extension Arithmetic {
    /// Integers less their zero points as those of an output.
    private func combine(
        _ a: [Int32], _ aScale: Float, _ b: [Int32], _ bScale: Float, to output: TensorType
    ) throws(EdgeError) -> TensorData {
        let scale = try output.activationQuantization.scales[0]
        let round = try Rounding(to: output)
        if kind == .multiplication {
            let factor = aScale * bScale / scale
            return TensorData(output.element, count: a.count) { round(Float(a[$0] * b[$0]) * factor) }
        }
        let (aFactor, bFactor) = (aScale / scale, bScale / scale)
        return TensorData(output.element, count: a.count) {
            let (first, second) = (Float(a[$0]) * aFactor, Float(b[$0]) * bFactor)
            return switch kind {
            case .subtraction: round(first - second)
            case .minimum: round(first < second ? first : second)
            case .maximum: round(first > second ? first : second)
            default: round(first + second)
            }
        }
    }

    private func compare<Number: Comparable>(_ a: Number, _ b: Number) -> Bool {
        switch kind {
        case .less: a < b
        case .lessOrEqual: a <= b
        case .greater: a > b
        case .greaterOrEqual: a >= b
        default: a == b
        }
    }

    private func compute(_ a: Float, _ b: Float) -> Float {
        switch kind {
        case .addition: a + b
        case .subtraction: a - b
        case .multiplication: a * b
        case .division: a / b
        case .minimum: a.isNaN || b.isNaN ? .nan : Swift.min(a, b)
        case .maximum: a.isNaN || b.isNaN ? .nan : Swift.max(a, b)
        case .power: Float(pow(Double(a), Double(b)))
        case .modulo:
            // fmod keeps the sign of a.
            { (rest: Float) in rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest }(fmodf(a, b))
        case .remainder: fmodf(a, b)
        case .rectification: a < 0 ? b * a : a
        default: 0
        }
    }

    private func compute(_ a: Int64, _ b: Int64) -> Int64 {
        switch kind {
        case .addition: a &+ b
        case .subtraction: a &- b
        case .multiplication: a &* b
        case .division: b == 0 ? 0 : a.dividedReportingOverflow(by: b).partialValue
        case .minimum: Swift.min(a, b)
        case .maximum: Swift.max(a, b)
        case .power: Self.power(a, b)
        case .modulo: { rest in rest != 0 && (rest < 0) != (b < 0) ? rest &+ b : rest }(Self.remainder(a, b))
        case .remainder: Self.remainder(a, b)
        case .and: a & b
        case .or: a | b
        case .exclusiveOr: a ^ b
        case .shiftLeft: b < 0 ? 0 : a << b
        case .shiftRight: b < 0 ? 0 : a >> b
        case .rectification: a < 0 ? a &* b : a
        default: 0
        }
    }

    private static func remainder(_ a: Int64, _ b: Int64) -> Int64 {
        b == 0 ? 0 : a.remainderReportingOverflow(dividingBy: b).partialValue
    }

    /// By squaring; of a negative exponent the quotient 1 / aⁿ, cut towards zero.
    private static func power(_ a: Int64, _ exponent: Int64) -> Int64 {
        if exponent < 0 { return a == 1 ? 1 : a == -1 ? (exponent % 2 == 0 ? 1 : -1) : 0 }
        var (result, base, rest) = (Int64(1), a, exponent)
        while rest > 0 {
            if rest & 1 == 1 { result &*= base }
            base &*= base
            rest >>= 1
        }
        return result
    }
}
