public import Datasets
public import EdgeFormat
import Imaging
public import ModelGraph
public import Quantization

/// What speaks against the pictures of a calibration, or against the way they become the input, found before the work is
/// done (docs/quantization.md, "Warnings").
public struct CalibrationReview: Sendable {
    private let graph: Graph
    private let pictures: LabelledPictures
    /// The pictures that calibration looks at.
    private let indices: [Int]
    private let preprocessing: Preprocessing
    private let threads: Int

    /// Fewer pictures than this are said to be few.
    static let fewPictures = 32
    /// Pictures that are looked at for their statistics, and for what the network answers.
    private static let seen = 32
    private static let answered = 96
    /// The pictures that are answered at a time.
    private static let wave = 16

    /// - Parameters:
    ///   - graph: as it was read.
    ///   - indices: the pictures that calibration looks at.
    public init(
        _ graph: Graph, _ pictures: LabelledPictures, _ indices: [Int], _ preprocessing: Preprocessing, threads: Int
    ) {
        self.graph = graph
        self.pictures = pictures
        self.indices = indices
        self.preprocessing = preprocessing
        self.threads = threads
    }

    /// What is to be said, a sentence each.
    /// - Throws: `EdgeError` when a picture cannot be read or the graph cannot be run.
    public func warnings() throws(EdgeError) -> [String] {
        var warnings: [String] = []
        if indices.count < Self.fewPictures {
            let count = indices.count == 1 ? "1 calibration picture is" : "\(indices.count) calibration pictures are"
            warnings.append("\(count) few for the ranges of activations; give \(Self.fewPictures) or more")
        }
        let given = try statistics(preprocessing)
        if indices.count > 1, given.areAlike {
            warnings.append("the calibration pictures are all alike; give pictures as different as those to come")
        }
        if let warning = try normWarning(given) { return warnings + [warning] }
        if let warning = try answerWarning(given) { warnings.append(warning) }
        return warnings
    }

    // MARK: - What the first batch norm saw in training

    private func statistics(_ preprocessing: Preprocessing) throws(EdgeError) -> InputStatistics {
        let seen = CalibrationSamples(pictures, indices, preprocessing).thinned(to: Self.seen)
        return try InputStatistics.run(graph, seen, threads: threads)
    }

    private func normWarning(_ given: InputStatistics) throws(EdgeError) -> String? {
        guard let norm = given.norm, !given.areAlike else { return nil }
        if norm.shift > 0.3, let swapped = preprocessing.swapped, let other = try statistics(swapped).norm,
            other.isMuchNearer(than: norm)
        {
            return "with red and blue swapped the pictures are nearer to what the network was trained on, by its first "
                + "batch norm '\(norm.name)'; check --input-color"
        }
        guard norm.isFar else { return nil }
        return "the inputs are not what the network was trained on: behind its first batch norm '\(norm.name)' "
            + norm.words + "; check --input-mean and --input-std"
    }

    // MARK: - What the network answers

    private func answerWarning(_ given: InputStatistics) throws(EdgeError) -> String? {
        guard let classes, graph.values[graph.inputs[0]].type.element == .float32 else { return nil }
        let interpreter = try ReferenceInterpreter(graph.simplified(), .quick)
        let all = Array(indices.prefix(Self.answered))
        let hasLabels = AnswerComparison.fits(pictures.subset(all), graph)
        let first = Array(all.prefix(Self.wave))
        let answers = try answers(interpreter, first, preprocessing)
        if let answer = answers.first, answers.count == Self.wave, classes >= 10, !given.areAlike,
            answers.allSatisfy({ $0 == answer }), !hasLabels || Set(first.map { pictures.label($0) }).count > 1
        {
            return "the network gives class \(answer) to each of \(answers.count) calibration pictures; check "
                + "--input-mean, --input-std and --input-color"
        }
        guard hasLabels, let swapped = preprocessing.swapped else { return nil }
        return try colorWarning(interpreter, all, known: answers, swapped)
    }

    /// Ends with the first wave after which the colours as given are not behind.
    private func colorWarning(
        _ interpreter: ReferenceInterpreter, _ all: [Int], known: [Int], _ swapped: Preprocessing
    ) throws(EdgeError) -> String? {
        var (rights, swappedRights, seen) = (0, 0, 0)
        // Pictures that one order of the colours alone gets right.
        var (wins, losses) = (0, 0)
        while seen < all.count {
            let wave = Array(all[seen..<min(seen + Self.wave, all.count)])
            let given = seen == 0 ? known : try answers(interpreter, wave, preprocessing)
            let others = try answers(interpreter, wave, swapped)
            for (index, (own, other)) in zip(wave, zip(given, others)) {
                let label = Evaluation.label(pictures, index, classes: classes ?? 0)
                rights += own == label ? 1 : 0
                swappedRights += other == label ? 1 : 0
                wins += own != label && other == label ? 1 : 0
                losses += own == label && other != label ? 1 : 0
            }
            seen += wave.count
            guard wins > losses else { return nil }
        }
        guard Self.isClear(wins: wins, losses: losses, of: seen) else { return nil }
        return "with red and blue swapped \(swappedRights) of \(seen) calibration pictures are right, as given "
            + "\(rights); check --input-color"
    }

    /// McNemar's test: the pictures that only one of two orders gets right, two deviations apart, and a twentieth of all.
    static func isClear(wins: Int, losses: Int, of count: Int) -> Bool {
        let lead = wins - losses
        return lead * lead >= 4 * (wins + losses) && lead >= max(4, count / 20)
    }

    /// Of a first output that is one row of scores.
    private var classes: Int? {
        guard let output = graph.outputs.first, let classes = graph.values[output].type.shape.last, classes > 1,
            graph.values[output].type.count == classes, graph.values[output].type.element == .float32
        else { return nil }
        return classes
    }

    /// The best class of each picture.
    private func answers(
        _ interpreter: ReferenceInterpreter, _ indices: [Int], _ preprocessing: Preprocessing
    ) throws(EdgeError) -> [Int] {
        let samples = CalibrationSamples(pictures, indices, preprocessing)
        return try concurrently(samples.count, threads: threads) { (index) throws(EdgeError) in
            let scores = try interpreter.run(try samples[index].inputs).first?.floats ?? []
            return scores.indices.max { (scores[$0], $1) < (scores[$1], $0) } ?? 0
        }
    }
}

extension Preprocessing {
    /// The same with red and blue swapped; nil for grey pictures.
    fileprivate var swapped: Preprocessing? {
        var other = self
        switch color {
        case .rgb: other.color = .bgr
        case .bgr: other.color = .rgb
        case .grey: return nil
        }
        return other
    }
}
