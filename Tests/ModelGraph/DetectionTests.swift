import EdgeFormat
import ModelGraph
import Testing

/// Interpolation along an axis, and boxes that overlap.
@Suite struct DetectionTests {
    @Test func resultsAreCombinationsOfNeighbours() throws {
        let x = (TensorType(.float32, [2, 3]), TensorData.float32([0, 10, 20, 1, 2, 3]))
        let half = Resampling.Taps(first: 0, weights: [0.5, 0.5])
        let columns = Resampling(
            axis: 1, taps: [half, Resampling.Taps(first: 2, weights: [1]), Resampling.Taps(first: -1, weights: [])],
            fill: -7)
        let wide = try evaluate(columns, [x])
        #expect(wide.type.shape == [2, 3] && wide.data == .float32([5, 20, -7, 1.5, 3, -7]))
        let rows = try evaluate(Resampling(axis: 0, taps: [half]), [x])
        #expect(rows.type.shape == [1, 3] && rows.data == .float32([0.5, 6, 11.5]))
    }

    @Test func neighboursOutsideAreRefused() {
        func refuse(_ taps: [Resampling.Taps], axis: Int = 0) {
            #expect(throws: EdgeError.self) {
                try Resampling(axis: axis, taps: taps).outputTypes(of: [TensorType(.float32, [3])])
            }
        }
        refuse([Resampling.Taps(first: 2, weights: [1, 1])])
        refuse([Resampling.Taps(first: -2, weights: [1])])
        refuse([Resampling.Taps(first: 0, weights: [])])
        refuse([])
        refuse([Resampling.Taps(first: 0, weights: [1])], axis: 1)
    }

    /// Two boxes of which the second is the first moved by a tenth (9/11 of their union in common), and one far away.
    private let boxes: [Float] = [0, 0, 1, 1, 0, 0.1, 1, 1.1, 0, 2, 1, 3]

    private func kept(
        _ boxes: [Float], scores: [[Float]] = [[0.8, 0.9, 0.7]], limit: Int = 9, over share: Float = 0.5,
        above score: Float? = nil, format: NonMaximumSuppression.BoxFormat = .corners
    ) throws -> [[Int64]] {
        let operation = NonMaximumSuppression(
            limit: limit, overlapThreshold: share, scoreThreshold: score, format: format)
        let types = [TensorType(.float32, [1, 3, 4]), TensorType(.float32, [1, scores.count, 3])]
        let data = [TensorData.float32(boxes), .float32(scores.flatMap { $0 })]
        let outputs = try operation.outputTypes(of: types)
        let results = try operation.evaluate(zip(types, data).map { (type: $0, data: $1) }, outputs: outputs)
        let (rows, count) = (try #require(results[0].longs), Int(try #require(results[1].longs?.first)))
        #expect(rows.count == outputs[0].count && rows[(count * 3)...].allSatisfy { $0 == 0 })
        return (0..<count).map { Array(rows[$0 * 3..<$0 * 3 + 3]) }
    }

    @Test func theBestOfOverlappingBoxesStays() throws {
        #expect(try kept(boxes) == [[0, 0, 1], [0, 0, 2]])
        #expect(try kept(boxes, over: 0.85) == [[0, 0, 1], [0, 0, 0], [0, 0, 2]])
        #expect(try kept(boxes, limit: 1) == [[0, 0, 1]])
        #expect(try kept(boxes, limit: 0) == [])
        #expect(try kept(boxes, above: 0.7) == [[0, 0, 1]])
        #expect(try kept(boxes, above: 0.95) == [])
    }

    @Test func classesAreOnTheirOwnAndTiesKeepTheirOrder() throws {
        let scores: [[Float]] = [[0.8, 0.9, 0.7], [0.5, 0.5, 0.5]]
        #expect(try kept(boxes, scores: scores) == [[0, 0, 1], [0, 0, 2], [0, 1, 0], [0, 1, 2]])
    }

    @Test func cornersMayBeSwappedAndBoxesGivenByTheirCentre() throws {
        let swapped: [Float] = [1, 1, 0, 0, 1, 0.1, 0, 1.1, 0, 3, 1, 2]
        #expect(try kept(swapped) == kept(boxes))
        let centres: [Float] = [0.5, 0.5, 1, 1, 0.6, 0.5, 1, 1, 2.5, 0.5, 1, 1]
        #expect(try kept(centres, format: .centers) == kept(boxes))
    }

    @Test func boxesWithoutAreaOverlapNothing() throws {
        #expect(try kept([Float](repeating: 0, count: 12)).count == 3)
        #expect(try kept(boxes, scores: [[.nan, .nan, .nan]], above: 0).isEmpty)
    }

    @Test func boxesThatDoNotFitTheirScoresAreRefused() {
        let operation = NonMaximumSuppression(limit: 1, overlapThreshold: 0.5, scoreThreshold: nil)
        for (boxes, scores) in [
            ([1, 3, 5], [1, 1, 3]), ([1, 3, 4], [1, 1, 2]), ([2, 3, 4], [1, 1, 3]), ([3, 4], [1, 3]),
        ] {
            #expect(throws: EdgeError.self) {
                try operation.outputTypes(of: [TensorType(.float32, boxes), TensorType(.float32, scores)])
            }
        }
        let negative = NonMaximumSuppression(limit: -1, overlapThreshold: 0.5, scoreThreshold: nil)
        #expect(throws: EdgeError.self) {
            try negative.outputTypes(of: [TensorType(.float32, [1, 3, 4]), TensorType(.float32, [1, 1, 3])])
        }
    }
}
