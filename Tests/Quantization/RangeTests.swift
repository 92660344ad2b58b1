import EdgeFormat
import Foundation
import ModelGraph
import Quantization
import Testing

/// A graph of one function, or of none: what is given is the output.
private func graph(_ function: any UnaryOperation) throws(EdgeError) -> Graph {
    var graph = Graph(name: "g")
    let input = graph.addInput("input", TensorType(.float32, [1, 100]))
    graph.outputs = [try graph.add(function, name: "function", inputs: [input])]
    return graph
}

/// Calibrates on samples of a hundred numbers each; the range that 8 bits stand for.
private func byteRange(
    _ method: RangeMethod, _ numbers: [Float], of value: Graph.ValueID = 1, function: any UnaryOperation = ReLU()
) throws(EdgeError) -> ValueRange {
    var calibration = try Calibration(try graph(function), method: method)
    for start in stride(from: 0, to: numbers.count, by: 100) {
        try calibration.observe([.float32(Array(numbers[start..<start + 100]))], name: "sample")
    }
    return calibration.byteRanges[value] ?? ValueRange(minimum: .nan, maximum: .nan)
}

@Test(arguments: ["min-max", "moving-average", "percentile:99.9", "mse", "kl"])
func aMethodIsReadAsItIsWritten(_ text: String) {
    #expect(RangeMethod(text)?.text == text)
}

@Test(arguments: ["", "max", "percentile:", "percentile:nan", "percentile:101", "percentile:-1", "MSE"])
func otherMethodsAreNone(_ text: String) {
    #expect(RangeMethod(text) == nil)
}

@Test func thePercentileLeavesOutAsMuchOnBothSides() throws {
    // −1 … 1 evenly: without the outermost hundredth on each side −0.98 … 0.98. Sine: not read by the function alone.
    let numbers = (0..<10_000).map { Float($0) / 5000 - 1 }
    var graph = try graph(ReLU())
    graph.outputs.append(graph.inputs[0])
    var calibration = try Calibration(graph, method: .percentile(98))
    for start in stride(from: 0, to: 10_000, by: 100) {
        try calibration.observe([.float32(Array(numbers[start..<start + 100]))], name: "sample")
    }
    let range = try #require(calibration.byteRanges[graph.inputs[0]])
    #expect(abs(range.minimum + 0.98) < 0.002 && abs(range.maximum - 0.98) < 0.002)
}

@Test func theMovingAverageWeighsLaterSamplesMore() throws {
    let range = try byteRange(.movingAverage, [Float](repeating: 1, count: 100) + [Float](repeating: 2, count: 100))
    // (0.99·1 + 2) / 1.99
    #expect(abs(range.maximum - 2.99 / 1.99) < 1e-6)
}

@Test func divergenceCutsAFewFarNumbersAndKeepsAnEvenRange() throws {
    let even = (0..<20_000).map { Float($0) / 20_000 }
    #expect(try byteRange(.divergence, even).maximum > 0.95)
    // The sum of four is near a bell around 2; two numbers are at 40.
    var generator = SplitMix64(seed: 3)
    let bell = (0..<19_998).map { _ in
        var sum: Float = 0
        for _ in 0..<4 { sum += Float(UInt32(truncatingIfNeeded: generator.next() >> 32)) / 0x1p32 }
        return sum
    }
    let range = try byteRange(.divergence, bell + [40, 40])
    #expect(range.maximum < 10 && range.maximum > 2)
}

@Test(arguments: [RangeMethod.minMax, .leastSquares, .divergence])
func beforeASigmoidTheRangeIsChosenByItsResults(_ method: RangeMethod) throws {
    let numbers = (0..<10_000).map { Float($0 - 5000) / 125 }  // −40 … 40
    let range = try byteRange(method, numbers, of: 0, function: Sigmoid())
    #expect(range.maximum < 12 && range.maximum > 4 && range.minimum > -12 && range.minimum < -4)
    func error(_ range: ValueRange) -> Double {
        let quantization = Quantization(covering: range)
        return numbers.reduce(0) { sum, x in
            let difference = Double(Sigmoid()(quantization.dequantize(quantization.quantize(x))) - Sigmoid()(x))
            return sum + difference * difference
        }
    }
    // No symmetric range is better by more than its grid.
    let others = (1...40).map { error(ValueRange(minimum: -Float($0), maximum: Float($0))) }
    #expect(error(range) <= (others.min() ?? 0) * 1.05)
}

@Test func histogramsDoNotDependOnTheOrderOfMagnitudes() {
    let numbers: [Float] = [1e-9, -3e-5, 0.7, -0.70001, 0, 12, -1e6, 1e-9]
    var (up, down) = (ValueHistogram(), ValueHistogram())
    for number in numbers { up.add([number]) }
    down.add(numbers.reversed())
    #expect(up == down)
}

@Test(arguments: [ElementType.float32, .float16, .bool, .uint8, .int32, .int64])
func randomSamplesHaveTheTypeOfEachInput(_ element: ElementType) {
    var graph = Graph(name: "typed")
    _ = graph.addInput("input", TensorType(element, [2, 3]))
    let samples = RandomSamples.make(graph, count: 2)
    #expect(samples.count == 2)
    for sample in samples {
        #expect(sample.count == 1 && sample[0].elementType == element && sample[0].count == 6)
    }
}
