import EdgeFormat
import Foundation
import ModelGraph
import Testing

/// One number of many, and products, which are sums.
@Suite struct ReductionTests {
    private let x = (TensorType(.float32, [2, 3]), TensorData.float32([1, -2, 3, 4, 5, -6]))

    @Test func everyKindOfReduction() throws {
        let wanted: [(Reduction.Kind, [Float], [Float])] = [
            (.sum, [5, 3, -3], [2, 3]), (.mean, [2.5, 1.5, -1.5], [2.0 / 3, 1]), (.maximum, [4, 5, 3], [3, 5]),
            (.minimum, [1, -2, -6], [-2, -6]), (.product, [4, -10, -18], [-6, -120]),
            (.sumOfSquares, [17, 29, 45], [14, 77]), (.sumOfMagnitudes, [5, 7, 9], [6, 15]),
        ]
        for (kind, columns, rows) in wanted {
            let down = try evaluate(Reduction(kind, axes: [0], keepsAxes: true), [x])
            #expect(down.type.shape == [1, 3] && down.data == .float32(columns), "\(kind)")
            let across = try evaluate(Reduction(kind, axes: [1], keepsAxes: false), [x])
            #expect(across.type.shape == [2] && across.data == .float32(rows), "\(kind)")
        }
    }

    @Test func integersWrapAndTheirMeanIsCut() throws {
        let bytes = (TensorType(.int8, [3]), TensorData.int8([100, 100, -1]))
        #expect(try evaluate(Reduction(.sum, axes: [0], keepsAxes: false), [bytes]).data == .int8([-57]))
        #expect(try evaluate(Reduction(.mean, axes: [0], keepsAxes: false), [bytes]).data == .int8([66]))
        let lowest = (TensorType(.int64, [1]), TensorData.int64([.min]))
        #expect(try evaluate(Reduction(.sumOfMagnitudes, axes: [0], keepsAxes: true), [lowest]).data == .int64([.min]))
    }

    @Test func aNaNStaysInEveryReduction() throws {
        let numbers = (TensorType(.float32, [3]), TensorData.float32([1, .nan, 3]))
        for kind in Reduction.Kind.allCases {
            let y = try evaluate(Reduction(kind, axes: [0], keepsAxes: true), [numbers]).data.floats
            #expect(y?.first?.isNaN == true, "\(kind)")
        }
    }

    /// Axis by axis, or all at once.
    @Test func theOrderOfAxesDoesNotMatter() throws {
        let data = (TensorType(.int32, [2, 3, 2, 2]), TensorData.int32((0..<24).map { $0 * $0 - 40 }))
        for kind in [Reduction.Kind.sum, .maximum, .minimum, .product] {
            let all = try evaluate(Reduction(kind, axes: [0, 2, 3], keepsAxes: true), [data])
            var parts = data
            for axis in [3, 0, 2] {
                let next = try evaluate(Reduction(kind, axes: [axis], keepsAxes: true), [parts])
                parts = (next.type, next.data)
            }
            #expect(parts.0.shape == [1, 3, 1, 1] && parts.1 == all.data, "\(kind)")
        }
        for axes in [[1, 0], [0, 0], [2], [-1]] {
            #expect(throws: EdgeError.self) { try Reduction(.sum, axes: axes, keepsAxes: true).outputTypes(of: [x.0]) }
        }
    }

