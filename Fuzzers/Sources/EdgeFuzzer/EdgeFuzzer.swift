import Denoising
import EdgeFormat
import Foundation
import Inference

/// Any bytes are refused with an error of one line, or are a model that runs. Checksums are mended first, so that what is
/// behind them is reached.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    run(bytes)
    if let mended = ContainerWriter.mendingChecksums(bytes) { run(mended) }
    return 0
}

private func run(_ bytes: [UInt8]) {
    do throws(EdgeError) {
        let model = try Model(bytes: bytes, place: "fuzz")
        // A valid file may ask for work without end; only quick ones are run.
        let elements = model.file.tensors.reduce(0) { $0 + $1.homeSize }
        guard elements < 100_000 else { return }
        for graph in model.file.graphs.indices {
            try Session(model, graph: graph).run()
            try Session(model, graph: graph, kernels: KernelSet(named: "scalar")).run()
        }
        _ = try Verification(model).run()
        if model.file.steps != nil { try denoise(DiffusionModel(model)) }
    } catch {
        precondition(!error.sentence.isEmpty)
    }
}

private func denoise(_ diffusion: DiffusionModel) throws(EdgeError) {
    let plan = try StepPlan(
        schedule: diffusion.schedule, sampler: .ddim(eta: 1), steps: min(2, diffusion.schedule.count))
    var predictor = try ModelPredictor(diffusion, label: 0, guidance: diffusion.settings.guidance)
    _ = try DenoisingLoop(plan, diffusion.noise, count: diffusion.count).run(&predictor, seed: 1)
}

/// Writes the models that the fuzzer begins with into the folder FUZZ_SEEDS, where that is set.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ argc: UnsafeMutableRawPointer?, _ argv: UnsafeMutableRawPointer?) -> Int32 {
    guard let folder = ProcessInfo.processInfo.environment["FUZZ_SEEDS"] else { return 0 }
    let root = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../..").standardized
    for name in ["tiny.edge", "every-kind.edge", "plain-kinds.edge", "stored-weights.edge"] {
        do {
            try FileManager.default.copyItem(
                at: root.appendingPathComponent("Tests/Fixtures/" + name),
                to: URL(fileURLWithPath: folder).appendingPathComponent(name))
        } catch {
            print("no seed: \(error)")
        }
    }
    return 0
}
