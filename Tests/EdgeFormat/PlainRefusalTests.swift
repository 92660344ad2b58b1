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
