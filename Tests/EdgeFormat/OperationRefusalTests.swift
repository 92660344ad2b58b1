import EdgeFormat
import TestSupport
import Testing

/// Why the reader refuses a handmade file, or nil.
private func refusal(_ build: (inout HandmadeModel) -> Void) -> String? {
    var model = HandmadeModel()
    build(&model)
    return refusal(of: model.file)
}

/// One operation between activations of these types and shapes, the last one the output.
private func refusal(
    _ kind: OperationKind, _ ends: [(ModelElement, [Int])], parameters: [Int] = [],
    change: (inout HandmadeModel) -> Void = { _ in }
) -> String? {
    refusal { model in
        let tensors = ends.enumerated().map { index, end in
            model.activation(end.0, index == ends.count - 1 ? .output : .input, end.1)
        }
        model.operation(kind, Array(tensors.dropLast()), tensors[tensors.count - 1], parameters)
        model.graph(inputs: Array(tensors.dropLast()), outputs: [tensors[tensors.count - 1]])
        change(&model)
    }
}

private let picture = [2, 4, 4, 6]

private func convolution(
    addend: (ModelElement, [Int])? = nil, kind: OperationKind = .convolutionAddition, output: [Int] = [2, 4, 4, 3],
    change: (inout HandmadeModel) -> Void = { _ in }
) -> String? {
    refusal { model in
        let input = model.activation(.int16, .input, picture)
        let weights = model.constant([Int8](repeating: 1, count: 18), [3, 1, 1, 6])
        let bias = model.constant([Int32](arrayLiteral: 1, 2, 3))
        var operands = [input, weights, bias]
        if let addend { operands.append(model.activation(addend.0, .input, addend.1)) }
        let result = model.activation(.int8, .output, output)
        let parameters = ConvolutionParameters(
            strideY: 1, strideX: 1, padding: Border(), dilationY: 1, dilationX: 1)
        model.operation(kind, operands, result, parameters.stored)
        model.graph(inputs: [input], outputs: [result])
        change(&model)
    }
}

