import EdgeFormat
import Foundation
import ModelGraph
import Testing

@Suite struct FunctionTests {
    /// Functions, what they are given and what books say, to five digits or exactly.
    static let worked: [(function: any UnaryOperation, x: [Float], y: [Float])] = [
        (ReLU(), [-2, 0, 3], [0, 0, 3]),
        (Clip(minimum: -0.5, maximum: 1), [-2, 0.25, 3], [-0.5, 0.25, 1]),
        (Sigmoid(), [-1, 0, 1], [0.268941, 0.5, 0.731059]),
        (Tanh(), [-1, 0, 1], [-0.761594, 0, 0.761594]),
        (LeakyReLU(slope: 0.25), [-2, 0, 3], [-0.5, 0, 3]),
        (ThresholdedReLU(threshold: 1), [-2, 0.5, 1, 1.5], [0, 0, 0, 1.5]),
        (ELU(alpha: 2), [-1, 0, 3], [-1.264241, 0, 3]),
        (SELU(alpha: 1.6732632, gamma: 1.050701), [-1, 0, 1], [-1.111331, 0, 1.050701]),
        (GELU(), [-1, 0, 1, 2], [-0.158655, 0, 0.841345, 1.954500]),
        (GELU(approximation: .tanh), [-1, 0, 1, 2], [-0.158808, 0, 0.841192, 1.954598]),
        (Mish(), [-1, 0, 1], [-0.303401, 0, 0.865098]),
        (Softplus(), [-1, 0, 1], [0.313262, 0.693147, 1.313262]),
        (Softsign(), [-3, 0, 1], [-0.75, 0, 0.5]),
        (HardSigmoid(slope: 0.25, offset: 0.5), [-3, -1, 0, 1, 3], [0, 0.25, 0.5, 0.75, 1]),
        (HardSwish(), [-4, -1.5, 0, 1.5, 4], [0, -0.375, 0, 1.125, 4]),
        (Exponential(), [-1, 0, 1], [0.367879, 1, 2.718282]),
        (Logarithm(), [0.5, 1, 10], [-0.693147, 0, 2.302585]),
        (SquareRoot(), [0, 2, 9], [0, 1.414214, 3]),
        (Reciprocal(), [-2, 0.25, 8], [-0.5, 4, 0.125]),
        (ErrorFunction(), [-1, 0, 0.5], [-0.842701, 0, 0.520500]),
        (Sine(), [-1, 0, 1], [-0.841471, 0, 0.841471]),
        (Cosine(), [-1, 0, 1], [0.540302, 1, 0.540302]),
        (AbsoluteValue(), [-2, 0, 3], [2, 0, 3]),
        (Negation(), [-2, 0, 3], [2, 0, -3]),
        (Floor(), [-1.5, -1, 0.5, 2], [-2, -1, 0, 2]),
        (Ceiling(), [-1.5, -1, 0.5, 2], [-1, -1, 1, 2]),
        (NearestInteger(), [-2.5, -1.5, 0.5, 1.5, 2.6], [-2, -2, 0, 2, 3]),
        (Sign(), [-7, 0, 0.25], [-1, 0, 1]),
    ]

