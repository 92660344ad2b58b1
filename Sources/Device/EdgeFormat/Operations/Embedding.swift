/// For each of N indices its row of R·D: the output is N·D.
func checkEmbedding(_ context: OperationContext) throws(EdgeError) {
    try context.checkOperands(inputs: 2)
    let indices = context.input(0)
    let rows = context.input(1)
    let output = context.output
    guard indices.isIndex, output.isQuantized, output.element == .int16 else {
        throw context.fail("needs int32 indices and gives int16")
    }
    guard rows.role == .constant, rows.element == .int16, rows.shape.count == 2, rows.scales.count == 1 else {
        throw context.fail("needs constant int16 rows with one scale")
    }
    guard output.shape == [indices.count, rows.shape[1]], output.border.isEmpty else {
        throw context.fail("has an output shape that does not follow from its input")
    }
    guard indices.maximum < rows.shape[0] else {
        throw context.fail("has \(rows.shape[0]) rows for indices up to \(indices.maximum)")
    }
    try context.checkSameValues(rows)
    guard case .weights(let offset) = rows.home else { return }
    for index in 0..<rows.count {
        let value = context.weights.loadUnaligned(fromByteOffset: offset + 2 * index, as: Int16.self)
        guard value != Int16.min else { throw context.fail("has a row value of -32768") }
    }
}
