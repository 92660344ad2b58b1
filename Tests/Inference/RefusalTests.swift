import EdgeFormat
import Inference
import Testing

/// One dense layer of four inputs, as a file that the compiler would not write.
private func dense(
    output: [Int], bias: [Int32], scale: Float = 1, place: Int = 64, texts: String = "dense"
) -> [UInt8] {
    var contents = ModelContents()
    contents.weights = [UInt8](repeating: 0, count: 16)
    for value in bias { contents.weights += withUnsafeBytes(of: value.littleEndian) { Array($0) } }
    contents.tensors = [
        ModelTensor(name: "input", element: .int8, role: .input, shape: [1, 4], scales: [scale], home: .arena(0)),
        ModelTensor(name: "w", element: .int8, role: .constant, shape: [4, 4], scales: [1], home: .weights(0)),
        ModelTensor(name: "b", element: .int32, role: .constant, shape: [4], home: .weights(16)),
        ModelTensor(name: "output", element: .int8, role: .output, shape: output, scales: [1], home: .arena(place)),
    ]
    contents.operations = [OperationRecord(name: texts, kind: .dense, inputs: [0, 1, 2], outputs: [3])]
    contents.graphs = [
        ModelGraphEntry(name: "main", operations: 0..<1, arenaSize: place + 64, inputs: [0], outputs: [3])
    ]
    return contents.file()
}

/// Why a session on the file is refused, or nil.
private func refusal(_ file: [UInt8]) -> String? {
    do throws(EdgeError) {
        try Session(Model(bytes: file, place: "model")).run()
        return nil
    } catch {
        return error.line
    }
}

@Test func aDenseLayerOfFourValuesRuns() {
    #expect(refusal(dense(output: [1, 4], bias: [1, 2, 3, 4])) == nil)
    #expect(refusal(dense(output: [1, 1, 1, 4], bias: [1, 2, 3, 4])) == nil)
}

@Test(arguments: [[1, 2, 2, 1], [1, 4, 1, 1], [1, 1, 4, 1]])
func aDenseLayerWritesOnePixel(_ shape: [Int]) {
    #expect(refusal(dense(output: shape, bias: [1, 2, 3, 4]))?.contains("one pixel") == true)
}

@Test func aSumThatRoundsUpToTwoToThe31IsRefused() {
    #expect(refusal(dense(output: [1, 4], bias: [2_147_483_647, 0, 0, 0]))?.contains("32 bits") == true)
    #expect(refusal(dense(output: [1, 4], bias: [2_147_483_520, 0, 0, 0])) == nil)
}

@Test func anOutputOverItsInputIsRefused() {
    #expect(refusal(dense(output: [1, 4], bias: [0, 0, 0, 0], place: 2))?.contains("writes over") == true)
}

@Test func aLongNameIsCutWhenWrittenAndRefusedWhenRead() throws {
    let name = String(repeating: "é", count: 200)
    let model = try Model(bytes: dense(output: [1, 4], bias: [0, 0, 0, 0], texts: name), place: "model")
    #expect(model.file.operations[0].name == String(repeating: "é", count: 128))
}