    @Test(arguments: worked.indices) func workedValues(_ index: Int) throws {
        let (function, x, wanted) = Self.worked[index]
        let y = try #require(evaluate(function, [(TensorType(.float32, [x.count]), .float32(x))]).data.floats)
        for (y, wanted) in zip(y, wanted) { #expect(abs(y - wanted) <= 1.5e-6 * max(1, abs(wanted)), "\(function)") }
    }

    @Test func symmetries() {
        for step in 0...80 {
            let x = Float(step) / 8
            for odd in [Softsign(), ErrorFunction(), Sine(), Negation(), Sign()] as [any UnaryOperation] {
                #expect(odd(-x) == -odd(x))
            }
            for even in [Cosine(), AbsoluteValue()] as [any UnaryOperation] { #expect(even(-x) == even(x)) }
            #expect(Floor()(-x) == -Ceiling()(x) && NearestInteger()(-x) == -NearestInteger()(x))
            // Whatever stands for the sigmoid in x · sigmoid(x), it and its mirror image are 1 together.
            for gated in [GELU(), GELU(approximation: .tanh), HardSwish()] as [any UnaryOperation] {
                #expect(abs(gated(x) - gated(-x) - x) <= 1e-6 * max(1, x))
            }
            #expect(abs(Softplus()(x) - Softplus()(-x) - x) <= 1e-6 * max(1, x))
        }
    }

    @Test func functionsUndoEachOther() {
        for step in 1...60 {
            let x = Float(step) / 4
            #expect(abs(Logarithm()(Exponential()(x)) - x) <= 1e-6 * x)
            #expect(abs(SquareRoot()(x) * SquareRoot()(x) - x) <= 1e-6 * x)
            #expect(Reciprocal()(Reciprocal()(Float(1 << (step % 20)))) == Float(1 << (step % 20)))
        }
    }

    @Test func farOutTheUnitsAreLinesAgain() {
        for unit in [Softplus(), Mish(), GELU(), HardSwish(), ELU(alpha: 1)] as [any UnaryOperation] {
            #expect(unit(100) == 100)
        }
        for unit in [Softplus(), Mish(), GELU(), HardSwish()] as [any UnaryOperation] { #expect(abs(unit(-200)) == 0) }
        #expect(ELU(alpha: 2)(-200) == -2)
        // 1 + erf(x/√2) has no digit of its own here, and exp(x) − 1 few.
        #expect(GELU()(-9) < 0 && abs(ELU(alpha: 1)(-1e-7) + 1e-7) < 1e-13)
    }

    @Test func outsideTheirDomainFloatsAreWhatIEEE754Says() {
        #expect(Logarithm()(0) == -.infinity && Logarithm()(-1).isNaN && SquareRoot()(-1).isNaN)
        #expect(Reciprocal()(0) == .infinity && Reciprocal()(-0.0) == -.infinity)
        #expect(Self.worked.map(\.function).allSatisfy { !($0 is ThresholdedReLU) ? $0(.nan).isNaN : true })
    }

    @Test func tablesKeepToTheEdgeOfTheDomain() {
        let input = Quantization(scale: 0.05, zeroPoint: 0)
        let output = Quantization(scale: 0.02, zeroPoint: 10)
        #expect(Logarithm().table(from: input, to: output).entries[...128].allSatisfy { $0 == -128 })
        #expect(SquareRoot().table(from: input, to: output).entries[...128].allSatisfy { $0 == 10 })
        #expect(Reciprocal().table(from: input, to: output).entries[126...129] == [-128, -128, 127, 127])
        let words = Quantization(scale: 0.0001, zeroPoint: 0)
        #expect(Logarithm().interpolatedTable(from: words, to: words).entries[...512].allSatisfy { $0 == -32767 })
        #expect(SquareRoot().interpolatedTable(from: words, to: words).entries[...512].allSatisfy { $0 == 0 })
        #expect(Reciprocal().interpolatedTable(from: words, to: words).entries[511...513] == [-32767, 32767, 32767])
    }

    /// Rounded once, in 8 bits everywhere, in 16 bits at the points of the table.
    @Test(arguments: worked.indices) func tablesAreTheFunctionRounded(_ index: Int) throws {
        let function = Self.worked[index].function
        let isPartial = function is Logarithm || function is SquareRoot || function is Reciprocal
        let output = Quantization(scale: 1.0 / 32, zeroPoint: -3)
        let input = Quantization(scale: 1.0 / 64, zeroPoint: isPartial ? -128 : 5)
        let bytes = (-128...127).map { Int8($0) }
        let narrow = try #require(
            evaluate(function, [(TensorType(.int8, [256], quantization: input), .int8(bytes))], to: output).data.bytes)
        for (q, y) in zip(bytes, narrow) where !isPartial || q > -128 {
            let real = function((Float(q) - Float(input.zeroPoint)) / 64)
            let wanted = min(max((real * 32).rounded(.toNearestOrEven) - 3, -128), 127)
            #expect(Float(y) == wanted, "\(function) of \(q)")
        }
        let step = Quantization(scale: 1.0 / 4096, zeroPoint: 0)
        let x = (0..<1024).map { Int16(64 * $0 - 32768) }.filter { !isPartial || $0 > 0 }
        let wide = try #require(
            evaluate(function, [(TensorType(.int16, [x.count], quantization: step), .int16(x))], to: step).data.words)
        for (q, y) in zip(x, wide) {
            let wanted = (function(Float(q) / 4096) * 4096).rounded(.toNearestOrEven)
            #expect(Float(y) == min(max(wanted, -32767), 32767), "\(function) of \(q)")
        }
    }

    @Test func parametersMustBeFinite() {
        let wrong: [any UnaryOperation] = [
            LeakyReLU(slope: .nan), ThresholdedReLU(threshold: .infinity), ELU(alpha: -.infinity),
            SELU(alpha: 1, gamma: .nan), HardSigmoid(slope: 1, offset: .infinity),
        ]
        for function in wrong {
            let error = #expect(throws: EdgeError.self) {
                try function.outputTypes(of: [TensorType(.float32, [1, 4])])
            }
            #expect(error?.sentence.hasSuffix("which is not finite") == true)
        }
    }

    @Test func namesAndParametersStandInTheText() {
        #expect(LeakyReLU(slope: 0.5).text == "leaky-relu[slope 0.5]")
        #expect(GELU(approximation: .tanh).text == "gelu[approximation tanh]")
        #expect(SquareRoot().text == "square-root")
    }
}
