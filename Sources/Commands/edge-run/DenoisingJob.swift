import Console
import Denoising
import EdgeFormat
import Inference
import Platform

/// What `edge-run denoise` is asked to make.
struct DenoisingJob {
    let plan: StepPlan
    /// Nil: the labels in turn.
    let label: Int?
    let count: Int
    let seed: UInt64
    let guidance: Float
    /// The sampler as `--sampler` spells it.
    let samplerName: StaticString

    private static let samplerNames: [StaticString] = ["ddim", "ddpm", "ddpm-large"]

    init(_ arguments: Arguments, _ diffusion: DiffusionModel) throws(Failure) {
        let settings = diffusion.settings
        let choice = try arguments.choice("sampler", of: Self.samplerNames) ?? 0
        samplerName = Self.samplerNames[choice]
        let eta = try arguments.decimal("eta", in: 0...1)
        guard choice == 0 || eta == nil else {
            throw Failure(.usage, "--eta is for --sampler ddim; \(samplerName.text) has its own noise")
        }
        let steps = try arguments.integer("steps", in: 1...diffusion.schedule.count) ?? settings.defaultSteps
        let sampler: Sampler = choice == 0 ? .ddim(eta: eta ?? 0) : .ddpm(largeVariance: choice == 2)
        plan = try reporting { () throws(EdgeError) in
            do throws(EdgeError) {
                return try StepPlan(schedule: diffusion.schedule, sampler: sampler, steps: steps)
            } catch {
                throw error.within(diffusion.model.path)
            }
        }
        label = try Self.label(arguments, diffusion)
        count = try arguments.integer("count", in: 1...10_000) ?? (label == nil ? settings.classes : 1)
        seed = UInt64(try arguments.integer("seed", in: 0...Int.max) ?? 1)
        let asked = try arguments.decimal("guidance", in: 0...100).map { Float($0) } ?? settings.guidance
        // Without a label there is nothing to go towards.
        guidance = label == diffusion.nullLabel ? 1 : asked
    }

    private static func label(_ arguments: Arguments, _ diffusion: DiffusionModel) throws(Failure) -> Int? {
        let hasLabels = !diffusion.labels.isEmpty
        guard let text = arguments.value("label") else { return hasLabels ? nil : diffusion.nullLabel }
        if hasLabels, text.utf8.elementsEqual("all".utf8) { return nil }
        return try reporting { () throws(EdgeError) in try diffusion.label(text) }
    }

    /// The label of picture `index`.
    func label(of index: Int, _ diffusion: DiffusionModel) -> Int {
        label ?? index % max(diffusion.settings.classes, 1)
    }

    /// Columns of the grid: of several rounds of labels each is one row.
    func columns(_ diffusion: DiffusionModel) -> Int? {
        let classes = diffusion.settings.classes
        return label == nil && count > classes && classes <= 32 ? classes : nil
    }
}
