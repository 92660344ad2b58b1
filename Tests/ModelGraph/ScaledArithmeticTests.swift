import EdgeFormat
import ModelGraph
import Testing

/// Arithmetic of integers that stand for reals, by hand.
@Suite struct ScaledArithmeticTests {
    private func compute(
        _ kind: Arithmetic.Kind, _ a: (TensorType, TensorData), _ b: (TensorType, TensorData), scale: Float,
        zeroPoint: Int32
    ) throws -> [Int8]? {
        try evaluate(Arithmetic(kind), [a, b], to: Quantization(scale: scale, zeroPoint: zeroPoint)).data.bytes
    }

    private func bytes(_ shape: [Int], _ elements: [Int8], scale: Float, zeroPoint: Int32) -> (TensorType, TensorData) {
        (TensorType(.int8, shape, quantization: Quantization(scale: scale, zeroPoint: zeroPoint)), .int8(elements))
    }

    @Test func aProductHasTheProductOfTheScales() throws {
        // (a − 1)·(b + 2)·(0.5·0.25 / 0.5): quarters of 8, 2, 6, −6 and 127·126.
        let a = bytes([5], [5, 2, 4, -2, -126], scale: 0.5, zeroPoint: 1)
        let b = bytes([5], [0, 0, 0, 0, -128], scale: 0.25, zeroPoint: -2)
        #expect(try compute(.multiplication, a, b, scale: 0.5, zeroPoint: 3) == [5, 3, 5, 1, 127])
    }

    @Test func operandsAreBroadcastAndBroughtToTheOutputsScale() throws {
        // 2·(a − 1) = −2, 0, 2, 4, 6, 8 and (b − 0)/2 = 1.5, −0.5, 4 in steps of 0.5.
        let a = bytes([2, 3], [0, 1, 2, 3, 4, 5], scale: 1, zeroPoint: 1)
        let b = bytes([3], [3, -1, 8], scale: 0.25, zeroPoint: 0)
        let wanted: [(Arithmetic.Kind, [Int8])] = [
            (.addition, [10, 10, 16, 16, 16, 22]), (.subtraction, [6, 10, 8, 12, 16, 14]),
            (.minimum, [8, 10, 12, 12, 10, 14]), (.maximum, [12, 10, 14, 14, 16, 18]),
        ]
        for (kind, integers) in wanted {
            #expect(try compute(kind, a, b, scale: 0.5, zeroPoint: 10) == integers, "\(kind)")
        }
        let difference = try compute(.subtraction, b, a, scale: 0.5, zeroPoint: 10)
        #expect(difference == [14, 10, 12, 8, 4, 6])
    }

    @Test func widthsMayDiffer() throws {
        let words = (
            TensorType(.int16, [2], quantization: Quantization(scale: 0x1p-8, zeroPoint: 0)),
            TensorData.int16([32767, -512])
        )
        let scale = bytes([], [3], scale: 0.5, zeroPoint: 1)
        #expect(try compute(.multiplication, scale, words, scale: 1, zeroPoint: 0) == [127, -2])
        #expect(try compute(.multiplication, scale, words, scale: 2, zeroPoint: 0) == [64, -1])
        let wide = try evaluate(Arithmetic(.multiplication), [words, scale], to: Quantization(scale: 1, zeroPoint: 0))
        #expect(wide.data == .int16([128, -2]))
    }

    @Test func whatIsNotDefinedIsRefused() {
        let a = bytes([1], [1], scale: 1, zeroPoint: 0)
        for kind in [Arithmetic.Kind.division, .power, .less] {
            #expect(throws: EdgeError.self) { try compute(kind, a, a, scale: 1, zeroPoint: 0) }
        }
        // Integers that are themselves have one type.
        #expect(throws: EdgeError.self) {
            try Arithmetic(.addition).outputTypes(of: [TensorType(.int8, [1]), TensorType(.int16, [1])])
        }
    }
}