    @Test func ofEqualElementsTheFirstOrTheLastIsFound() throws {
        let rows = (TensorType(.float32, [2, 4]), TensorData.float32([1, 7, 7, 0, -1, -1, -3, -3]))
        func find(_ kind: ArgumentReduction.Kind, last: Bool) throws -> TensorData {
            try evaluate(ArgumentReduction(kind, axis: 1, keepsAxis: false, selectsLast: last), [rows]).data
        }
        #expect(try find(.maximum, last: false) == .int64([1, 0]))
        #expect(try find(.maximum, last: true) == .int64([2, 1]))
        #expect(try find(.minimum, last: false) == .int64([3, 2]))
        #expect(try find(.minimum, last: true) == .int64([3, 3]))
        let columns = try evaluate(ArgumentReduction(.maximum, axis: 0, keepsAxis: true), [rows])
        #expect(columns.type.shape == [1, 4] && columns.data == .int64([0, 0, 0, 0]))
        #expect(throws: EdgeError.self) {
            try ArgumentReduction(.maximum, axis: 2, keepsAxis: true).outputTypes(of: [rows.0])
        }
    }

    @Test func theLargestComeInOrder() throws {
        let x = (TensorType(.int32, [2, 4]), TensorData.int32([3, 9, 3, 1, -5, -5, -5, 0]))
        func best(_ count: Int, largest: Bool) throws -> [TensorData] {
            let operation = TopK(count: count, largest: largest)
            let types = try operation.outputTypes(of: [x.0])
            #expect(types.map(\.shape) == [[2, count], [2, count]])
            return try operation.evaluate([(type: x.0, data: x.1)], outputs: types)
        }
        #expect(try best(3, largest: true) == [.int32([9, 3, 3, 0, -5, -5]), .int64([1, 0, 2, 3, 0, 1])])
        #expect(try best(2, largest: false) == [.int32([1, 3, -5, -5]), .int64([3, 0, 0, 1])])
        for count in [0, -1, 5, .max] {
            #expect(throws: EdgeError.self) { try TopK(count: count).outputTypes(of: [x.0]) }
        }
        #expect(throws: EdgeError.self) { try TopK(count: 1).outputTypes(of: [TensorType(.int32, [])]) }
    }

    @Test func productsOfMatrices() throws {
        let a = (TensorType(.float32, [2, 3]), TensorData.float32([1, 2, 3, 4, 5, 6]))
        let b = (TensorType(.float32, [3, 2]), TensorData.float32([1, 0, 0, 1, 2, 2]))
        #expect(try evaluate(MatrixProduct(), [a, b]).data == .float32([7, 8, 16, 17]))
        // Bytes are summed up in 32 bits.
        let bytes = (TensorType(.int8, [1, 2]), TensorData.int8([-128, 127]))
        let column = (TensorType(.int8, [2, 1]), TensorData.int8([-128, 127]))
        #expect(try evaluate(MatrixProduct(), [bytes, column]).data == .int32([32513]))
        for (left, right) in [([2, 3], [2, 3]), ([3], [3, 2]), ([2, 2, 3], [3, 3, 2])] {
            #expect(throws: EdgeError.self) {
                try MatrixProduct().outputTypes(of: [TensorType(.float32, left), TensorType(.float32, right)])
            }
        }
        #expect(throws: EdgeError.self) { try MatrixProduct().outputTypes(of: [a.0, TensorType(.int8, [3, 2])]) }
    }

    /// Each matrix of a batch as a product by itself; a single one serves all.
    @Test func productsOfBatches() throws {
        var random = SeededGenerator(seed: 3)
        let a = (
            TensorType(.int32, [2, 1, 2, 3]),
            TensorData.int32((0..<12).map { _ in .random(in: -9...9, using: &random) })
        )
        let b = (
            TensorType(.int32, [4, 3, 2]), TensorData.int32((0..<24).map { _ in .random(in: -9...9, using: &random) })
        )
        let all = try evaluate(MatrixProduct(), [a, b])
        #expect(all.type.shape == [2, 4, 2, 2])
        let (left, right) = (try #require(a.1.integers), try #require(b.1.integers))
        var parts: [Int32] = []
        for i in 0..<2 {
            for j in 0..<4 {
                parts += try #require(
                    evaluate(
                        MatrixProduct(),
                        [
                            (TensorType(.int32, [2, 3]), .int32(Array(left[i * 6..<i * 6 + 6]))),
                            (TensorType(.int32, [3, 2]), .int32(Array(right[j * 6..<j * 6 + 6]))),
                        ]
                    ).data.integers)
            }
        }
        #expect(all.data == .int32(parts))
    }

    @Test func logarithmsOfProbabilities() throws {
        let x = (TensorType(.float32, [2, 3]), TensorData.float32([0, 0, 0, 1000, 1000, -1000]))
        let y = try #require(evaluate(LogSoftmax(), [x]).data.floats)
        let wanted: [Float] = [-1.098612, -1.098612, -1.098612, -0.693147, -0.693147, -2000.693147]
        for (y, wanted) in zip(y, wanted) { #expect(abs(y - wanted) <= 1e-6 * abs(wanted)) }
        let probabilities = try #require(evaluate(Softmax(), [x]).data.floats)
        for (logarithm, probability) in zip(y, probabilities) { #expect(abs(exp(logarithm) - probability) <= 1e-6) }
        #expect(throws: EdgeError.self) { try LogSoftmax().outputTypes(of: [TensorType(.float32, [])]) }
    }
}
