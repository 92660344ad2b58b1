import EdgeFormat
import TestSupport
import Testing

private let tables = (0..<3).map { channel in (0..<256).map { Float($0) / 255 - Float(channel) } }

/// A model that takes a picture of 4 × 5 in floats.
private func file(_ tables: [[Float]], change: (inout HandmadeModel) -> Void = { _ in }) -> [UInt8] {
    var model = HandmadeModel()
    let x = model.plain(.float32, .input, [1, 5, 4, 3])
    let y = model.plain(.float32, .output, [1, 5, 4, 3])
    model.operation(.function, [x], y, FunctionParameters(.relu).stored)
    model.graph(inputs: [x], outputs: [y])
    model.contents.inputs = [
        ModelInput(
            tensor: x,
            pipeline: InputPipeline(crop: .whole, width: 4, height: 5, color: .rgb, tables: .floats(tables)))
    ]
    change(&model)
    return model.file
}

private func read(_ bytes: [UInt8]) throws(EdgeError) -> [ModelInput] {
    try bytes.withUnsafeBytes { buffer in
        Result { () throws(EdgeError) in try ModelFile(buffer, place: "x.edge", keeping: nil).inputs }
    }.get()
}

@Test func aFloatInputHasTablesOfFloats() throws {
    let inputs = try read(file(tables))
    #expect(inputs.count == 1)
    let wanted = InputPipeline(crop: .whole, width: 4, height: 5, color: .rgb, tables: .floats(tables))
    #expect(inputs[0].pipeline == wanted)
}

@Test func tablesOfFloatsAreWholeAndHoldNumbers() {
    for odd in [Float.nan, .infinity] {
        var tables = tables
        tables[1][7] = odd
        #expect(throws: EdgeError.self) { try read(file(tables)) }
    }
    #expect(throws: EdgeError.self) { try read(file(Array(tables.dropLast()))) }
    // Tables of bytes are too short for floats, and other plain tensors take no pictures.
    #expect(throws: EdgeError.self) {
        try read(
            file(tables) { model in
                model.contents.inputs[0].pipeline.tables = .integers(
                    [[Int8]](repeating: [Int8](repeating: 0, count: 256), count: 3))
            })
    }
    #expect(throws: EdgeError.self) {
        try read(file(tables) { for index in 0...1 { $0.contents.tensors[index].element = .int32 } })
    }
}
