import EdgeFormat
import ModelGraph
import Testing

/// Elements in other places.
@Suite struct MovementTests {
    private func ramp(_ shape: [Int]) -> (TensorType, TensorData) {
        (TensorType(.int32, shape), .int32((0..<shape.reduce(1, *)).map { Int32($0) }))
    }

    private func move(_ operation: Rearrangement, _ shape: [Int]) throws -> (shape: [Int], elements: [Int32]) {
        let moved = try evaluate(operation, [ramp(shape)])
        return (moved.type.shape, moved.data.integers ?? [])
    }

    @Test func axesAreTransposed() throws {
        let moved = try move(.transpose([2, 3], [1, 0]), [2, 3])
        #expect(moved.shape == [3, 2] && moved.elements == [0, 3, 1, 4, 2, 5])
    }

    @Test func aTranspositionAndItsInverseMoveNothing() throws {
        var random = SeededGenerator(seed: 4)
        for _ in 0..<50 {
            let shape = (0..<Int.random(in: 1...5, using: &random)).map { _ in Int.random(in: 1...4, using: &random) }
            let order = Array(shape.indices).shuffled(using: &random)
            let there = try evaluate(Rearrangement.transpose(shape, order), [ramp(shape)])
            let inverse = order.indices.map { axis in order.firstIndex(of: axis) ?? 0 }
            let back = try evaluate(Rearrangement.transpose(there.type.shape, inverse), [(there.type, there.data)])
            #expect(back.type.shape == shape && back.data == ramp(shape).1)
        }
    }

    @Test func slicesGoBothWays() throws {
        let rows = try move(.slice([3, 4], starts: [2, 0], steps: [-1, 2], counts: [2, 2]), [3, 4])
        #expect(rows.shape == [2, 2] && rows.elements == [8, 10, 4, 6])
        let beyond = Rearrangement.slice([3], starts: [2], steps: [1], counts: [2])
        let error = #expect(throws: EdgeError.self) { try beyond.outputTypes(of: [TensorType(.int32, [3])]) }
        #expect(error?.sentence == "slice reads element 3 of 3")
    }

    /// What a slice cuts off stands beside it again.
    @Test func thePartsOfASplitMakeTheWhole() throws {
        let whole = ramp([3, 5, 2])
        for axis in 0..<3 {
            for cut in 1..<whole.0.shape[axis] {
                var (starts, counts) = ([0, 0, 0], whole.0.shape)
                counts[axis] = cut
                let first = try evaluate(
                    Rearrangement.slice(whole.0.shape, starts: starts, steps: [1, 1, 1], counts: counts), [whole])
                (starts[axis], counts[axis]) = (cut, whole.0.shape[axis] - cut)
                let second = try evaluate(
                    Rearrangement.slice(whole.0.shape, starts: starts, steps: [1, 1, 1], counts: counts), [whole])
                let joined = try evaluate(
                    Concatenation(axis: axis), [(first.type, first.data), (second.type, second.data)])
                #expect(joined.type.shape == whole.0.shape && joined.data == whole.1)
            }
        }
    }

    @Test func everyPadMode() throws {
        func pad(_ mode: Rearrangement.PadMode, _ before: Int, _ after: Int) throws -> [Int32] {
            try move(.pad([3], before: [before], after: [after], mode: mode, fill: 9), [3]).elements
        }
        #expect(try pad(.constant, 2, 1) == [9, 9, 0, 1, 2, 9])
        #expect(try pad(.reflect, 2, 2) == [2, 1, 0, 1, 2, 1, 0])
        #expect(try pad(.reflect, 5, 0) == [1, 0, 1, 2, 1, 0, 1, 2])
        #expect(try pad(.symmetric, 2, 2) == [1, 0, 0, 1, 2, 2, 1])
        #expect(try pad(.edge, 2, 1) == [0, 0, 0, 1, 2, 2])
        #expect(try pad(.wrap, 2, 4) == [1, 2, 0, 1, 2, 0, 1, 2, 0])
        #expect(try pad(.constant, -1, 1) == [1, 2, 9])
        #expect(try pad(.constant, -1, -1) == [1])
        let one = try move(.pad([1], before: [2], after: [1], mode: .reflect), [1])
        #expect(one.elements == [0, 0, 0, 0])
    }

