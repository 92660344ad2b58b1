import Compilation
import EdgeFormat
import Inference
import TestSupport
import Testing

@Test func everyPlainKindGivesWhatTheInterpreterDoesWithAnyNumberOfThreads() throws {
    let model = try Model(bytes: PlainKinds.compiled(length: 300).file, place: "plain kinds")
    #expect(!model.file.container.isExact)
    let kinds = Set(model.file.operations.map(\.kind.rawValue))
    #expect(kinds.isSuperset(of: 17...36))
    for threads in 1...3 { #expect(try Verification(model, threads: threads, sharedCost: 0).run() == 2) }
}
