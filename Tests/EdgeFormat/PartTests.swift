import EdgeFormat
import TestSupport
import Testing

private let picture = [2, 4, 4, 6]

/// A pool writes one of two halves of a concatenation, which lies in the whole's pixels from channel 6 on.
private func concatenationOfAPart(
    _ kind: OperationKind = .maxPool, change: (inout [ModelTensor]) -> Void = { _ in }
) -> String? {
    var model = HandmadeModel()
    let inputs = (0..<2).map { _ in model.activation(.int8, .input, picture) }
    let border = Border(top: 1, left: 0, bottom: 2, right: 1)
    let part = model.activation(.int8, .temporary, picture, border: border)
    let whole = model.activation(.int8, .output, [2, 4, 4, 12], border: border)
    guard case .arena(let start) = model.contents.tensors[whole].home else { return nil }
    model.contents.tensors[part].pixelStride = 12
    model.contents.tensors[part].home = .arena(start + 6)
    model.operation(kind, [inputs[1]], part, kind == .maxPool ? [1, 1, 1, 1] : [])
    model.operation(.concatenation, [inputs[0], part], whole)
    model.graph(inputs: inputs, outputs: [whole])
    change(&model.contents.tensors)
    return refusal(of: model.file)
}

@Test func aPartLiesWhereTheConcatenationPutsIt() {
    #expect(concatenationOfAPart() == nil)
    #expect(concatenationOfAPart(.rescale)?.contains("inside a wider one") == true)
    let moved: [(inout ModelTensor) -> Void] = [
        { if case .arena(let start) = $0.home { $0.home = .arena(start - 1) } },
        { $0.pixelStride = 13 }, { $0.border = Border() },
    ]
    for move in moved {
        #expect(concatenationOfAPart { move(&$0[2]) }?.contains("writes over") == true)
    }
    #expect(concatenationOfAPart { $0[2].pixelStride = 6 }?.contains("6 elements apart") == true)
    #expect(concatenationOfAPart { $0[2].pixelStride = 65_537 }?.contains("65537 elements apart") == true)
    #expect(concatenationOfAPart { $0[0].pixelStride = 12 }?.contains("between operations") == true)
    #expect(concatenationOfAPart { $0[3].pixelStride = 13 }?.contains("between operations") == true)
}

/// A pool reads channels 2 … 5 of a tensor of 12 and writes as many of them from another channel on.
private func poolOfAPart(
    _ kind: OperationKind = .maxPool, writing channel: Int, change: (inout [ModelTensor]) -> Void = { _ in }
) -> String? {
    var model = HandmadeModel()
    let input = model.activation(.int8, .input, picture)
    let whole = model.activation(.int8, .temporary, [2, 4, 4, 12])
    let parts = (0..<2).map { _ in model.activation(.int8, .temporary, [2, 4, 4, 4]) }
    guard case .arena(let start) = model.contents.tensors[whole].home else { return nil }
    for (part, first) in zip(parts, [2, channel]) {
        model.contents.tensors[part].pixelStride = 12
        model.contents.tensors[part].home = .arena(start + first)
    }
    let output = model.activation(.int8, .output, [2, 4, 4, 4])
    model.operation(kind, [parts[0]], parts[1], kind == .maxPool ? [1, 1, 1, 1] : [])
    model.operation(.maxPool, [parts[1]], output, [1, 1, 1, 1])
    model.graph(inputs: [input], outputs: [output])
    change(&model.contents.tensors)
    return refusal(of: model.file)
}

@Test func whatIsReadInsideATensorLiesApartFromWhatIsWrittenThere() {
    #expect(poolOfAPart(writing: 6) == nil)
    #expect(poolOfAPart(writing: 8) == nil)
    for channel in [0, 1, 2, 3, 5] {
        #expect(poolOfAPart(writing: channel)?.contains("writes over") == true, "\(channel)")
    }
    // The last channels of a pixel are not the first of the next.
    #expect(poolOfAPart(writing: 11)?.contains("writes over") == true)
    #expect(poolOfAPart(.rescale, writing: 6)?.contains("inside a wider one") == true)
    #expect(poolOfAPart(writing: 6) { $0[2].pixelStride = 13 }?.contains("writes over") == true)
    #expect(poolOfAPart(writing: 6) { $0[2].border = Border(top: 1) }?.contains("writes over") == true)
}
