import EdgeFormat
import ModelGraph
import Quantization
import Testing

private func recipe(
    _ precision: QuantizationRecipe.Precision, _ ranges: QuantizationRecipe.WeightRangeMethod = .minMax
) -> QuantizationRecipe {
    var recipe = QuantizationRecipe()
    recipe.precision = precision
    recipe.weightRanges = ranges
    return recipe
}

/// A product with a row, weights of 2·3, and a sum with weights of one axis.
private func graph(_ weights: [Float], bias: [Float] = [1, 1, 70_000]) throws -> Graph {
    var graph = Graph(name: "product")
    let x = graph.addInput("x", TensorType(.float32, [1, 2]))
    let w = graph.addConstant("w", [2, 3], .float32(weights))
    let b = graph.addConstant("b", [3], .float32(bias))
    let y = try graph.add(MatrixProduct(), name: "product", inputs: [x, w])
    graph.outputs = [try graph.add(Arithmetic(.addition), name: "sum", inputs: [y, b])]
    return graph
}

@Test func weightsAreStoredAndBiasesStay() throws {
    let graph = try graph([1.0001, 2, 3, 4, 5, 6])
    for precision in [QuantizationRecipe.Precision.int8, .fp32] {
        #expect(try graph.storingWeights(recipe(precision)) == graph)
    }
    for (precision, element) in [(QuantizationRecipe.Precision.fp16, ModelElement.float16), (.bf16, .bfloat16)] {
        let stored = try graph.storingWeights(recipe(precision))
        #expect(stored.values[1].storage?.element == element)
        #expect(stored.values[1].constant == .float32([1, 2, 3, 4, 5, 6]))
        #expect(stored.values[2] == graph.values[2])
        try stored.validate()
    }
}

@Test func integersHaveAScaleAnOutputChannel() throws {
    let stored = try graph([127, 254, 1, 3, -2, 0.5]).storingWeights(recipe(.int8Weights))
    #expect(stored.values[1].storage == .int8(scales: [1, 2, 1 / Float(127)], axis: 1))
    #expect(stored.values[1].constant?.floats?.prefix(2) == [127, 254])
    #expect(stored.values[1].constant?.floats?[4] == -2)
}

@Test func aDepthwiseLayerHasAScaleAnOutputChannelToo() throws {
    var graph = Graph(name: "depthwise")
    let x = graph.addInput("x", TensorType(.float32, [1, 3, 3, 2]))
    let weights: [Float] = [127, 1, 2, 3, 4, 5, 6, 7, 8, 254, 0, 0, 0, 0, 0, 0, 0, 0]
    let w = graph.addConstant("w", [2, 3, 3, 1], .float32(weights))
    graph.outputs = [try graph.add(Convolution(groups: 2), name: "convolution", inputs: [x, w])]
    let stored = try graph.storingWeights(recipe(.int8Weights))
    #expect(stored.values[w].storage == .int8(scales: [1, 2], axis: 0))
    #expect(stored.values[w].constant == .float32(weights))
}

@Test func theRangeOfWeightsMayBeTheOneOfLeastError() throws {
    let weights = (0..<6).map { Float($0 % 3 == 0 ? 1 : $0 == 5 ? 1 : 0.0101) }
    let plain = try graph(weights).storingWeights(recipe(.int8Weights))
    let least = try graph(weights).storingWeights(recipe(.int8Weights, .leastSquares))
    func error(_ graph: Graph) -> Float {
        zip(graph.values[1].constant?.floats ?? [], weights).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    #expect(error(least) <= error(plain))
    #expect(recipe(.int8Weights, .leastSquares).flags() == "--precision int8-weights --weight-ranges mse")
    #expect(recipe(.bf16).flags() == "--precision bf16")
}

@Test func aWeightThatIsTooLargeIsNamed() throws {
    let large = try graph([1, 65_520, 3, 4, 5, 6])
    do throws(EdgeError) {
        _ = try large.storingWeights(recipe(.fp16))
        Issue.record("not refused")
    } catch {
        #expect(error.kind == .data)
        #expect(error.line.contains("'w'") && error.line.contains("65520.0") && error.line.contains("use bf16"))
    }
    #expect(try large.storingWeights(recipe(.bf16)).values[1].storage == .bfloat16)
    let largest = try graph([1, .greatestFiniteMagnitude, 3, 4, 5, 6])
    #expect(throws: EdgeError.self) { try largest.storingWeights(recipe(.bf16)) }
}

@Test func weightsThatAreNoNumbersStayThem() throws {
    let odd = try graph([1, .infinity, 3, .nan, 5, 6])
    for precision in [QuantizationRecipe.Precision.fp16, .bf16, .int8Weights] {
        let floats = try odd.storingWeights(recipe(precision)).values[1].constant?.floats ?? []
        #expect(floats[1] == .infinity && floats[3].isNaN, "\(precision)")
    }
    #expect(try odd.storingWeights(recipe(.int8Weights)).values[1].storage == nil)
}

@Test func whatIsReadOtherwiseTooStaysAsItIs() throws {
    var graph = try graph([1, 2, 3, 4, 5, 6])
    graph.outputs.append(try graph.add(Arithmetic(.addition), name: "other", inputs: [1, 2]))
    #expect(try graph.storingWeights(recipe(.fp16)) == graph)
}
