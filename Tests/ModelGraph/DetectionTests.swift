import EdgeFormat
import ModelGraph
import Testing

/// Interpolation along an axis, boxes that overlap, and the end of a detector.
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
        let steep = NonMaximumSuppression(limit: 1, overlapThreshold: 0.5, scoreThreshold: nil, sigma: -1)
        for operation in [negative, steep] {
            #expect(throws: EdgeError.self) {
                try operation.outputTypes(of: [TensorType(.float32, [1, 3, 4]), TensorType(.float32, [1, 1, 3])])
            }
        }
    }

    @Test func aStrictThresholdCountsItself() throws {
        // The second box is the upper half of the first: a share of just 0.5.
        let halves: [Float] = [0, 0, 1, 1, 0, 0, 0.5, 1, 5, 5, 6, 6]
        for isStrict in [false, true] {
            let operation = NonMaximumSuppression(
                limit: 9, overlapThreshold: 0.5, scoreThreshold: nil, isStrict: isStrict)
            let found = try run(operation, [([1, 3, 4], halves), ([1, 1, 3], [0.9, 0.8, 0.7])])
            #expect(found[1].longs == [isStrict ? 2 : 3])
        }
    }

    @Test func scoresFallByWhatBoxesShare() throws {
        // The first box shares 9/11 with the second: 0.8·exp(−(9/11)² / 2·0.5) = 0.4096.
        func found(above score: Float) throws -> [TensorData] {
            let operation = NonMaximumSuppression(
                limit: 9, overlapThreshold: 0.95, scoreThreshold: score, sigma: 0.5, givesScores: true)
            return try run(operation, [([1, 3, 4], boxes), ([1, 1, 3], [0.8, 0.9, 0.7])])
        }
        let all = try found(above: 0.1)
        #expect(all[0].longs == [0, 0, 1, 0, 0, 2, 0, 0, 0] && all[1].longs == [3])
        #expect(zip(all[2].floats ?? [], [0.9, 0.7, 0.40962]).allSatisfy { abs($0 - $1) < 1e-4 })
        let some = try found(above: 0.45)
        #expect(some[1].longs == [2] && some[2].floats == [0.9, 0.7, 0])
    }

    private func run(
        _ operation: some ModelGraph.Operation, _ inputs: [(shape: [Int], data: [Float])]
    ) throws -> [TensorData] {
        let types = inputs.map { TensorType(.float32, $0.shape) }
        let operands = zip(types, inputs).map { (type: $0, data: TensorData.float32($1.data)) }
        return try operation.evaluate(operands, outputs: operation.outputTypes(of: types))
    }
}

/// The end of a detector over three boxes: 0 … 1, the same moved by a tenth, and one far away.
@Suite struct DetectorTests {
    private let anchors: [Float] = [0.5, 0.5, 1, 1, 0.5, 0.6, 1, 1, 0.5, 2.5, 1, 1]
    /// Background, class 0, class 1.
    private let scores: [Float] = [0.9, 0.1, 0.8, 0, 0.85, 0.2, 0, 0.3, 0.3]

    private func detection(_ change: (inout Detection) -> Void = { _ in }) -> Detection {
        var detection = Detection(
            limit: 3, scoreThreshold: 0.25, overlapThreshold: 0.5, classes: 2,
            scales: Detection.Scales(y: 10, x: 10, height: 5, width: 5))
        change(&detection)
        return detection
    }

    private func types(_ shapes: [[Int]] = [[1, 3, 4], [1, 3, 3], [3, 4]]) -> [TensorType] {
        shapes.map { TensorType(.float32, $0) }
    }

    private func run(
        _ detection: Detection, encodings: [Float] = [Float](repeating: 0, count: 12), scores: [Float]? = nil
    ) throws -> [[Float]] {
        let data = [encodings, scores ?? self.scores, anchors].map { TensorData.float32($0) }
        let outputs = try detection.outputTypes(of: types())
        return try detection.evaluate(zip(types(), data).map { (type: $0, data: $1) }, outputs: outputs).map {
            try #require($0.floats)
        }
    }

