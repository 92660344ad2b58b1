import EdgeFormat
import ModelGraph
import Testing

/// Functions of two elements, selection and conversion.
@Suite struct ArithmeticTests {
    private func compute(_ kind: Arithmetic.Kind, _ a: TensorData, _ b: TensorData) throws -> TensorData {
        try evaluate(
            Arithmetic(kind),
            [(TensorType(a.elementType, [a.count]), a), (TensorType(b.elementType, [b.count]), b)]
        ).data
    }

    @Test func integersWrap() throws {
        #expect(try compute(.addition, .int8([127, -128]), .int8([1, -1])) == .int8([-128, 127]))
        #expect(try compute(.subtraction, .uint8([0, 5]), .uint8([1, 5])) == .uint8([255, 0]))
        #expect(try compute(.multiplication, .int32([1 << 30]), .int32([4])) == .int32([0]))
        #expect(try compute(.multiplication, .int64([.max]), .int64([2])) == .int64([-2]))
        #expect(try compute(.power, .int64([3, -2, 2, 7]), .int64([4, 3, 64, 0])) == .int64([81, -8, 0, 1]))
        #expect(
            try compute(.power, .int64([2, 1, -1, -1, 0]), .int64([-1, -9, -3, -2, -1])) == .int64([0, 1, -1, 1, 0]))
    }

    @Test func quotientsAreCutTowardsZeroAndOfZeroAreZero() throws {
        #expect(try compute(.division, .int32([7, -7, 7, -7]), .int32([2, 2, -2, -2])) == .int32([3, -3, -3, 3]))
        #expect(try compute(.division, .int32([5, -5]), .int32([0, 0])) == .int32([0, 0]))
        #expect(try compute(.modulo, .int32([5]), .int32([0])) == .int32([0]))
        #expect(try compute(.remainder, .int64([.min]), .int64([-1])) == .int64([0]))
        #expect(try compute(.division, .int64([.min]), .int64([-1])) == .int64([.min]))
        #expect(try compute(.division, .float32([1, -1]), .float32([0, 0])) == .float32([.infinity, -.infinity]))
    }

    @Test func moduloHasTheSignOfTheDivisorAndRemainderOfTheDividend() throws {
        let (a, b) = (TensorData.int32([7, -7, 7, -7]), TensorData.int32([3, 3, -3, -3]))
        #expect(try compute(.modulo, a, b) == .int32([1, 2, -2, -1]))
        #expect(try compute(.remainder, a, b) == .int32([1, -1, 1, -1]))
        let (x, y) = (TensorData.float32([5.5, -5.5]), TensorData.float32([2, 2]))
        #expect(try compute(.modulo, x, y) == .float32([1.5, 0.5]))
        #expect(try compute(.remainder, x, y) == .float32([1.5, -1.5]))
    }

    /// What division and modulo leave adds up to the dividend again.
    @Test func quotientAndRestMakeTheDividend() throws {
        let a = (-20...20).flatMap { a in [-7, -3, -1, 1, 2, 5].map { _ in Int32(a) } }
        let b = (-20...20).flatMap { _ in [-7, -3, -1, 1, 2, 5].map { Int32($0) } }
        let quotient = try compute(.division, .int32(a), .int32(b))
        let rest = try compute(.remainder, .int32(a), .int32(b))
        let product = try compute(.multiplication, quotient, .int32(b))
        #expect(try compute(.addition, product, rest) == .int32(a))
        let modulo = try #require(compute(.modulo, .int32(a), .int32(b)).integers)
        for (rest, divisor) in zip(modulo, b) { #expect(abs(rest) < abs(divisor) && rest * divisor >= 0) }
    }

    @Test func aNaNIsLargestAndSmallest() throws {
        for kind in [Arithmetic.Kind.maximum, .minimum] {
            let y = try #require(compute(kind, .float32([.nan, 1, 2]), .float32([1, .nan, 3])).floats)
            #expect(y[0].isNaN && y[1].isNaN && y[2] == (kind == .maximum ? 3 : 2))
        }
        #expect(try compute(.equal, .float32([.nan, 0]), .float32([.nan, -0.0])) == .bool([false, true]))
        #expect(try compute(.lessOrEqual, .float32([.nan, 2]), .float32([1, 2])) == .bool([false, true]))
    }

    @Test func bitsAndTruthValues() throws {
        let (a, b) = (TensorData.bool([true, true, false, false]), TensorData.bool([true, false, true, false]))
        #expect(try compute(.and, a, b) == .bool([true, false, false, false]))
        #expect(try compute(.or, a, b) == .bool([true, true, true, false]))
        #expect(try compute(.exclusiveOr, a, b) == .bool([false, true, true, false]))
        #expect(try compute(.and, .int16([0b1100]), .int16([0b1010])) == .int16([0b1000]))
        #expect(try compute(.shiftLeft, .uint8([1, 255, 1]), .uint8([3, 4, 200])) == .uint8([8, 240, 0]))
        #expect(try compute(.shiftRight, .uint16([256, 65535]), .uint16([8, 100])) == .uint16([1, 0]))
        let float = TensorType(.float32, [1])
        #expect(throws: EdgeError.self) { try Arithmetic(.and).outputTypes(of: [float, float]) }
        #expect(throws: EdgeError.self) { try Arithmetic(.addition).outputTypes(of: [float, TensorType(.int32, [1])]) }
    }

    @Test func slopesBelowZero() throws {
        let y = try compute(.rectification, .float32([-2, 0, 3]), .float32([0.5, 0.5, 0.5]))
        #expect(y == .float32([-1, 0, 3]))
    }

    /// Every pair of shapes against the rule written as an index formula.
    @Test func operandsAreBroadcast() throws {
        let shapes = [[], [1], [3], [2, 3], [2, 1], [1, 3], [4, 2, 3], [4, 1, 1], [1, 2, 1], [4, 1, 3]]
        for a in shapes {
            for b in shapes {
                let x = (0..<a.reduce(1, *)).map { Float($0) + 1 }
                let y = (0..<b.reduce(1, *)).map { 100 * Float($0) }
                let sum = try evaluate(
                    Arithmetic(.addition),
                    [(TensorType(.float32, a), .float32(x)), (TensorType(.float32, b), .float32(y))])
                #expect(sum.type.shape == target(a, b))
                let wanted = indices(of: target(a, b)).map { x[place($0, in: a)] + y[place($0, in: b)] }
                #expect(sum.data == .float32(wanted), "\(a) and \(b)")
            }
        }
        let error = #expect(throws: EdgeError.self) { try Broadcasting.shape([[2, 3], [2]]) }
        #expect(error?.sentence == "shapes 2x3 and 2 do not fit each other")
        #expect(throws: EdgeError.self) { try Broadcasting.shape([[1 << 20, 1], [1, 1 << 20]]) }
    }

    private func target(_ a: [Int], _ b: [Int]) -> [Int] {
        let rank = max(a.count, b.count)
        return (0..<rank).map { axis in
            [a, b].map { shape in axis < rank - shape.count ? 1 : shape[axis - rank + shape.count] }.max() ?? 1
        }
    }

    private func indices(of shape: [Int]) -> [[Int]] {
        shape.reduce([[]]) { all, size in all.flatMap { index in (0..<size).map { index + [$0] } } }
    }

    private func place(_ index: [Int], in shape: [Int]) -> Int {
        zip(index.suffix(shape.count), shape).reduce(0) { $0 * $1.1 + ($1.1 == 1 ? 0 : $1.0) }
    }

    @Test func aConditionSelects() throws {
        let condition = (TensorType(.bool, [2, 1]), TensorData.bool([true, false]))
        let (a, b) = (
            (TensorType(.int64, [3]), TensorData.int64([1, 2, 3])), (TensorType(.int64, []), TensorData.int64([9]))
        )
        let chosen = try evaluate(Selection(), [condition, a, b])
        #expect(chosen.type.shape == [2, 3] && chosen.data == .int64([1, 2, 3, 9, 9, 9]))
        #expect(throws: EdgeError.self) { try Selection().outputTypes(of: [a.0, a.0, a.0]) }
        #expect(throws: EdgeError.self) { try Selection().outputTypes(of: [condition.0, a.0, condition.0]) }
    }

    @Test func numbersChangeTheirType() throws {
        func convert(_ x: TensorData, to element: ElementType) throws -> TensorData {
            try evaluate(Conversion(to: element), [(TensorType(x.elementType, [x.count]), x)]).data
        }
        let reals = TensorData.float32([-1.9, 0.5, 300, .nan, -.infinity])
        #expect(try convert(reals, to: .int8) == .int8([-1, 0, 127, 0, -128]))
        #expect(try convert(reals, to: .uint8) == .uint8([0, 0, 255, 0, 0]))
        #expect(try convert(reals, to: .int64) == .int64([-1, 0, 300, 0, .min]))
        #expect(try convert(reals, to: .bool) == .bool([true, true, true, true, true]))
        #expect(try convert(.int32([300, -1]), to: .uint8) == .uint8([44, 255]))
        #expect(try convert(.bool([true, false]), to: .float32) == .float32([1, 0]))
        #expect(try convert(.float32([2049, 65520]), to: .float16) == .float16([2048, .infinity]))
        for element in ElementType.allCases {
            let x = TensorData(element, wholes: [0, 1, 1, 0])
            #expect(try convert(try convert(x, to: .float32), to: element) == x, "\(element)")
        }
    }
}
