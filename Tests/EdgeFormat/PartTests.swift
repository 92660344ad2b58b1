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
        #expect(concatenationOfAPart { move(&$0[2]) }?.contains("part of another tensor") == true)
    }
    #expect(concatenationOfAPart { $0[2].pixelStride = 6 }?.contains("6 elements apart") == true)
    #expect(concatenationOfAPart { $0[2].pixelStride = 65_537 }?.contains("65537 elements apart") == true)
    #expect(concatenationOfAPart { $0[0].pixelStride = 12 }?.contains("between operations") == true)
    #expect(concatenationOfAPart { $0[3].pixelStride = 13 }?.contains("between operations") == true)
}