@Test func anAddendIsAPictureLikeTheOutputOrOneRowAPicture() {
    for shape in [[2, 4, 4, 3], [2, 3]] {
        for type in [ModelElement.int8, .int16] { #expect(convolution(addend: (type, shape)) == nil) }
    }
    for shape in [[1, 3], [3], [2, 4, 4, 1], [1, 4, 4, 3], [2, 6]] {
        #expect(convolution(addend: (.int8, shape))?.contains("addend that is neither") == true)
    }
    #expect(convolution(addend: (.int32, [2]))?.contains("int8 and int16 alone") == true)
    #expect(convolution()?.contains("3 inputs and 1 outputs; 4 and 1") == true)
    #expect(convolution(addend: (.int8, [2, 3]), kind: .convolution)?.contains("plain upper bounds") == true)
    let overlapping = convolution(addend: (.int8, [2, 4, 4, 3])) { model in
        model.contents.tensors[4].home = model.contents.tensors[3].home
    }
    #expect(overlapping?.contains("writes over") == true)
}

@Test func groupsDivideTheChannelsOnBothSides() {
    func grouped(_ groups: Int, depth: Int, outputs: Int = 12) -> String? {
        refusal { model in
            let input = model.activation(.int8, .input, [1, 4, 4, 6])
            let weights = model.constant([Int8](repeating: 1, count: outputs * depth), [outputs, 1, 1, depth])
            let bias = model.constant([Int32](repeating: 0, count: outputs))
            let output = model.activation(.int8, .output, [1, 4, 4, outputs])
            let parameters = ConvolutionParameters(
                strideY: 1, strideX: 1, padding: Border(), dilationY: 1, dilationX: 1, groups: groups)
            model.operation(.convolution, [input, weights, bias], output, parameters.stored)
            model.graph(inputs: [input], outputs: [output])
        }
    }
    for (groups, depth) in [(1, 6), (2, 3), (3, 2), (6, 1)] { #expect(grouped(groups, depth: depth) == nil) }
    for groups in [0, -1, 4, 7, 12, Int(Int32.max), Int(Int32.min)] {
        #expect(grouped(groups, depth: 1)?.contains("\(groups) groups, which do not divide") == true)
    }
    #expect(grouped(6, depth: 1, outputs: 9)?.contains("do not divide") == true)
    for (groups, depth) in [(1, 1), (2, 6), (3, 3), (6, 6)] {
        #expect(grouped(groups, depth: depth)?.contains("channels of a group") == true)
    }
}

/// A layer with these upper bounds behind its other operands.
private func bounded(
    _ kind: OperationKind = .convolution, _ element: ModelElement = .int8, bounds: [Int] = [-3, 0, 90],
    change: (inout HandmadeModel) -> Void = { _ in }
) -> String? {
    refusal { model in
        let shape = kind == .dense ? [2, 3] : [2, 1, 1, 3]
        let input = model.activation(.int8, .input, shape)
        let weights = model.constant([Int8](repeating: 1, count: 9), kind == .dense ? [3, 3] : [3, 1, 1, 3])
        var operands = [input, weights, model.constant([1, 2, 3] as [Int32])]
        if kind == .convolutionAddition { operands.append(model.activation(.int8, .input, shape)) }
        operands.append(
            element == .int8
                ? model.constant(bounds.map { Int8($0) }, [bounds.count], scales: [])
                : model.constant(bounds.map { Int16($0) }, [bounds.count], scale: nil))
        let output = model.activation(element, .output, shape, bounds: -3...90)
        let parameters = ConvolutionParameters(
            strideY: 1, strideX: 1, padding: Border(), dilationY: 1, dilationX: 1)
        model.operation(kind, operands, output, kind == .dense ? [] : parameters.stored)
        model.graph(inputs: [input], outputs: [output])
        change(&model)
    }
}

@Test(arguments: [OperationKind.convolution, .dense, .convolutionAddition])
func upperBoundsAreOneAChannelWithinTheOutputs(_ kind: OperationKind) {
    for element in [ModelElement.int8, .int16] {
        #expect(bounded(kind, element) == nil)
        for bounds in [[-4, 0, 90], [0, 91, 0], [0, 0, -128], [127, 1, 1]] {
            #expect(bounded(kind, element, bounds: bounds)?.contains("beyond its output's bounds") == true)
        }
        for bounds in [[0], [1, 2], [1, 2, 3, 4]] {
            #expect(bounded(kind, element, bounds: bounds)?.contains("each of its 3 channels") == true)
        }
    }
    #expect(bounded(kind, .int16, bounds: [32_767, 0, 0])?.contains("upper bound of 32767") == true)
    let place = kind == .convolutionAddition ? 4 : 3
    let changes: [(inout HandmadeModel) -> Void] = [
        { $0.contents.tensors[place].element = .uint8 },
        { $0.contents.tensors[place].scales = [1] },
        { $0.contents.tensors[place].shape = [1, 3] },
        { $0.contents.operations[0].inputs[place] = 0 },
        { $0.contents.operations[0].inputs[place] = 1 },
    ]
    for change in changes { #expect(bounded(kind, change: change)?.contains("plain upper bounds") == true) }
    #expect(bounded(kind) { $0.contents.operations[0].inputs.append(2) }?.contains("inputs and 1 outputs") == true)
    #expect(bounded(kind) { $0.contents.tensors[place].home = .weights(1 << 20) }?.contains("outside section") == true)
    #expect(bounded(kind) { $0.contents.tensors[place].home = .arena(0) }?.contains("cannot lie in") == true)
    // As many bytes as 8 bits have, at the section's end.
    #expect(bounded(kind, .int16) { $0.contents.weights.removeLast(3) }?.contains("outside section") == true)
}

@Test func aConvolutionKeepsTheNumberOfPictures() {
    #expect(convolution(kind: .convolution) == nil)
    #expect(convolution(kind: .convolution, output: [1, 4, 4, 3])?.contains("output shape") == true)
}

private func normalization(
    _ parameters: GroupNormalizationParameters = GroupNormalizationParameters(groups: 3, epsilon: 1e-5),
    input: (ModelElement, [Int]) = (.int16, picture), output: ModelElement = .int8, gamma: [Float]? = nil,
    table: Int = 0
) -> String? {
    refusal { model in
        let x = model.activation(input.0, .input, input.1)
        let factors = model.constant(gamma ?? [Float](repeating: 1, count: input.1[3]))
        let offsets = model.constant([Float](repeating: 0, count: input.1[3]))
        let y = model.activation(output, .output, input.1)
        model.contents.tables = [UInt8](repeating: 1, count: table)
        model.operation(.groupNormalization, [x, factors, offsets], y, parameters.stored)
        model.graph(inputs: [x], outputs: [y])
    }
}

@Test func aGroupNormHasGroupsThatDivideAndNumbersThatAreNone() {
    #expect(normalization() == nil)
    #expect(normalization(output: .int16) == nil)
    for groups in [0, -1, 4, 7] {
        let refused = normalization(GroupNormalizationParameters(groups: groups, epsilon: 1))
        #expect(refused?.contains("do not divide its 6 channels") == true)
    }
    for epsilon in [0, -1, .infinity, .nan] as [Float] {
        let refused = normalization(GroupNormalizationParameters(groups: 1, epsilon: epsilon))
        #expect(refused?.contains("epsilon") == true)
    }
    for value in [Float.infinity, -.infinity, .nan] {
        #expect(normalization(gamma: [1, 1, 1, 1, 1, value])?.contains("no number") == true)
    }
    #expect(normalization(gamma: [1, 1, 1])?.contains("one float32 for each of its 6 channels") == true)
    #expect(normalization(input: (.int8, [1, 256, 256, 3])) == nil)
    #expect(normalization(input: (.int8, [1, 257, 256, 3]))?.contains("65792 values in a group") == true)
}

@Test func aGroupNormWithAFunctionGivesEightBitsByATableOfItsOwn() {
    func function(_ scale: Float, at offset: Int? = 3) -> GroupNormalizationParameters {
        GroupNormalizationParameters(groups: 3, epsilon: 1, tableOffset: offset, activationScale: scale)
    }
    #expect(normalization(function(0.1), table: 4099) == nil)
    #expect(normalization(function(0.1), table: 4098)?.contains("outside section tables") == true)
    #expect(normalization(function(0.1, at: -2), table: 9000)?.contains("outside section tables") == true)
    #expect(normalization(function(0.1), output: .int16, table: 4099)?.contains("int8 alone") == true)
    for scale in [0, -1, .infinity, .nan] as [Float] {
        #expect(normalization(function(scale), table: 4099)?.contains("scale of its function") == true)
    }
}

@Test func anInterpolatedTableTakesSixteenBitsWithoutABorder() {
    func check(_ ends: [(ModelElement, [Int])], offset: Int = 4, bytes: Int = 2054) -> String? {
        refusal(.interpolatedTable, ends, parameters: [offset]) { model in
            model.contents.tables = [UInt8](repeating: 1, count: bytes)
        }
    }
    let ends: [(ModelElement, [Int])] = [(.int16, [2, 8]), (.int16, [2, 8])]
    #expect(check(ends) == nil)
    #expect(check(ends, bytes: 2053)?.contains("outside section tables") == true)
    #expect(check(ends, offset: 2, bytes: 9000)?.contains("outside section tables") == true)
    #expect(check([(.int8, [2, 8]), (.int16, [2, 8])])?.contains("int16 alone") == true)
    #expect(check([(.int16, [2, 8]), (.int16, [8, 2])])?.contains("changes the shape") == true)
    let bordered = refusal(.interpolatedTable, [(.int16, picture), (.int16, picture)], parameters: [0]) { model in
        model.contents.tables = [UInt8](repeating: 1, count: 2050)
        model.contents.tensors[1].border.bottom = 1
    }
    #expect(bordered?.contains("border") == true)
}

@Test func movesKeepTypeScaleAndZeroPoint() {
    let up = UpsamplingParameters(factorY: 2, factorX: 3).stored
    let ends: [(ModelElement, [Int])] = [(.int8, picture), (.int8, [2, 8, 12, 6])]
    #expect(refusal(.upsampling, ends, parameters: up) == nil)
    #expect(refusal(.upsampling, ends, parameters: [3, 2])?.contains("output shape") == true)
    for factors in [[0, 3], [2, 17], [-1, 1]] {
        #expect(refusal(.upsampling, ends, parameters: factors)?.contains("1 … 16") == true)
    }
    for change in [
        { $0.contents.tensors[1].scales = [2] }, { $0.contents.tensors[1].zeroPoint = 1 },
    ] as [(inout HandmadeModel) -> Void] {
        #expect(refusal(.upsampling, ends, parameters: up, change: change)?.contains("same type, scale") == true)
    }
    #expect(refusal(.upsampling, [ends[0], (.int16, [2, 8, 12, 6])], parameters: up)?.contains("same type") == true)
}

@Test func aConcatenationHasTwoToEightPicturesOfOneSize() {
    let whole: (Int) -> [(ModelElement, [Int])] = { count in
        [(ModelElement, [Int])](repeating: (.int16, picture), count: count) + [(.int16, [2, 4, 4, 6 * count])]
    }
    for count in [2, 8] { #expect(refusal(.concatenation, whole(count)) == nil) }
    #expect(refusal(.concatenation, whole(1))?.contains("2 … 8 can be") == true)
    #expect(
        refusal(.concatenation, [(.int8, picture), (.int8, [2, 4, 3, 6]), (.int8, [2, 4, 4, 12])])?
            .contains("same size") == true)
    #expect(
        refusal(.concatenation, [(.int8, picture), (.int16, picture), (.int8, [2, 4, 4, 12])])?
            .contains("same type") == true)
    #expect(
        refusal(.concatenation, [(.int8, picture), (.int8, picture), (.int8, [2, 4, 4, 11])])?
            .contains("its inputs have 12") == true)
}

@Test func additionAndRescalingKeepTheShape() {
    #expect(refusal(.addition, [(.int8, picture), (.int16, picture), (.int16, picture)]) == nil)
    #expect(refusal(.addition, [(.int8, [6]), (.int8, [6]), (.int8, [3, 2])])?.contains("one shape") == true)
    #expect(refusal(.addition, [(.int32, [6]), (.int8, [6]), (.int8, [6])])?.contains("int8 and int16") == true)
    #expect(refusal(.rescale, [(.int8, picture), (.int16, picture)]) == nil)
    #expect(refusal(.rescale, [(.int8, [6]), (.int16, [3, 2])])?.contains("changes the shape") == true)
    #expect(refusal(.rescale, [(.int32, [6]), (.int16, [6])])?.contains("int8 and int16") == true)
}

@Test(arguments: [OperationKind.averagePool, .maxPool, .table, .softmax])
func theOlderKindsComputeWithEightBits(_ kind: OperationKind) {
    let refused = refusal(kind, [(.int16, [1, 1, 1, 4]), (.int16, [1, 1, 1, 4])], parameters: [1, 1, 1, 1]) { model in
        model.contents.tables = [UInt8](repeating: 0, count: 1024)
    }
    #expect(refused?.contains("int8 alone") == true)
}

private func embedding(
    rows: [Int16] = [1, 2, 3, 4, 5, 6], bounds: ClosedRange<Int> = 0...2, output: [Int] = [4, 2],
    scale: Float = 1, element: ModelElement = .int16
) -> String? {
    refusal { model in
        let indices = model.activation(.int32, .input, [4], bounds: bounds)
        let table = model.constant(rows, [3, 2], scale: scale)
        let result = model.activation(element, .output, output)
        model.operation(.embedding, [indices, table], result)
        model.graph(inputs: [indices], outputs: [result])
    }
}

@Test func anEmbeddingHasARowForEveryIndex() {
    #expect(embedding() == nil)
    #expect(embedding(bounds: 0...3)?.contains("3 rows for indices up to 3") == true)
    #expect(embedding(bounds: 0...70_000)?.contains("needs int32 indices") == true)
    #expect(embedding(bounds: -1...2)?.contains("needs int32 indices") == true)
    #expect(embedding(rows: [1, 2, 3, .min, 5, 6])?.contains("-32768") == true)
    #expect(embedding(output: [2, 4])?.contains("output shape") == true)
    #expect(embedding(scale: 2)?.contains("same type, scale") == true)
    #expect(embedding(element: .int8)?.contains("gives int16") == true)
}

private func time(
    output: [Int] = [3, 4], scale: Float = 0x1p-15, entries: Int = 2 + 1025, largest: Int32 = 1 << 30, offset: Int = 0
) -> String? {
    refusal { model in
        let steps = model.activation(.int32, .input, [3])
        let result = model.activation(.int16, .output, output, scale: scale)
        _ = model.table([Int32.max, .min] + [Int32](repeating: largest, count: entries - 2))
        model.operation(.timeEmbedding, [steps], result, [offset])
        model.graph(inputs: [steps], outputs: [result])
    }
}

@Test func aTimeEmbeddingHasAnEvenWidthAndASine() {
    #expect(time() == nil)
    #expect(time(output: [3, 5])?.contains("even number") == true)
    #expect(time(output: [2, 6])?.contains("even number") == true)
    #expect(time(output: [3, 4098], entries: 9000)?.contains("even number") == true)
    #expect(time(scale: 0x1p-14)?.contains("scale 2^-15") == true)
    #expect(time(entries: 2 + 1024)?.contains("outside section tables") == true)
    #expect(time(entries: 4000, offset: 2)?.contains("outside section tables") == true)
    #expect(time(largest: (1 << 30) + 1)?.contains("no sine") == true)
}

@Test func activationsOfSixteenBitsHaveNoZeroPoint() {
    func check(_ change: @escaping (inout ModelTensor) -> Void) -> String? {
        refusal(.rescale, [(.int16, picture), (.int16, picture)]) { change(&$0.contents.tensors[1]) }
    }
    #expect(check { _ in } == nil)
    #expect(check { $0.zeroPoint = 1 }?.contains("zero point outside") == true)
    #expect(check { $0.minimum = -32_768 }?.contains("clamp bounds") == true)
    #expect(check { $0.maximum = 32_768 }?.contains("clamp bounds") == true)
    #expect(check { $0.scales = [] }?.contains("computes with int8 and int16 alone") == true)
    #expect(check { $0.home = .arena($0.arenaEnd + 1) }?.contains("cannot lie in the arena") == true)
    #expect(
        check { $0.element = .uint64 }?.contains(
            "which needs a newer Swiftlet: this one knows format 1.\(Container.minor)") == true)
    #expect(check { $0.element = .float32 }?.contains("neither int8 nor int16") == true)
    let many = refusal(.rescale, [(.int8, [65, 1, 1, 1]), (.int8, [65, 1, 1, 1])])
    #expect(many?.contains("over 64 pictures") == true)
    #expect(refusal(.rescale, [(.int8, [64, 1, 1, 1]), (.int8, [64, 1, 1, 1])]) == nil)
}

