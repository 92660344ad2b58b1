public import Denoising

/// What a sampling asks for, of a float network and of a compiled one alike: the same noise, so that their pictures can be
/// compared one by one.
public struct SamplingRequest: Sendable {
    /// Pictures; each one's label is the next one, after the last the first again.
    public var count = 100
    public var plan: StepPlan
    public var guidance: Float
    public var seed: UInt64 = 1
    public var classes: Int

    public init(plan: StepPlan, guidance: Float, classes: Int) {
        self.plan = plan
        self.guidance = guidance
        self.classes = classes
    }

    /// The label of a picture.
    public func label(_ picture: Int) -> Int { classes == 0 ? 0 : picture % classes }
}
