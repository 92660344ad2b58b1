/// What a classifier answered for one picture.
public struct Answer: Sendable {
    /// One class with its score.
    public struct Candidate: Equatable, Sendable {
        public var index: Int
        /// The class's name; its number where the model has no labels.
        public var label: String
        /// 0 … 1 where the model says that its outputs are logits or probabilities, else what the output stands for.
        public var score: Float
    }

    /// Time by stage, in nanoseconds.
    public struct Times: Sendable {
        /// Crop, resize, colour, quantize.
        public var input: Int64 = 0
        public var inference: Int64 = 0
        /// Scores and order.
        public var output: Int64 = 0
    }

    /// The best classes, best first; of equal ones the lowest index first. At least one.
    public var top: [Candidate]
    /// XXH3-64 of the model's logical input and of its outputs.
    public var inputDigest: UInt64
    public var outputDigest: UInt64
    public var times: Times
    /// The best class.
    public var index: Int

    /// How many classes `top` holds at most.
    public static let topCount = 5
}
