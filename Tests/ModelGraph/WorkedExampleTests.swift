import ModelGraph
import Testing

/// The course's worked maps: exact in float and as int8 by int8 sums.
@Suite struct WorkedExampleTests {
    /// Compares one output channel, written as a matrix, with both results.
    private func expect(
        _ maps: [String], _ kernels: [[String]], strides: Extent = .one, padding: Padding = .none, gives: [String]
    ) throws {
        let result = try correlate(maps, kernels, strides: strides, padding: padding)
        for (channel, text) in gives.enumerated() {
            let wanted = matrix(text)
            #expect(result.shape == [1, wanted.rows, wanted.columns, kernels.count])
            let indices = stride(from: channel, to: result.sums.count, by: kernels.count)
            #expect(indices.map { result.sums[$0] } == wanted.elements)
            #expect(indices.map { Float(result.integers[$0]) } == wanted.elements)
        }
    }

    @Test func outputSizes() throws {
        // n, k, total padding, stride, size.
        for (n, k, p, s, size) in [
            (3, 2, 2, 3, 2), (224, 11, 2, 4, 54), (224, 7, 6, 2, 112), (112, 3, 2, 2, 56), (54, 3, 0, 2, 26),
        ] {
            let window = Window(
                size: Extent(k, k), strides: Extent(s, s),
                padding: Padding(top: p / 2, left: p / 2, bottom: p - p / 2, right: p - p / 2))
            #expect(try window.places(height: n, width: n) == Extent(size, size))
        }
    }

    @Test func twoChannelsWithOneKernel() throws {
        let kernel = "0 0 0;0 1 0;0 0 0"
        try expect(
            [
                "1 3 3 3 3 1;1 3 3 3 3 1;1 4 4 3 3 1;1 4 3 3 1 0;1 3 3 1 2 0;1 2 1 2 1 1",
                "1 1 1 2 1 0;1 2 2 2 2 1;1 2 2 1 1 1;1 2 3 1 1 0;1 1 1 3 0 0;0 1 0 0 2 0",
            ], [[kernel, kernel]], gives: ["5 5 5 5;6 6 4 4;6 6 4 2;4 4 4 2"])
    }

    @Test func crossOnABinaryPicture() throws {
        try expect(
            ["1 1 1 0 0;0 1 1 1 0;0 0 1 1 1;0 0 1 1 0;0 1 1 0 0"], [["1 0 1;0 1 0;1 0 1"]],
            gives: ["4 3 4;2 4 3;2 3 4"])
    }

    @Test func sharpening() throws {
        let picture = "0 1 1 0 0;0 1 1 0 0;1 0 0 1 1;0 1 1 0 1;1 1 1 1 1"
        let kernel = "0 -1 0;-1 5 -1;0 -1 0"
        try expect([picture], [[kernel]], gives: ["3 3 -2;-3 -3 4;3 3 -4"])
        try expect(
            [picture], [[kernel]], padding: Padding(1),
            gives: ["-1 3 3 -1 0;-2 3 3 -2 -1;5 -3 -3 4 3;-3 3 3 -4 3;4 2 2 3 3"])
    }

    private let diagonal = "1 0 0 0 0 1;0 1 0 0 1 0;0 0 1 1 0 0;1 0 0 0 1 0;0 1 0 0 1 0;0 0 1 0 1 0"

    @Test func twoFiltersAndTheirPools() throws {
        let filters = [["1 -1 -1;-1 1 -1;-1 -1 1"], ["-1 1 -1;-1 1 -1;-1 1 -1"]]
        try expect(
            [diagonal], filters,
            gives: ["3 -1 -3 -1;-3 1 0 -3;-3 -3 0 1;3 -2 -2 -1", "-1 -1 -1 -1;-1 -1 -2 1;-1 -1 -2 1;-1 0 -4 3"])
        try expect([diagonal], filters, strides: Extent(2, 2), gives: ["3 -3;-3 0", "-1 -1;-1 -2"])
        let maps = try correlate([diagonal], filters)
        let input = (TensorType(.float32, maps.shape), TensorData.float32(maps.sums))
        let largest = try evaluate(MaxPool(window: Extent(2, 2), strides: Extent(2, 2)), [input])
        #expect(largest.data == .float32([3, -1, 0, 1, 3, 0, 1, 3]))
        let mean = try evaluate(AveragePool(window: Extent(2, 2), strides: Extent(2, 2)), [input])
        #expect(mean.data == .float32([0, -1, -1.75, -0.75, -1.25, -0.75, -0.5, -0.5]))
    }

    @Test func crossCorrelationIsNotStrictConvolution() throws {
        let picture = "1 0 0 0 0 1;0 2 0 0 1 0;0 0 3 1 0 0;1 0 0 0 1 0;0 1 0 0 1 0;0 0 1 0 1 0"
        try expect(
            [picture], [["1 -1 -1;-1 2 -1;-1 -1 3"]], gives: ["14 -2 -5 0;-6 7 1 -3;-5 -5 4 2;6 -2 0 0"])
        try expect(
            [picture], [["3 -1 -1;-1 2 -1;-1 -1 1"]], gives: ["10 -4 -5 0;-6 11 -1 -3;-5 -5 8 4;6 -2 -2 0"])
    }

    @Test func paddingAndUnequalStrides() throws {
        let (x, k) = ("0 1 2;3 4 5;6 7 8", "0 1;2 3")
        try expect([x], [[k]], gives: ["19 25;37 43"])
        try expect([x], [[k]], padding: Padding(1), gives: ["0 3 8 4;9 19 25 10;21 37 43 16;6 7 8 0"])
        try expect([x], [[k]], strides: Extent(3, 2), padding: Padding(1), gives: ["0 8;6 8"])
    }

    @Test func severalChannelsInAndOut() throws {
        let maps = ["0 1 2;3 4 5;6 7 8", "1 2 3;4 5 6;7 8 9"]
        try expect(
            maps, [["0 1;2 3", "1 2;3 4"], ["1 2;3 4", "2 3;4 5"], ["2 3;4 5", "3 4;5 6"]],
            gives: ["56 72;104 120", "76 100;148 172", "96 128;192 224"])
    }

    @Test func edges() throws {
        let picture = Array(repeating: "1 1 0 0 0 0 1 1", count: 6).joined(separator: ";")
        try expect([picture], [["1 -1"]], gives: [Array(repeating: "0 1 0 0 0 -1 0", count: 6).joined(separator: ";")])
        try expect([picture], [["1;-1"]], gives: [Array(repeating: "0 0 0 0 0 0 0 0", count: 5).joined(separator: ";")])
    }

    @Test func pools() throws {
        func pool(_ text: String, stride: Int, largest: String, mean: String) throws {
            let x = matrix(text)
            let input = (TensorType(.float32, [1, x.rows, x.columns, 1]), TensorData.float32(x.elements))
            let (window, strides) = (Extent(2, 2), Extent(stride, stride))
            #expect(
                try evaluate(MaxPool(window: window, strides: strides), [input]).data
                    == .float32(matrix(largest).elements))
            #expect(
                try evaluate(AveragePool(window: window, strides: strides), [input]).data
                    == .float32(matrix(mean).elements))
        }
        try pool("0 1 2;3 4 5;6 7 8", stride: 1, largest: "4 5;7 8", mean: "2 3;5 6")
        try pool("1 1 2 4;5 6 7 8;3 2 1 0;1 2 3 4", stride: 2, largest: "6 8;3 4", mean: "3.25 5.25;2 2")
    }
}
