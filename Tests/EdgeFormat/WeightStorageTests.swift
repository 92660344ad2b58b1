import EdgeFormat
import TestSupport
import Testing

/// A product of a given row with weights of 3·4 that the file stores in fewer bits.
private func model(
    _ storage: WeightStorage?, change: (inout HandmadeModel) -> Void = { _ in }
) -> HandmadeModel {
    var model = HandmadeModel()
    let x = model.plain(.float32, .input, [1, 3])
    let y = model.plain(.float32, .output, [1, 4])
    let size = storage?.element.size ?? 4
    let weights = model.stored(storage, [3, 4], [UInt8](repeating: 1, count: 12 * size))
    model.operation(.matrixProduct, [x, weights], y, FloatBounds().stored)
    model.graph(inputs: [x], outputs: [y])
    change(&model)
    return model
}

private func read(_ bytes: [UInt8]) throws(EdgeError) -> ModelTensor {
    try bytes.withUnsafeBytes { buffer in
        Result { () throws(EdgeError) in try ModelFile(buffer, place: "x.edge", keeping: nil).tensors[2] }
    }.get()
}

/// The file with a byte of the weights' record changed and its checksums mended.
private func changed(_ storage: WeightStorage, at offset: Int, to value: UInt8) throws -> [UInt8] {
    var bytes = model(storage).file
    let entry = try #require((0..<Int(bytes[16])).first { bytes[64 + 32 * $0] == 2 })
    let section = (0..<8).reduce(0) { $0 | Int(bytes[64 + 32 * entry + 8 + $1]) << (8 * $1) }
    bytes[section + 16 + 2 * 96 + offset] = value
    return try #require(ContainerWriter.mendingChecksums(bytes))
}

private let storages: [WeightStorage] = [
    .float16, .bfloat16, .int8(scales: [0.5], axis: 0), .int8(scales: [1, 2, 3], axis: 0),
    .int8(scales: [1, 2, 3, 4], axis: 1),
]

@Test(arguments: storages)
func whatWeightsAreStoredAsIsReadAsItWasWritten(_ storage: WeightStorage) throws {
    let tensor = try read(model(storage).file)
    #expect(tensor.storage == storage && tensor.element == .float32 && tensor.isPlain)
    #expect(tensor.homeSize == 12 * storage.element.size && tensor.logicalSize == 48)
}

@Test func storedWeightsAreConstantFloatsOfAKnownType() throws {
    let scales = WeightStorage.int8(scales: [1, 2, 3, 4], axis: 1)
    // No type, a type that only plain tensors have, floats of 32 bits, and one with scales that has none.
    #expect(try refusal(of: changed(scales, at: 82, to: 99))?.contains("stored as type 99") == true)
    #expect(try refusal(of: changed(scales, at: 82, to: 4))?.contains("stored as type 4") == true)
    #expect(try refusal(of: changed(scales, at: 82, to: 12))?.contains("stored as type 12") == true)
    #expect(try refusal(of: changed(scales, at: 82, to: 10))?.contains("float16 with 4 scales") == true)
    #expect(try refusal(of: changed(.float16, at: 82, to: 2))?.contains("int8 with 0 scales") == true)
    // Along the other axis, or one that is not there.
    #expect(try refusal(of: changed(scales, at: 83, to: 0))?.contains("4 scales, which fit neither") == true)
    #expect(try refusal(of: changed(scales, at: 83, to: 7))?.contains("4 scales, which fit neither") == true)
    // Of another element type, and a zero point.
    #expect(try refusal(of: changed(scales, at: 0, to: 6))?.contains("no constant float32") == true)
    #expect(try refusal(of: changed(scales, at: 44, to: 1))?.contains("no constant float32") == true)
    // As long as the floats would be.
    #expect(try refusal(of: changed(scales, at: 64, to: 48))?.contains("size in bytes") == true)
    let given = refusal(of: model(nil) { $0.contents.tensors[0].storage = .float16 }.file)
    #expect(given?.contains("no constant float32") == true)
}

@Test func aSmallFileAsksForNoMoreMemoryThanItsWeightsAreWorth() {
    // Thousands of tensors over the same bytes would become as many times the floats.
    let many = model(.bfloat16) { model in
        for _ in 0..<4 { model.contents.tensors.append(model.contents.tensors[2]) }
    }
    #expect(refusal(of: many.file)?.contains("120 bytes of weights that are expanded in a section of 24") == true)
    let outside = model(.bfloat16) { $0.contents.weights.removeLast() }
    #expect(refusal(of: outside.file)?.contains("outside section weights") == true)
}

@Test func aNormOfBytesTakesNoStoredFactors() {
    var model = HandmadeModel()
    let x = model.activation(.int8, .input, [1, 2, 2, 2])
    let y = model.activation(.int8, .output, [1, 2, 2, 2])
    let factors = model.stored(.float16, [2], [0, 60, 0, 60])
    let parameters = GroupNormalizationParameters(groups: 1, epsilon: 1e-3)
    model.operation(.groupNormalization, [x, factors, factors], y, parameters.stored)
    model.graph(inputs: [x], outputs: [y])
    #expect(refusal(of: model.file)?.contains("one float32 for each") == true)
}