    @Test func aQuantizedFillIsTheQuantizedValue() throws {
        let quantization = Quantization(scale: 0.5, zeroPoint: -3)
        let x = (TensorType(.int8, [2], quantization: quantization), TensorData.int8([7, 8]))
        let operation = Rearrangement.pad([2], before: [1], after: [0], mode: .constant, fill: 2)
        #expect(try evaluate(operation, [x], to: quantization).data == .int8([1, 7, 8]))
    }

    @Test func expansionAndTiling() throws {
        let wide = try move(.expansion([2, 1], to: [2, 2, 3]), [2, 1])
        #expect(wide.shape == [2, 2, 3] && wide.elements == [0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1])
        let tiled = try move(.tiling([2, 2], repeats: [1, 2]), [2, 2])
        #expect(tiled.shape == [2, 4] && tiled.elements == [0, 1, 0, 1, 2, 3, 2, 3])
    }

    @Test func tablesOutsideTheInputAreRefused() {
        func refuse(_ sentence: String, _ tables: [[Int32]], of shape: [Int] = [2, 3]) {
            let operation = Rearrangement("move", of: shape, tables: tables)
            let error = #expect(throws: EdgeError.self) {
                try operation.outputTypes(of: [TensorType(.float32, [2, 3])])
            }
            #expect(error?.sentence == sentence)
        }
        refuse("move reads element 6 of 6", [[0, 3], [3]])
        refuse("a place before the first", [[0, -2], [0]])
        refuse("move is for 3x2, not float32 2x3", [[0]], of: [3, 2])
        refuse("shape 2x0 has a dimension below 1", [[0, 3], []])
    }

    @Test func aBatchMovesLikeASample() throws {
        let one = Rearrangement.transpose([1, 2, 3], [0, 2, 1])
        let three = one.batched(from: 1, to: 3)
        #expect(three == Rearrangement.transpose([3, 2, 3], [0, 2, 1]))
        // The first axis is moved away: nothing that another number of samples could mean.
        let other = Rearrangement.transpose([2, 3], [1, 0])
        #expect(other.batched(from: 2, to: 4) == other)
    }

    @Test func slicesByComputedIndices() throws {
        let table = ramp([3, 2])
        let indices = (TensorType(.int64, [2, 2]), TensorData.int64([0, -1, 2, 1]))
        let rows = try evaluate(Gather(axis: 0), [table, indices])
        #expect(rows.type.shape == [2, 2, 2] && rows.data == .int32([0, 1, 4, 5, 4, 5, 2, 3]))
        let columns = try evaluate(Gather(axis: 1), [table, (TensorType(.int32, []), .int32([1]))])
        #expect(columns.type.shape == [3] && columns.data == .int32([1, 3, 5]))
        // Outside the axis stands the nearest element.
        let far = (TensorType(.int64, [4]), TensorData.int64([.min, -4, 3, .max]))
        #expect(try evaluate(Gather(axis: 0), [ramp([3]), far]).data == .int32([0, 0, 2, 2]))
        #expect(throws: EdgeError.self) { try Gather(axis: 2).outputTypes(of: [table.0, indices.0]) }
        #expect(throws: EdgeError.self) { try Gather(axis: 0).outputTypes(of: [table.0, TensorType(.float32, [1])]) }
    }

    @Test func singleElementsByComputedIndices() throws {
        let indices = (TensorType(.int64, [2, 2]), TensorData.int64([0, -1, 1, 0]))
        let chosen = try evaluate(GatherElements(axis: 1), [ramp([2, 3]), indices])
        #expect(chosen.type.shape == [2, 2] && chosen.data == .int32([0, 2, 4, 3]))
        #expect(throws: EdgeError.self) {
            try GatherElements(axis: 1).outputTypes(of: [TensorType(.int32, [2, 3]), TensorType(.int64, [3, 1])])
        }
    }

    @Test func rowsOfIndices() throws {
        let data = ramp([2, 2, 2])
        let whole = (TensorType(.int64, [2, 3]), TensorData.int64([1, 0, 1, 0, 1, -2]))
        #expect(try evaluate(GatherND(), [data, whole]).data == .int32([5, 2]))
        let partial = (TensorType(.int64, [2, 1]), TensorData.int64([1, 0]))
        let slices = try evaluate(GatherND(), [data, partial])
        #expect(slices.type.shape == [2, 2, 2] && slices.data == .int32([4, 5, 6, 7, 0, 1, 2, 3]))
        let batched = try evaluate(GatherND(batchAxes: 1), [data, partial])
        #expect(batched.type.shape == [2, 2] && batched.data == .int32([2, 3, 4, 5]))
        for axes in [-1, 2, .max] {
            #expect(throws: EdgeError.self) { try GatherND(batchAxes: axes).outputTypes(of: [data.0, partial.0]) }
        }
        #expect(throws: EdgeError.self) { try GatherND().outputTypes(of: [data.0, TensorType(.int64, [1, 4])]) }
    }

    @Test func repeatedIndicesScatterInTheirOrder() throws {
        let zeros = (TensorType(.float32, [3]), TensorData.float32([1, 1, 1]))
        let indices = (TensorType(.int64, [3]), TensorData.int64([2, 0, 2]))
        let updates = (TensorType(.float32, [3]), TensorData.float32([5, 6, 7]))
        let wanted: [(ModelGraph.ScatterReduction, [Float])] = [
            (.none, [6, 1, 7]), (.addition, [7, 1, 13]), (.multiplication, [6, 1, 35]), (.maximum, [6, 1, 7]),
            (.minimum, [1, 1, 1]),
        ]
        for (reduction, elements) in wanted {
            let y = try evaluate(ScatterElements(axis: 0, reduction: reduction), [zeros, indices, updates])
            #expect(y.data == .float32(elements), "\(reduction)")
            let rows = (TensorType(.int64, [3, 1]), indices.1)
            #expect(try evaluate(ScatterND(reduction: reduction), [zeros, rows, updates]).data == .float32(elements))
        }
        let bytes = (TensorType(.int8, [1]), TensorData.int8([100]))
        let twice = [bytes, (TensorType(.int64, [1]), TensorData.int64([0])), bytes]
        #expect(try evaluate(ScatterElements(axis: 0, reduction: .addition), twice).data == .int8([-56]))
    }

    @Test func slicesAreScattered() throws {
        let indices = (TensorType(.int64, [1, 1]), TensorData.int64([-1]))
        let updates = (TensorType(.int32, [1, 2]), TensorData.int32([70, 80]))
        #expect(try evaluate(ScatterND(), [ramp([2, 2]), indices, updates]).data == .int32([0, 1, 70, 80]))
        let error = #expect(throws: EdgeError.self) {
            try ScatterND().outputTypes(of: [TensorType(.int32, [2, 2]), indices.0, TensorType(.int32, [2])])
        }
        #expect(error?.sentence == "updates are int32 2 for indices int64 1x1")
    }

    /// Gathering what was scattered to other places gives the updates.
    @Test func gatheringUndoesScattering() throws {
        var random = SeededGenerator(seed: 9)
        for _ in 0..<20 {
            let size = Int.random(in: 2...9, using: &random)
            let places = Array((0..<size).shuffled(using: &random).prefix(3)).map { Int64($0) }
            let indices = (TensorType(.int64, [places.count]), TensorData.int64(places))
            let updates = TensorData.int32(places.indices.map { Int32(100 + $0) })
            let scattered = try evaluate(
                ScatterElements(axis: 0), [ramp([size]), indices, (TensorType(.int32, [places.count]), updates)])
            #expect(try evaluate(GatherElements(axis: 0), [(scattered.type, scattered.data), indices]).data == updates)
        }
    }
}
