public import Datasets
public import EdgeFormat
import Imaging

/// What pictures of a denoiser are worth, of a compiled one and of the float one that it was made of.
public struct DenoiserEvaluation: Sendable {
    /// Of one denoiser.
    public struct Result: Sendable {
        /// The median time of a step of one picture on one thread.
        public var stepSeconds: Double?
        /// The share of pictures in which the classifier finds the class that was asked for; nil without one.
        public var found: Double?
        /// Fréchet distance to the real pictures to train with, in the classifier's features; nil without data.
        public var distance: Double?
    }

    public var count = 0
    public var compiled = Result()
    public var float: Result?
    /// The median over the pictures, in dB; nil without a float denoiser.
    public var medianPeakSignalToNoise: Double?
    /// The distance of the real pictures to test with from those to train with: what no denoiser has to be below.
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
    ///   - train: real pictures; the drawn ones are compared with them.
    ///   - test: others, for the floor.
    ///   - progress: called with the number of pictures done, from any thread.
    public mutating func judge(
        _ compiled: Sampling, _ float: Sampling?, _ request: SamplingRequest, by judge: PictureJudge,
        train: LabelledPictures?, test: LabelledPictures?, threads: Int,
        progress: @escaping @Sendable (Int) -> Void
    ) throws(EdgeError) {
        var size = (width: compiled.shape[1], height: compiled.shape[0])
        var real: FeatureStatistics?
        if let train, train.count > 1 {
            let first = try train.picture(0, color: .grey)
            size = (min(size.width, first.width), min(size.height, first.height))
            let verdict = try judge.judge(train, threads: threads, progress: progress)
            real = FeatureStatistics(verdict.features, width: judge.width)
        }
        if let test, let real {
            let verdict = try judge.judge(test, threads: threads, progress: progress)
            floor = FeatureStatistics(verdict.features, width: judge.width)?.distance(to: real)
        }
        func result(_ sampling: Sampling) throws(EdgeError) -> (found: Double, distance: Double?) {
            let verdict = try judge.judge(sampling, size: size, threads: threads, progress: progress)
            let right = verdict.answers.enumerated().reduce(0) { $0 + (request.label($1.offset) == $1.element ? 1 : 0) }
            let statistics = FeatureStatistics(verdict.features, width: judge.width)
            return (Double(right) / Double(max(sampling.count, 1)), real.flatMap { statistics?.distance(to: $0) })
        }
        (self.compiled.found, self.compiled.distance) = try result(compiled)
        guard let float else { return }
        let (found, distance) = try result(float)
        self.float?.found = found
        self.float?.distance = distance
    }
}
