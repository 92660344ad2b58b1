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
    /// Time steps of the schedule.
    public var steps: Int
    /// Number of labels; the label of this number stands for "none" (classifier-free guidance).
    public var classes: Int

    public init(scheduleKind: ScheduleKind = .linear, steps: Int = 1000, classes: Int) {
        self.scheduleKind = scheduleKind
        self.steps = steps
        self.classes = classes
    }

    /// The label of an unconditional prediction.
    public var nullLabel: Int { classes }
}
