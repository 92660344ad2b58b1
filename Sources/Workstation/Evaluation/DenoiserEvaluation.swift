public import Datasets
public import EdgeFormat
import Imaging

/// What pictures of a denoiser are worth, of a compiled one and of the float one that it was made of.
public struct DenoiserEvaluation: Sendable {
    /// Of one denoiser.
    public struct Result: Sendable {
        /// The median time of a step of one picture on one thread.
        public var stepSeconds: Double?
        /// The share of pictures in which the classifier finds the class that was asked for; nil without a classifier,
        /// and where no class can be asked for.
        public var found: Double?
        /// Fréchet distance to the real pictures to train with, in the classifier's features; nil without a classifier,
        /// and of a single picture.
        public var distance: Double?
    }

    public var count = 0
    public var compiled = Result()
    public var float: Result?
    /// The median over the pictures, in dB; nil without a float denoiser.
    public var medianPeakSignalToNoise: Double?
    /// The distance of the real pictures to test with from those to train with: what no denoiser has to be below; nil
    /// without a classifier, and where the data have no halves.
    public var floor: Double?

    /// - Parameters:
    ///   - compiled: pictures of the compiled denoiser.
    ///   - float: the same pictures of the float one.
    public init(compiled: Sampling, float: Sampling?) {
        count = compiled.count
        self.compiled.stepSeconds = compiled.stepSeconds
        guard let float else { return }
        self.float = Result(stepSeconds: float.stepSeconds)
        medianPeakSignalToNoise = compiled.medianPeakSignalToNoise(to: float)
    }

    /// Has a classifier look at the pictures.
    /// - Parameters:
    ///   - real: pictures, at least two; the drawn ones are compared with them.
    ///   - others: more of the kind, for the floor; nil where the data have no second half.
    ///   - progress: called with the number of pictures done, from any thread.
    public mutating func judge(
        _ compiled: Sampling, _ float: Sampling?, _ request: SamplingRequest, by judge: PictureJudge,
        real: LabelledPictures, others: LabelledPictures?, threads: Int,
        progress: @escaping @Sendable (Int) -> Void
    ) throws(EdgeError) {
        let first = try real.picture(0, color: .grey)
        let size = (width: min(compiled.shape[1], first.width), height: min(compiled.shape[0], first.height))
        func statistics(_ pictures: LabelledPictures) throws(EdgeError) -> FeatureStatistics? {
            let verdict = try judge.judge(pictures, threads: threads, progress: progress)
            return FeatureStatistics(verdict.features, width: judge.width)
        }
        let moments = try statistics(real)
        if let others, let moments { floor = try statistics(others)?.distance(to: moments) }
        func add(_ sampling: Sampling, to result: inout Result) throws(EdgeError) {
            let verdict = try judge.judge(sampling, size: size, threads: threads, progress: progress)
            let drawn = FeatureStatistics(verdict.features, width: judge.width)
            result.distance = moments.flatMap { drawn?.distance(to: $0) }
            guard request.classes > 0 else { return }
            let right = verdict.answers.enumerated().reduce(0) { $0 + (request.label($1.offset) == $1.element ? 1 : 0) }
            result.found = Double(right) / Double(max(sampling.count, 1))
        }
        try add(compiled, to: &self.compiled)
        guard let float, var result = self.float else { return }
        try add(float, to: &result)
        self.float = result
    }
}