@Test func anUnknownKindNamesTheFormatThatThisProgramKnows() {
    let refused = refusal(.rescale, [(.int8, [4]), (.int8, [4])]) { $0.contents.operations[0].kind = 99 }
    #expect(
        refused?.contains("has kind 99, which needs a newer Swiftlet: this one knows format 1.\(Container.minor)")
            == true)
}

@Test func arithmeticTakesTensorsThatBroadcastAndOneConstantAtMost() {
    func arithmetic(_ a: [Int], _ b: [Int], to output: [Int], function: Int = 3) -> String? {
        refusal(.quantizedArithmetic, [(.int8, a), (.int16, b), (.int8, output)], parameters: [function])
    }
    for function in [1, 2, 3, 5, 6] {
        #expect(arithmetic([2, 4, 4, 6], [2, 1, 1, 6], to: picture, function: function) == nil)
    }
    for function in [-1, 0, 4, 7, 10, 20, 21, Int(Int32.max)] {
        #expect(arithmetic(picture, picture, to: picture, function: function)?.contains("function \(function)") == true)
    }
    #expect(arithmetic([6], picture, to: picture) == nil)
    for (a, b) in [([2, 4, 4, 3], picture), (picture, [5]), ([1, 2, 4, 4, 6], picture)] {
        #expect(arithmetic(a, b, to: picture)?.contains("does not fit its output") == true)
    }
    #expect(
        refusal(.quantizedArithmetic, [(.int8, [2]), (.int32, [2]), (.int8, [2])], parameters: [1])?
            .contains("int8 and int16 alone") == true)
    #expect(refusal(.quantizedArithmetic, [(.int8, [2]), (.int8, [2])], parameters: [1])?.contains("1 inputs") == true)

    func withConstant(change: (inout ModelTensor) -> Void = { _ in }) -> String? {
        refusal { model in
            let input = model.activation(.int8, .input, [2, 3])
            let row = model.constant([1, 2, 3] as [Int8], [3], scales: [0.5])
            change(&model.contents.tensors[row])
            let output = model.activation(.int8, .output, [2, 3])
            model.operation(.quantizedArithmetic, [row, input], output, [2])
            model.graph(inputs: [input], outputs: [output])
        }
    }
    #expect(withConstant() == nil)
    #expect(withConstant { $0.zeroPoint = -128 } == nil)
    for zeroPoint in [-129, 128, Int(Int32.min), Int(Int32.max)] {
        #expect(withConstant { $0.zeroPoint = zeroPoint }?.contains("zero point of 8 bits") == true)
    }
    #expect(withConstant { $0.scales = [] }?.contains("int8 with one scale") == true)
    #expect(withConstant { $0.scales = [1, 1, 1] }?.contains("int8 with one scale") == true)
    let constants = refusal { model in
        let input = model.activation(.int8, .input, [1])
        let row = model.constant([1] as [Int8], [1])
        let output = model.activation(.int8, .output, [1])
        model.operation(.quantizedArithmetic, [row, row], output, [1])
        model.graph(inputs: [input], outputs: [output])
    }
    #expect(constants?.contains("constants alone") == true)
    let overlapping = refusal(
        .quantizedArithmetic, [(.int8, picture), (.int8, [6]), (.int8, picture)], parameters: [1]
    ) { $0.contents.tensors[2].home = $0.contents.tensors[0].home }
    #expect(overlapping?.contains("writes over") == true)
}
