public import EdgeFormat

/// What two compiled models compute differently. Names, places in memory and packed weights do not count.
public enum ModelDifference {
    /// The first difference in words that follow both names, or nil.
    public static func first(_ a: ModelFile, _ b: ModelFile) -> String? {
        if let difference = steps(a.steps, b.steps) { return difference }
        guard a.operations.count == b.operations.count else {
            return "\(a.operations.count) and \(b.operations.count) operations"
        }
        var comparison = OperandComparison(a, b)
        for index in a.operations.indices {
            if let difference = operations(a, b, index, &comparison) { return difference }
        }
        return ends(a, b, &comparison)
    }

    private static func steps(_ a: DiffusionSteps?, _ b: DiffusionSteps?) -> String? {
        guard let a, let b else { return (a == nil) == (b == nil) ? nil : "one is a denoiser, the other is none" }
        if a.alphaBars != b.alphaBars { return "the noise schedules differ" }
        if a.classes != b.classes { return "\(a.classes) and \(b.classes) labels" }
        if a.guidance != b.guidance { return "the guidance is \(a.guidance) and \(b.guidance) where none is given" }
        if a.defaultSteps != b.defaultSteps {
            return "\(a.defaultSteps) and \(b.defaultSteps) steps where none are given"
        }
        if a.noiseTable != b.noiseTable { return "the noise tables differ" }
        return a == b ? nil : "the graphs that predict the noise differ"
    }

    private static func operations(
        _ a: ModelFile, _ b: ModelFile, _ index: Int, _ comparison: inout OperandComparison
    ) -> String? {
        let (x, y) = (a.operations[index], b.operations[index])
        guard x.kind == y.kind else { return "operation \(index) is a \(x.kind.name) and a \(y.kind.name)" }
        guard comparison.same(x.inputs, y.inputs) else {
            return "operation '\(x.name)' reads other tensors, or tensors of another shape, scale or clamp"
        }
        guard a.constantsDigest(index) == b.constantsDigest(index) else {
            return "operation '\(x.name)' has other weights, scales or tables"
        }
        guard x.parameters.numbers == y.parameters.numbers else {
            return "operation '\(x.name)' has other parameters"
        }
        guard comparison.same(x.outputs, y.outputs) else {
            return "the result of operation '\(x.name)' has another shape, scale or clamp"
        }
        return nil
    }

    /// Where values come in and go out.
    private static func ends(_ a: ModelFile, _ b: ModelFile, _ comparison: inout OperandComparison) -> String? {
        guard a.graphs.map(\.operations) == b.graphs.map(\.operations) else { return "the graphs differ" }
        for (x, y) in zip(a.graphs, b.graphs) {
            guard comparison.same(x.inputs, y.inputs), comparison.same(x.outputs, y.outputs) else {
                return "the inputs or outputs of graph '\(x.name)' differ"
            }
        }
        guard comparison.same(a.inputs.map(\.tensor), b.inputs.map(\.tensor)),
            a.inputs.map(\.pipeline) == b.inputs.map(\.pipeline)
        else { return "the input pipelines differ" }
        guard comparison.same(a.outputs.map(\.tensor), b.outputs.map(\.tensor)),
            a.outputs.map(\.meaning) == b.outputs.map(\.meaning)
        else { return "the outputs differ" }
        return a.outputs.map(\.labels) == b.outputs.map(\.labels) ? nil : "the labels differ"
    }
}

/// Which tensor of one model is which of the other, learned as their operations go by.
private struct OperandComparison {
    private let a: [ModelTensor]
    private let b: [ModelTensor]
    private var pairs: [Int: Int] = [:]
    private var taken: Set<Int> = []

    init(_ a: ModelFile, _ b: ModelFile) {
        (self.a, self.b) = (a.tensors, b.tensors)
    }

    /// Whether operands are the same ones. One that is seen for the first time belongs to the other from then on.
    mutating func same(_ indices: [Int], _ others: [Int]) -> Bool {
        guard indices.count == others.count else { return false }
        for (index, other) in zip(indices, others) {
            if let known = pairs[index] {
                guard known == other else { return false }
            } else {
                guard isLike(a[index], b[other]) else { return false }
                // A constant is what it holds, wherever it stands.
                if a[index].role == .constant { continue }
                guard taken.insert(other).inserted else { return false }
                pairs[index] = other
            }
        }
        return true
    }

    private func isLike(_ s: ModelTensor, _ t: ModelTensor) -> Bool {
        s.element == t.element && s.role == t.role && s.shape == t.shape && s.zeroPoint == t.zeroPoint
            && s.minimum == t.minimum && s.maximum == t.maximum && s.scales == t.scales
            && s.storage == t.storage
    }
}

extension ModelOperation.Parameters {
    /// What an operation computes with besides operands and tables; where a table stands does not count.
    fileprivate var numbers: [Int] {
        switch self {
        case .convolution(let convolution), .convolutionAddition(let convolution): return convolution.stored
        case .averagePool(let pool), .maxPool(let pool): return pool.stored
        case .groupNormalization(var normalization):
            if normalization.tableOffset != nil { normalization.tableOffset = 0 }
            return normalization.stored
        case .upsampling(let upsampling): return upsampling.stored
        case .dense, .table, .softmax, .interpolatedTable, .rescale, .concatenation, .addition, .embedding,
            .timeEmbedding, .selection, .conversion, .quantization, .dequantization:
            return []
        default: return plainNumbers
        }
    }

    /// Of operations on plain tensors.
    private var plainNumbers: [Int] {
        switch self {
        case .rearrangement(var rearrangement):
            rearrangement.offset = 0
            return rearrangement.stored
        case .resampling(var resampling):
            resampling.offset = 0
            return resampling.stored
        case .function(let function): return function.stored
        case .arithmetic(let function): return [Int(function.rawValue)]
        case .reduction(let reduction): return reduction.stored
        case .argumentReduction(let reduction): return reduction.stored
        case .matrixProduct(let bounds): return bounds.stored
        case .plainConvolution(let convolution): return convolution.stored
        case .plainPool(let pool): return pool.stored
        case .plainConcatenation(let number), .gather(let number), .gatherElements(let number), .gatherND(let number):
            return [number]
        case .scatterElements(let reduction, let axis): return [axis, reduction.rawValue]
        case .scatterND(let reduction): return [reduction.rawValue]
        case .plainSoftmax(let flag), .topK(let flag): return [flag ? 1 : 0]
        case .nonMaximumSuppression(let suppression): return suppression.stored
        case .detection(let detection): return detection.stored
        default: return []
        }
    }
}
