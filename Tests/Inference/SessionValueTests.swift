import EdgeFormat
import Inference
import TestSupport
import Testing

/// A graph that passes its input on: what was set is what comes out. With a scale it stands for reals and has a border.
private func passage(
    _ element: ModelElement, _ shape: [Int], sourceAxes: [Int] = [], scale: Float? = nil, zeroPoint: Int = 0
) throws -> Session {
    var model = HandmadeModel()
    let border = Border(top: 1, left: 2, bottom: 0, right: 1)
    let ends = [ModelTensor.Role.input, .output].map { role in
        guard let scale else { return model.plain(element, role, shape) }
        return model.activation(element, role, shape, scale: scale, zeroPoint: zeroPoint, border: border)
    }
    for end in ends { model.contents.tensors[end].sourceAxes = sourceAxes }
    if scale == nil {
        model.operation(.conversion, [ends[0]], ends[1])
    } else {
        model.operation(.upsampling, [ends[0]], ends[1], [1, 1])
    }
    model.graph(inputs: [ends[0]], outputs: [ends[1]])
    return try Session(Model(bytes: model.file, place: "passage"))
}

private func error(_ body: () throws -> Void) -> EdgeError? {
    do {
        try body()
        return nil
    } catch {
        return error as? EdgeError
    }
}

private func comesBack<Value: TensorValue & Equatable>(_ values: [Value]) throws -> Bool {
    let session = try passage(Value.element, [values.count])
    try session.setInput(0, elements: values)
    session.run()
    return try session.outputElements(0, as: Value.self) == values
}

@Test func elementsOfEveryTypeComeBack() throws {
    #expect(try comesBack([true, false, true]))
    #expect(try comesBack([Int8.min, -1, 0, Int8.max]))
    #expect(try comesBack([UInt8.min, 7, UInt8.max]))
    #expect(try comesBack([Int16.min, -1, 0, Int16.max]))
    #expect(try comesBack([UInt16.min, 7, UInt16.max]))
    #expect(try comesBack([Int32.min, -1, 0, Int32.max]))
    #expect(try comesBack([Int64.min, -1, 0, Int64.max]))
    #expect(try comesBack([-Float.infinity, -0.5, 0, 3e38]))
}

@Test func realsGoThroughScaleAndZeroPoint() throws {
    let session = try passage(.int8, [1, 1, 7, 1], scale: 0.5, zeroPoint: 10)
    // Steps of a half: 1.25 and 1.75 lie between two, of which the even one is taken.
    try session.setInput(0, reals: [0, 1.25, 1.75, -1, 1000, -.infinity, .nan])
    session.run()
    #expect(try session.outputElements(0, as: Int8.self) == [10, 12, 14, 8, 127, -128, 10])
    #expect(try session.outputReals(0) == [0, 1, 2, -1, 58.5, -69, 0])
}

@Test func halfFloatsAreTakenAsReals() throws {
    let session = try passage(.float16, [5])
    try session.setInput(0, reals: [1, 1 / 3, -65_504, 1e6, -0.0])
    session.run()
    #expect(try session.outputReals(0) == [1, 0.333251953125, -65_504, .infinity, 0])
}

/// Stored N·H·W·C, in the source N·C·H·W: element (n, c, y, x) there is element (n, y, x, c) here.
private func stored(_ source: [Float], _ shape: [Int]) -> [Float] {
    let (height, width, channels) = (shape[1], shape[2], shape[3])
    return source.indices.map { index in
        let (c, pixel) = (index % channels, index / channels)
        let (x, y, n) = (pixel % width, pixel / width % height, pixel / width / height)
        return source[((n * channels + c) * height + y) * width + x]
    }
}

@Test(arguments: [ModelElement.int8, .int16, .float16, .float32])
func axesAreMovedBetweenTheTwoOrders(_ element: ModelElement) throws {
    let shape = [2, 3, 4, 5]
    let isReal = element == .float16 || element == .float32
    let session = try passage(element, shape, sourceAxes: [0, 3, 1, 2], scale: isReal ? nil : 0.5)
    #expect(session.input(0).tensor.shape(in: .source) == [2, 5, 3, 4])
    #expect(session.input(0).tensor.shape(in: .stored) == shape)
    let source = (0..<120).map { Float($0 - 60) / 2 }
    try session.setInput(0, reals: source)
    session.run()
    #expect(try session.outputReals(0) == source)
    #expect(try session.outputReals(0, order: .stored) == stored(source, shape))
    // The same by bytes, which go in as they come out.
    var bytes = [UInt8](repeating: 0, count: session.output(0).tensor.logicalSize)
    try bytes.withUnsafeMutableBytes { try session.copyOutput(0, bytes: $0) }
    #expect(bytes != session.output(0).bytes())
    try session.setInput(0, reals: [Float](repeating: 0, count: 120))
    session.run()
    try bytes.withUnsafeBytes { try session.setInput(0, bytes: $0) }
    session.run()
    #expect(try session.outputReals(0) == source)
    try session.setInput(0, reals: stored(source, shape), order: .stored)
    session.run()
    #expect(try session.outputReals(0) == source)
}

