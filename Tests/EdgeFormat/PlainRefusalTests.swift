import EdgeFormat
import TestSupport
import Testing

private typealias End = (element: ModelElement, shape: [Int])

/// Why the reader refuses one operation between plain tensors, or nil.
private func refusal(
    _ kind: OperationKind, _ inputs: [End], _ outputs: [End], _ parameters: [Int] = [],
    change: (inout HandmadeModel) -> Void = { _ in }
) -> String? {
    var model = HandmadeModel()
    let sources = inputs.map { model.plain($0.element, .input, $0.shape) }
    let targets = outputs.map { model.plain($0.element, .output, $0.shape) }
    model.operation(kind, sources, outputs: targets, parameters)
    model.graph(inputs: sources, outputs: targets)
    change(&model)
    return refusal(of: model.file)
}

private let row: End = (.float32, [2, 3])

@Test func plainOperandsHaveNoScaleAndOutputsMemoryOfTheirOwn() {
    let relu = FunctionParameters(.relu).stored
    #expect(refusal(.function, [row], [row], relu) == nil)
    let scaled = refusal(.function, [(.int8, [4])], [(.int8, [4])], relu) { model in
        model.contents.tensors[0].scales = [1]
        (model.contents.tensors[0].minimum, model.contents.tensors[0].maximum) = (-128, 127)
    }
    #expect(scaled?.contains("operand with a scale") == true)
    let overlapping = refusal(.function, [row], [row], relu) {
        $0.contents.tensors[1].home = $0.contents.tensors[0].home
    }
    #expect(overlapping?.contains("writes over") == true)
    #expect(refusal(.function, [row, row], [row], relu)?.contains("2 inputs and 1 outputs") == true)
    #expect(refusal(.function, [row], [], relu)?.contains("0 outputs") == true)
}

@Test func operationsOfIntegersThatStandForRealsRefusePlainOnes() {
    let picture: End = (.int8, [1, 4, 4, 2])
    for kind in [OperationKind.table, .rescale, .softmax, .addition, .upsampling, .concatenation] {
        let inputs = kind == .addition || kind == .concatenation ? [picture, picture] : [picture]
        #expect(refusal(kind, inputs, [picture], [1, 1]) != nil, "\(kind.name)")
    }
    #expect(refusal(.interpolatedTable, [(.int16, [4])], [(.int16, [4])]) != nil)
    #expect(refusal(.timeEmbedding, [(.int32, [1])], [(.int16, [1, 4])]) != nil)
}

@Test func functionsAreOnesOfTheirOperands() {
    #expect(refusal(.function, [row], [row], [99])?.contains("function 99") == true)
    #expect(refusal(.function, [(.int32, [2])], [(.int32, [2])], FunctionParameters(.tanh).stored) != nil)
    #expect(refusal(.function, [row], [row], FunctionParameters(.complement).stored) != nil)
    #expect(refusal(.function, [row], [row], FunctionParameters(.isNaN).stored) != nil)
    #expect(refusal(.function, [row], [(.bool, [2, 3])], FunctionParameters(.isNaN).stored) == nil)
    #expect(refusal(.arithmetic, [row, row], [row], [15]) != nil)
    #expect(refusal(.arithmetic, [row, row], [row], [10]) != nil)
    #expect(refusal(.arithmetic, [row, (.float32, [3])], [(.bool, [2, 3])], [10]) == nil)
    #expect(refusal(.arithmetic, [row, (.float32, [2])], [row], [1])?.contains("does not fit") == true)
    #expect(refusal(.arithmetic, [row, (.float16, [3])], [row], [1]) != nil)
    #expect(refusal(.selection, [(.int8, [3]), row, row], [row])?.contains("truth") == true)
    #expect(refusal(.conversion, [row], [(.int64, [7])])?.contains("number of elements") == true)
    #expect(refusal(.conversion, [row], [(.int64, [6])]) == nil)
}

