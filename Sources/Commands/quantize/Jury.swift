import Console
import Datasets
import EdgeFormat
import Evaluation

/// The classifier that judges, and the pictures that it compares with.
struct Jury {
    private let path: String
    private let classifier: PictureJudge
    private let real: LabelledPictures
    /// The half to test with; nil where the data have no halves.
    private let others: LabelledPictures?

    /// Nil where no classifier is named.
    init?(_ arguments: Arguments) throws(Failure) {
        guard let path = arguments.value("classifier"), let data = arguments.value("data") else { return nil }
        self.path = path
        let graph = try readGraph(path, arguments)
        classifier = try reporting { () throws(EdgeError) in
            do throws(EdgeError) { return try PictureJudge(graph) } catch { throw error.within(path) }
        }
        func half(_ split: Split) throws(Failure) -> LabelledPictures {
            let half = try reporting { () throws(EdgeError) in
                try DataSource.open(data, split: split, labels: arguments.value("labels"))
            }
            guard half.count > 1 else { throw Failure(.data, "\(data): holds fewer than two pictures to compare with") }
            return half
        }
        real = try half(.train)
        others = try real.hasHalves ? half(.test) : nil
    }

    func judge(
        _ result: inout DenoiserEvaluation, _ compiled: Sampling, _ float: Sampling?, _ request: SamplingRequest,
        _ arguments: Arguments
    ) throws(Failure) {
        let total = real.count + (others?.count ?? 0) + compiled.count + (float?.count ?? 0)
        let bar = SharedProgress("judging by " + path, total: total, quiet: arguments.quiet)
        let threads = try arguments.threadCount
        result = try reporting { () throws(EdgeError) in
            var judged = result
            try judged.judge(
                compiled, float, request, by: classifier, real: real, others: others, threads: threads
            ) { bar.add($0) }
            return judged
        }
        bar.finish()
    }
}
