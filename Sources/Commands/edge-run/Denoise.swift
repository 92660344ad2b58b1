import Console
import Denoising
import EdgeFormat
import Imaging
import Inference
import Platform

extension Verb {
    /// `edge-run denoise MODEL -o grid.png`
    static var denoise: Verb {
        Verb(
            "denoise", summary: "make pictures out of noise with a diffusion model", operands: "MODEL",
            operandCount: 1...1,
            options: [
                Option(
                    "output", short: UInt8(ascii: "o"), argument: "FILE.png",
                    help: "where the picture goes, or all of them side by side"),
                Option(
                    "label", argument: "NAME|N|all|none",
                    help: "what to make; all (the default) takes the labels in turn"),
                Option("count", argument: "N", help: "how many pictures; default 1, or one of each label"),
                Option("seed", argument: "N", help: "the noise to start from; default 1"),
                Option("steps", argument: "N", help: "steps from noise to picture; default as the model says"),
                Option(
                    "sampler", argument: "ddim|ddpm|ddpm-large",
                    help: "how a step goes; ddim (the default) needs fewer of them, ddpm-large has the larger variance"),
                Option("eta", argument: "X", help: "ddim: share of fresh noise, 0 to 1; default 0"),
                Option(
                    "guidance", argument: "X",
                    help:
                        "how far to go towards the label; 1 is as predicted and takes half the time; default as the model says"
                ),
                Option("trace-steps", argument: "DIR", help: "also write the latent after each step, PICTURE-STEP.png"),
                .json, .kernels, .threads,
            ], run: runDenoise)
    }
}

private func runDenoise(_ arguments: Arguments) throws(Failure) -> ExitStatus {
    guard let path = arguments.value("output") else {
        throw Failure(.usage, "--output is missing: the PNG file to write")
    }
    let model = try arguments.model()
    let diffusion = try reporting { () throws(EdgeError) in try DiffusionModel(model) }
    let job = try DenoisingJob(arguments, diffusion)
    // Begun before the work, so that a place that cannot be written is said at once.
    if let folder = arguments.value("trace-steps") { try makeDirectories(folder) }
    var file = try AtomicFile.begin(path)
    var run = try DenoisingRun(job, diffusion, arguments)
    try run.makePictures()
    let encoded = try reporting { () throws(EdgeError) in try PictureFile.encodePNG(run.grid.picture) }
    try file.fill(encoded)
    try file.finish()
    try run.printResults(path)
    return .done
}

private func makeDirectories(_ folder: String) throws(Failure) {
    do throws(SystemError) { try Files.makeDirectories(folder) } catch { throw Failure(error) }
}