@Test func axesThatAreNoPicturesAreMovedToo() throws {
    let session = try passage(.int64, [2, 3, 4], sourceAxes: [2, 0, 1])
    let source = (0..<24).map(Int64.init)
    try session.setInput(0, elements: source)
    session.run()
    // (i, j, k) here is (k, i, j) in the source, whose shape is 4·2·3.
    let stored = (0..<24).map { (index: Int) -> Int64 in
        let (i, j, k) = (index / 12, index / 4 % 3, index % 4)
        return source[(2 * k + i) * 3 + j]
    }
    #expect(try session.outputElements(0, as: Int64.self, order: .stored) == stored)
    #expect(try session.outputElements(0) == source)
}

@Test func wrongNumbersTypesAndPlacesAreRefused() throws {
    let whole = try passage(.int32, [4])
    #expect(error { try whole.setInput(1, elements: [Int32](repeating: 0, count: 4)) }?.kind == .usage)
    #expect(error { try whole.setInput(-1, elements: [Int32](repeating: 0, count: 4)) }?.kind == .usage)
    #expect(
        error { try whole.setInput(0, elements: [Int32]()) }?.line == "passage: input 'tensor0' has 16 bytes, not 0")
    #expect(
        error { try whole.setInput(0, elements: [Float](repeating: 0, count: 4)) }?.sentence
            == "input 'tensor0' has elements of int32, not of float32")
    #expect(
        error { try whole.setInput(0, reals: [1, 2, 3, 4]) }?.sentence
            == "input 'tensor0' has elements of int32, which stand for no reals")
    #expect(error { _ = try whole.outputReals(0) }?.kind == .usage)
    #expect(error { _ = try whole.outputElements(0, as: Int64.self) }?.kind == .usage)
    #expect(error { _ = try whole.outputElements(9, as: Int32.self) }?.sentence == "has no output number 9, but 1")
    #expect(error { _ = try whole.outputRows(1) }?.kind == .usage)
    let real = try passage(.int8, [1, 2, 2, 1], scale: 1)
    #expect(error { try real.setInput(0, reals: [1, 2, 3]) }?.sentence == "input 'tensor0' has 4 values, not 3")
    let truth = try passage(.bool, [2])
    let error = error { try [UInt8(1), 2].withUnsafeBytes { try truth.setInput(0, bytes: $0) } }
    #expect(error?.sentence == "input 'tensor0' has a bool that is neither 0 nor 1")
}

@Test func inputsAndOutputsAreFoundByName() throws {
    let session = try passage(.int8, [3])
    #expect(session.inputIndex(named: "tensor0") == 0)
    #expect(session.outputIndex(named: "tensor1") == 0)
    #expect(session.inputIndex(named: "tensor1") == nil)
}

@Test(arguments: [(Int64(2), 2), (0, 0), (3, 3), (9, 3), (.min, 0)])
func rowsThatCountAreThoseThatAnOutputTells(_ count: Int64, _ rows: Int) throws {
    var model = HandmadeModel()
    let inputs = [model.plain(.float32, .input, [3, 2]), model.plain(.int64, .input, [1])]
    let outputs = [model.plain(.float32, .output, [3, 2]), model.plain(.int64, .output, [1])]
    model.contents.tensors[outputs[0]].countTensor = outputs[1]
    for (input, output) in zip(inputs, outputs) { model.operation(.conversion, [input], output) }
    model.graph(inputs: inputs, outputs: outputs)
    let session = try Session(Model(bytes: model.file, place: "rows"))
    try session.setInput(0, reals: [1, 2, 3, 4, 5, 6])
    try session.setInput(1, elements: [count])
    session.run()
    #expect(try session.outputRows(0) == rows)
    #expect(try session.outputRows(1) == 1)
}

@Test func aStateIsReadAndNeverWritten() throws {
    var model = HandmadeModel()
    let x = model.plain(.float32, .input, [2])
    let state = model.plain(.float32, .state, [2])
    let y = model.plain(.float32, .output, [2])
    model.contents.tensors[state].nextTensor = y
    model.operation(.arithmetic, [state, x], y, [Int(ArithmeticFunction.addition.rawValue)])
    model.graph(inputs: [x], outputs: [y])
    let session = try Session(Model(bytes: model.file, place: "sum"))
    for wanted: [Float] in [[1, 2], [2, 4]] {
        try session.setInput(0, reals: [1, 2])
        session.run()
        #expect(try session.outputElements(0, as: Float.self) == wanted)
    }

    func line(_ change: (inout HandmadeModel) -> Void) -> String? {
        var other = model
        change(&other)
        return error { _ = try Model(bytes: other.file, place: "x.edge") }?.line
    }
    #expect(line { $0.contents.tensors[state].nextTensor = nil }?.contains("is a state") == true)
    #expect(line { $0.contents.tensors[state].nextTensor = x }?.contains("not computed") == true)
    #expect(line { $0.contents.tensors[state].nextTensor = 3 }?.contains("not computed") == true)
    #expect(line { $0.contents.tensors[y].nextTensor = y }?.contains("is none") == true)
    #expect(line { $0.contents.tensors[state].scales = [1] }?.contains("is a state") == true)
    #expect(line { $0.operation(.conversion, [x], state) } != nil)
}
