public import Denoising
public import EdgeFormat

/// What a noise predictor was trained for: its schedule and its labels. Written into the metadata of an ONNX file by
/// `train`, read from there by `quantize`.
public struct DiffusionSettings: Equatable, Sendable {
    public enum ScheduleKind: String, CaseIterable, Sendable {
        /// β from 1e-4 to 0.02 in equal steps (Ho and others, 2020).
        case linear
        /// ᾱ after a squared cosine with s = 0.008, β at most 0.999 (Nichol and Dhariwal, 2021).
        case cosine
    }

    public var scheduleKind: ScheduleKind
    /// Time steps of the schedule, 1 … 1,000.
    public var steps: Int
    /// Number of labels; the label of this number stands for "none" (classifier-free guidance).
    public var classes: Int
    /// Guidance to use where nothing else is asked for, 0 … 100.
    public var guidance: Float

    public init(scheduleKind: ScheduleKind = .linear, steps: Int = 1000, classes: Int, guidance: Float = 2) {
        self.scheduleKind = scheduleKind
        self.steps = steps
        self.classes = classes
        self.guidance = guidance
    }

    /// The label of an unconditional prediction.
    public var nullLabel: Int { classes }

    /// The schedule.
    /// - Throws: `.data` for a number of steps that is not 1 … 1,000.
    public func schedule() throws(EdgeError) -> NoiseSchedule {
        guard Self.stepLimits.contains(steps), let schedule = unchecked else {
            throw EdgeError(.data, at: "diffusion", "a schedule of \(steps) steps: 1 to 1000 are possible")
        }
        return schedule
    }

    private static let stepLimits = 1...1000

    private var unchecked: NoiseSchedule? {
        switch scheduleKind {
        case .linear: .linear(steps: steps)
        case .cosine: .cosine(steps: steps)
        }
    }
}

// MARK: - Metadata

extension DiffusionSettings {
    private static let start = "swiftlet.diffusion."

    /// The entries that `init(metadata:)` reads.
    public var metadata: [String: String] {
        [
            Self.start + "schedule": scheduleKind.rawValue, Self.start + "steps": "\(steps)",
            Self.start + "classes": "\(classes)", Self.start + "guidance": "\(guidance)",
        ]
    }

    /// Nil where the entries say nothing of diffusion.
    /// - Throws: `.data` for entries that are missing or not within their bounds.
    public init?(metadata: [String: String]) throws(EdgeError) {
        guard metadata.keys.contains(where: { $0.hasPrefix(Self.start) }) else { return nil }
        func entry<Value>(_ name: String, _ read: (String) -> Value?) throws(EdgeError) -> Value {
            let key = Self.start + name
            guard let text = metadata[key] else { throw EdgeError(.data, at: "metadata", "'\(key)' is missing") }
            guard let value = read(text) else {
                throw EdgeError(.data, at: "metadata", "'\(key)' is '\(text.prefix(40))'")
            }
            return value
        }
        scheduleKind = try entry("schedule") { ScheduleKind(rawValue: $0) }
        steps = try entry("steps") { Int($0).flatMap { Self.stepLimits.contains($0) ? $0 : nil } }
        classes = try entry("classes") { Int($0).flatMap { 0...65_535 ~= $0 ? $0 : nil } }
        guidance = try entry("guidance") { Float($0).flatMap { 0...100 ~= $0 ? $0 : nil } }
    }
}