@Test func aRearrangementReadsElementsThatAreThere() {
    func with(_ table: [Int32], offset: Int = 0) -> String? {
        refusal(.rearrangement, [row], [(.float32, [2, 2])], [offset, 0, 0]) { _ = $0.table(table) }
    }
    #expect(with([0, 3, 0, 2]) == nil)
    #expect(with([0, -1, -1, 5]) == nil)
    #expect(with([0, 4, 0, 2])?.contains("element 6 of 6") == true)
    #expect(with([0, 0x7fff_ffff, 0, 0x7fff_ffff])?.contains("reads element") == true)
    #expect(with([0, -2, 0, 0])?.contains("before the first") == true)
    #expect(with([0, 0, 0])?.contains("table outside") == true)
    #expect(with([0, 0, 0, 0, 0], offset: 2)?.contains("table outside") == true)
    #expect(refusal(.rearrangement, [row], [(.int32, [1])], [0]) { _ = $0.table([0 as Int32]) } != nil)
}

@Test func aResamplingReadsNeighboursThatAreThere() {
    func with(_ table: [Int32], weights: Int = 2) -> String? {
        refusal(.resampling, [row], [(.float32, [2, 1])], [1, 0, weights, 0]) { _ = $0.table(table + [0, 0]) }
    }
    #expect(with([1, 2, 0]) == nil)
    #expect(with([-1, 0, 0]) == nil)
    for table in [[2, 2, 0], [0, 2, 1], [-1, 1, 0], [0, 0, 0], [0x7fff_ffff, 2, 0], [0, 1, -1]] as [[Int32]] {
        #expect(with(table)?.contains("neighbours outside") == true, "\(table)")
    }
    #expect(with([1, 2, 0], weights: -1) != nil)
    #expect(with([1, 2, 0], weights: 0x7fff_ffff) != nil)
}

