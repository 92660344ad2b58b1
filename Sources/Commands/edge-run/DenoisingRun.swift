import Console
import Denoising
import EdgeFormat
import Imaging
import Inference
import Platform

/// Makes the pictures of a job one by one, and keeps what is printed of them.
struct DenoisingRun {
    private let job: DenoisingJob
    private let diffusion: DiffusionModel
    private let predictor: ModelPredictor
    private let loop: DenoisingLoop
    private(set) var grid: PictureGrid
    private var results: [Result] = []
    private let arguments: Arguments
    /// Times of a picture's steps in nanoseconds.
    private var times: [Int64] = []
    /// A picture's bytes.
    private var bytes: [UInt8]

    private struct Result {
        var label: Int
        var digest: UInt64
        var median: Int64
        var least: Int64
    }

    init(_ job: DenoisingJob, _ diffusion: DiffusionModel, _ arguments: Arguments) throws(Failure) {
        let kernels = try arguments.kernelSet()
        let threads = try arguments.threadCount()
        let label = job.label(of: 0, diffusion)
        predictor = try reporting { () throws(EdgeError) in
            try ModelPredictor(diffusion, label: label, guidance: job.guidance, kernels: kernels, threads: threads)
        }
        grid = try reporting { () throws(EdgeError) in
            try PictureGrid(
                count: job.count, width: diffusion.width, height: diffusion.height, channels: diffusion.channels,
                columns: job.columns(diffusion))
        }
        loop = DenoisingLoop(job.plan, diffusion.noise, count: diffusion.count)
        bytes = [UInt8](repeating: 0, count: diffusion.count)
        times.reserveCapacity(job.plan.count)
        self.job = job
        self.diffusion = diffusion
        self.arguments = arguments
    }

    /// Makes all pictures and sets them into the grid.
    mutating func makePictures() throws(Failure) {
        var bar = ProgressBar("denoising", total: job.count * job.plan.count, quiet: arguments.quiet)
        for picture in 0..<job.count {
            let result = try make(picture, &bar)
            results.append(result)
            bytes.withUnsafeBufferPointer { grid.set($0, at: picture) }
        }
        bar.finish()
    }

    private mutating func make(_ picture: Int, _ bar: inout ProgressBar) throws(Failure) -> Result {
        var predictor = predictor
        predictor.label = job.label(of: picture, diffusion)
        let folder = arguments.value("trace-steps")
        let name = diffusion.name(of: predictor.label)
        var times = times
        times.removeAll(keepingCapacity: true)
        var trouble: Failure?
        var last = Clock.nanoseconds()
        let whole = try reporting { () throws(EdgeError) in
            do throws(EdgeError) {
                return try loop.run(&predictor, seed: job.seed, picture: UInt32(picture)) { step, latent in
                    times.append(Clock.nanoseconds() - last)
                    do throws(Failure) {
                        if let folder { try trace(latent, "\(folder)/\(padded(picture))-\(padded(step + 1)).png") }
                    } catch {
                        trouble = error
                        return false
                    }
                    bar.update(picture * job.plan.count + step + 1, "picture \(picture + 1) of \(job.count), \(name)")
                    last = Clock.nanoseconds()
                    return !Interrupts.requested
                }
            } catch {
                throw error.within(diffusion.model.path)
            }
        }
        if let trouble { throw trouble }
        guard whole else { throw Failure.interrupted }
        bytes.withUnsafeMutableBufferPointer { LatentPicture.write(loop.latent, into: $0) }
        times.sort()
        self.times = times
        return Result(
            label: predictor.label, digest: xxh3(bytes), median: times[times.count / 2], least: times[0])
    }

    /// Writes a latent as a picture.
    private func trace(_ latent: UnsafeBufferPointer<Float>, _ path: String) throws(Failure) {
        var bytes = [UInt8](repeating: 0, count: latent.count)
        bytes.withUnsafeMutableBufferPointer { LatentPicture.write(latent, into: $0) }
        guard
            let picture = Picture(
                width: diffusion.width, height: diffusion.height, channels: diffusion.channels, bytes: bytes)
        else { return }
        let encoded = try reporting { () throws(EdgeError) in try PictureFile.encodePNG(picture) }
        do throws(SystemError) {
            try Files.writeAtomically(path, encoded)
        } catch {
            throw Failure(error)
        }
    }

    /// A JSON line a picture, or a line for people.
    func printResults(_ path: String) throws(Failure) {
        if arguments.flag("json") {
            for (picture, result) in results.enumerated() { try Output.print(json(picture, result)) }
        } else if !arguments.quiet {
            var time = JSONWriter()
            time.decimal(Double(results.reduce(0) { $0 + $1.median }) / Double(results.count) / 1e6, digits: 2)
            let pictures = results.count == 1 ? "1 picture" : "\(results.count) pictures"
            try Output.print("\(path): \(pictures), \(job.plan.count) steps, \(time.text) ms a step\n")
        }
    }

    private func json(_ picture: Int, _ result: Result) -> String {
        var json = JSONWriter()
        json.beginObject()
        json.key("picture")
        json.integer(picture)
        json.key("seed")
        json.integer(Int(truncatingIfNeeded: job.seed))
        json.key("label")
        json.string(diffusion.name(of: result.label))
        json.key("sampler")
        json.string(job.samplerName.text)
        json.key("steps")
        json.integer(job.plan.count)
        json.key("guidance")
        json.decimal(Double(job.guidance), digits: 3)
        json.key("output_digest")
        json.digest(result.digest)
        json.key("ms_per_step")
        json.beginObject()
        json.milliseconds("median", result.median)
        json.milliseconds("min", result.least)
        json.endObject()
        json.endObject()
        return json.text + "\n"
    }
}

/// At least four digits.
private func padded(_ number: Int) -> String {
    let digits = "\(number)"
    return String(repeating: "0", count: max(4 - digits.utf8.count, 0)) + digits
}
