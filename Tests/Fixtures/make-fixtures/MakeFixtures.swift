import Compilation
import Console
import EdgeFormat
import Platform
import TestSupport

/// Writes the compiled models of Tests/Fixtures again: `swift run -c release make-fixtures Tests/Fixtures`.
@main
struct MakeFixtures {
    static func main() {
        Program(
            "make-fixtures", summary: "Writes the compiled models that tests on boards read.",
            verbs: [
                Verb(
                    "",
                    summary:
                        "write tiny.edge, tiny-packed.edge, drawn-denoiser.edge, every-kind.edge, plain-kinds.edge and stored-weights.edge",
                    operands: "FOLDER",
                    operandCount: 1...1
                ) {
                    (arguments) throws(Failure) in
                    do throws(EdgeError) {
                        let folder = arguments.operands[0]
                        try save(TestModels.tiny().file, folder + "/tiny.edge")
                        // Every set's section, so that each processor finds its own.
                        try save(TestModels.tiny(packedSets: [1, 2, 3, 16, 17]).file, folder + "/tiny-packed.edge")
                        try save(TestModels.denoiser(seed: 2).file, folder + "/drawn-denoiser.edge")
                        try save(HandmadeModel.everyKind(), folder + "/every-kind.edge")
                        try save(PlainKinds.compiled().file, folder + "/plain-kinds.edge")
                        try save(StoredWeights.compiled().file, folder + "/stored-weights.edge")
                    } catch {
                        throw Failure(error)
                    }
                    return .done
                }
            ]
        ).main()
    }

    private static func save(_ bytes: [UInt8], _ path: String) throws(EdgeError) {
        do throws(SystemError) {
            try Files.writeAtomically(path, bytes)
        } catch {
            throw EdgeError(.system, at: path, error.sentence)
        }
    }
}