@Test func whatIsJoinedMayLieWhereItBelongs() {
    func joined(axis: Int, at offset: Int) -> String? {
        refusal(.plainConcatenation, [(.float32, [1, 3]), (.float32, [1, 3])], [(.float32, [1, 6])], [axis]) { model in
            guard case .arena(let start) = model.contents.tensors[2].home else { return }
            model.contents.tensors[1].home = .arena(start + offset)
        }
    }
    #expect(joined(axis: 1, at: 12) == nil)
    for offset in [0, 4, 8, 16, 20] { #expect(joined(axis: 1, at: offset)?.contains("writes over") == true) }
    for axis in [-1, 0, 2, 3] { #expect(joined(axis: axis, at: 12) != nil) }
}

@Test func axesAndWindowsFitTheirTensors() {
    #expect(refusal(.plainConcatenation, [row, row], [(.float32, [4, 3])], [0]) == nil)
    #expect(refusal(.plainConcatenation, [row, row], [(.float32, [4, 3])], [1]) != nil)
    #expect(refusal(.plainConcatenation, [row, row], [(.float32, [4, 3])], [2])?.contains("no axis") == true)
    #expect(refusal(.reduction, [row], [(.float32, [3])], [1, 1]) == nil)
    #expect(refusal(.reduction, [row], [(.float32, [3])], [1, 2]) != nil)
    #expect(refusal(.reduction, [row], [(.float32, [3])], [1, 4])?.contains("not there") == true)
    #expect(refusal(.argumentReduction, [row], [(.int64, [2])], [1, 1, 0]) == nil)
    #expect(refusal(.argumentReduction, [row], [(.int64, [2])], [1, -1, 0]) != nil)
    let picture: End = (.float32, [1, 5, 5, 2])
    let window = WindowParameters(strideY: 1, strideX: 1, padding: Border(top: 1, left: 1, bottom: 1, right: 1))
    func convolution(_ change: (inout PlainConvolutionParameters) -> Void) -> String? {
        var parameters = PlainConvolutionParameters(window: window, groups: 2, bounds: FloatBounds())
        change(&parameters)
        return refusal(
            .plainConvolution, [picture, (.float32, [3, 3, 1, 4])], [(.float32, [1, 5, 5, 4])], parameters.stored)
    }
    #expect(convolution { _ in } == nil)
    #expect(convolution { $0.groups = 0 } != nil)
    #expect(convolution { $0.groups = 4 } != nil)
    #expect(convolution { $0.window.strideX = 0 }?.contains("stride") == true)
    #expect(convolution { $0.window.dilationY = 70_000 }?.contains("dilation") == true)
    #expect(convolution { $0.window.padding.top = -1 }?.contains("padding") == true)
    #expect(convolution { $0.window.padding.right = 2 }?.contains("output shape") == true)
    #expect(convolution { $0.bounds = FloatBounds(lower: 1, upper: 0) }?.contains("clamp") == true)
    #expect(convolution { $0.bounds.lower = .nan } != nil)
    let pool = PlainPoolParameters(windowY: 3, windowX: 3, window: window, kind: .average)
    #expect(refusal(.plainPool, [picture], [picture], pool.stored) == nil)
    #expect(refusal(.plainPool, [picture], [picture], Array(pool.stored.dropLast()) + [3]) != nil)
    #expect(refusal(.matrixProduct, [row, (.float32, [3, 4])], [(.float32, [2, 4])], FloatBounds().stored) == nil)
    #expect(refusal(.matrixProduct, [row, row], [row], FloatBounds().stored)?.contains("matrices") == true)
}

@Test func indicesFitTheirData() {
    #expect(refusal(.gather, [row, (.int64, [4, 1])], [(.float32, [2, 4, 1])], [1]) == nil)
    #expect(refusal(.gather, [row, (.int16, [4])], [(.float32, [2, 4])], [1])?.contains("indices") == true)
    #expect(refusal(.gatherElements, [row, (.int32, [3, 1])], [(.float32, [3, 1])], [0]) == nil)
    #expect(refusal(.gatherElements, [row, (.int32, [3, 1])], [(.float32, [3, 1])], [1]) != nil)
    #expect(refusal(.gatherND, [row, (.int64, [5, 2])], [(.float32, [5])], [0]) == nil)
    #expect(refusal(.gatherND, [row, (.int64, [5, 3])], [(.float32, [5])], [0])?.contains("do not fit") == true)
    #expect(refusal(.gatherND, [row, (.int64, [2])], [(.float32, [])], [1]) != nil)
    #expect(
        refusal(.scatterND, [row, (.int64, [1, 1]), (.float32, [1, 3])], [row], [5])?.contains("reduction") == true)
    #expect(refusal(.scatterElements, [row, (.int64, [1, 1]), (.float32, [1, 2])], [row], [0, 0]) != nil)
    #expect(refusal(.topK, [row], [(.float32, [2, 2]), (.int64, [2, 2])], [1]) == nil)
    #expect(refusal(.topK, [row], [(.float32, [2, 4]), (.int64, [2, 4])], [1]) != nil)
    let boxes: [End] = [(.float32, [1, 6, 4]), (.float32, [1, 2, 6])]
    let found: [End] = [(.int64, [3, 3]), (.int64, [1])]
    let parameters = SuppressionParameters(hasCentres: false, limit: 2, overlap: 0.5, score: 0.1)
    #expect(refusal(.nonMaximumSuppression, boxes, found, parameters.stored) == nil)
    #expect(refusal(.nonMaximumSuppression, boxes, [found[0], (.int64, [2])], parameters.stored) != nil)
    let shared = refusal(.nonMaximumSuppression, boxes, found, parameters.stored) { model in
        model.contents.tensors[3].home = model.contents.tensors[2].home
    }
    #expect(shared?.contains("two tensors in one place") == true)
}

@Test func scoresOfKeptBoxesAreOneARow() {
    let boxes: [End] = [(.float32, [1, 6, 4]), (.float32, [1, 2, 6])]
    let found: [End] = [(.int64, [3, 3]), (.int64, [1]), (.float32, [3])]
    func refused(_ outputs: [End], sigma: Float = 0.5) -> String? {
        let parameters = SuppressionParameters(hasCentres: false, limit: 2, overlap: 0.5, score: 0.1, sigma: sigma)
        return refusal(.nonMaximumSuppression, boxes, outputs, parameters.stored)
    }
    #expect(refused(found) == nil)
    #expect(refused([found[0], found[1], (.float32, [2])])?.contains("third output") == true)
    #expect(refused([found[0], found[1], (.int64, [3])])?.contains("third output") == true)
    #expect(refused(found + [found[2]]) != nil)
    for sigma in [Float(-1), .nan] { #expect(refused(found, sigma: sigma)?.contains("sigma") == true) }
    #expect(refusal(.nonMaximumSuppression, boxes, found, [0, 2, 0, 0, 0, 0, 2])?.contains("neither 0 nor 1") == true)
}

@Test func detectionsFitTheirBoxesScoresAndAnchors() {
    let inputs: [End] = [(.float32, [1, 6, 4]), (.float32, [1, 6, 3]), (.float32, [6, 4])]
    let outputs: [End] = [(.float32, [1, 4, 4]), (.float32, [1, 4]), (.float32, [1, 4]), (.float32, [1])]
    func refused(
        _ inputs: [End], _ outputs: [End], _ change: (inout DetectionParameters) -> Void = { _ in }
    ) -> String? {
        var parameters = DetectionParameters(
            limit: 2, classesPerBox: 2, limitPerClass: 1, separatesClasses: false, score: 0.5, overlap: 0.5, classes: 2,
            scales: [10, 10, 5, 5])
        change(&parameters)
        return refusal(.detection, inputs, outputs, parameters.stored)
    }
    #expect(refused(inputs, outputs) == nil)
    #expect(refused(inputs, outputs) { $0.classes = 3 } == nil)
    for classes in [0, 1, 4, -1] {
        #expect(refused(inputs, outputs) { $0.classes = classes }?.contains("3 scores a box") == true)
    }
    for (index, shape) in [(0, [1, 6, 3]), (0, [2, 6, 4]), (1, [1, 5, 3]), (2, [7, 4]), (2, [6, 5])] {
        var other = inputs
        other[index].shape = shape
        #expect(refused(other, outputs)?.contains("do not fit each other") == true)
    }
    for (index, shape) in [(0, [1, 5, 4]), (1, [4]), (2, [1, 5]), (3, [2])] {
        var other = outputs
        other[index].shape = shape
        #expect(refused(inputs, other)?.contains("their number") == true)
    }
    #expect(refused(inputs, Array(outputs.dropLast())) != nil)
    #expect(refused(Array(inputs.dropLast()), outputs) != nil)
    #expect(refused([inputs[0], (.int32, [1, 6, 3]), inputs[2]], outputs)?.contains("does not compute") == true)
    let changes: [(inout DetectionParameters) -> Void] = [
        { $0.limit = 0 }, { $0.classesPerBox = -1 }, { $0.limitPerClass = 0 }, { $0.score = .nan }, { $0.overlap = 0 },
        { $0.overlap = 1.5 }, { $0.overlap = .nan },
    ]
    for change in changes { #expect(refused(inputs, outputs, change)?.contains("find nothing") == true) }
    for scale in [Float(0), -1, .nan, .infinity] {
        #expect(refused(inputs, outputs) { $0.scales[3] = scale }?.contains("scale") == true)
    }
    #expect(refused(inputs, outputs) { ($0.limit, $0.classesPerBox) = (Int(Int32.max), Int(Int32.max)) } != nil)
}

@Test func inputsAndOutputsKeepTheOrderOfTheirAxesAndTheNumberOfTheirRows() throws {
    func file(_ change: (inout HandmadeModel) -> Void) -> [UInt8] {
        var model = HandmadeModel()
        let x = model.plain(.float32, .input, [2, 3])
        let y = model.plain(.float32, .output, [2, 3])
        let count = model.plain(.int64, .output, [1])
        model.operation(.function, [x], outputs: [y], FunctionParameters(.relu).stored)
        model.graph(inputs: [x], outputs: [y, count])
        change(&model)
        return model.file
    }
    func read(_ bytes: [UInt8]) throws -> [ModelTensor] {
        try bytes.withUnsafeBytes { try ModelFile($0, place: "x.edge", keeping: nil).tensors }
    }
    let tensors = try read(
        file {
            $0.contents.tensors[0].sourceAxes = [1, 0]
            $0.contents.tensors[1].countTensor = 2
        })
    #expect(tensors[0].sourceAxes == [1, 0])
    #expect(tensors[1].sourceAxes == [])
    #expect(tensors[1].countTensor == 2)
    #expect(throws: EdgeError.self) { try read(file { $0.contents.tensors[0].sourceAxes = [1, 1] }) }
    #expect(throws: EdgeError.self) { try read(file { $0.contents.tensors[1].countTensor = 0 }) }
    #expect(throws: EdgeError.self) { try read(file { $0.contents.tensors[1].countTensor = 70_000 }) }
}