    @Test func aBoxStandsForItsBestClass() throws {
        let found = try run(detection())
        #expect(found[1] == [0, 0, 0] && found[2] == [0.85, 0.3, 0] && found[3] == [2])
        let corners: [Float] = [0, 0.1, 1, 1.1, 0, 2, 1, 3, 0, 0, 0, 0]
        #expect(zip(found[0], corners).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    @Test func aBoxIsGivenWithSeveralClasses() throws {
        let found = try run(detection { ($0.limit, $0.classesPerBox) = (2, 2) })
        #expect(found[0].count == 16 && found[0][0..<4] == found[0][4..<8])
        #expect(found[1] == [0, 1, 0, 1] && found[2] == [0.85, 0.2, 0.3, 0.3] && found[3] == [2])
        // There are not three classes.
        let more = try run(detection { ($0.limit, $0.classesPerBox) = (2, 3) })
        #expect(more[1] == [0, 1, 0, 0, 1, 0] && more[2] == [0.85, 0.2, 0, 0.3, 0.3, 0] && more[3] == [2])
    }

    @Test func classesMayBeOnTheirOwn() throws {
        let found = try run(detection { $0.separatesClasses = true })
        // The last place goes to the first of two classes with the same score.
        #expect(found[1] == [0, 1, 0] && found[2] == [0.85, 0.8, 0.3] && found[3] == [3])
        let one = try run(detection { ($0.separatesClasses, $0.limitPerClass) = (true, 1) })
        #expect(one[1] == [0, 1, 0] && one[2] == [0.85, 0.8, 0] && one[3] == [2])
    }

    @Test func aScoreAtTheThresholdCountsAndANaNDoesNot() throws {
        #expect(try run(detection { $0.scoreThreshold = 0.3 })[3] == [2])
        #expect(try run(detection { $0.scoreThreshold = 0.31 })[3] == [1])
        #expect(try run(detection { $0.scoreThreshold = 0.9 }).allSatisfy { $0.allSatisfy { $0 == 0 } })
        for separates in [false, true] {
            let none = try run(
                detection { $0.separatesClasses = separates }, scores: [Float](repeating: .nan, count: 9))
            #expect(none[3] == [0])
        }
    }

    @Test func encodingsMoveAndStretchAnchors() throws {
        // Half of the anchor's height down, a tenth of its width to the left, twice as high, as wide.
        let found = try run(detection { $0.limit = 1 }, encodings: [0, 0, 0, 0, 5, -1, 3.465736, 0, 0, 0, 0, 0])
        #expect(zip(found[0], [0, 0, 2, 1]).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    @Test func whatMakesNoSenseIsRefused() {
        func refuse(_ words: String, _ shapes: [[Int]]? = nil, _ change: (inout Detection) -> Void = { _ in }) {
            let error = #expect(throws: EdgeError.self) {
                try detection(change).outputTypes(of: shapes.map(types) ?? types())
            }
            #expect(error?.sentence.contains(words) == true, "\(error?.line ?? "")")
        }
        refuse("0 boxes at most") { $0.limit = 0 }
        refuse("-1 classes a box") { $0.classesPerBox = -1 }
        refuse("0 boxes a class") { $0.limitPerClass = 0 }
        refuse("\(Int.max) classes") { $0.classes = .max }
        refuse("4 classes have as many") { $0.classes = 4 }
        refuse("1 classes have as many") { $0.classes = 1 }
        refuse("elements") { ($0.limit, $0.classesPerBox) = (65_536, 65_536) }
        for threshold in [Float(0), -1, 1.5, .nan] {
            refuse("overlap threshold") { $0.overlapThreshold = threshold }
        }
        refuse("score threshold") { $0.scoreThreshold = .nan }
        for scale in [Float(0), -10, .nan, .infinity] { refuse("a scale of boxes") { $0.scales.width = scale } }
        refuse("as boxes of", [[1, 3, 3], [1, 3, 3], [3, 4]])
        refuse("as boxes of", [[2, 3, 4], [2, 3, 3], [3, 4]])
        refuse("as boxes of", [[1, 3, 4], [1, 4, 3], [3, 4]])
        refuse("as anchors of 3", [[1, 3, 4], [1, 3, 3], [4, 4]])
    }
}
