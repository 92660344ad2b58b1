internal import EdgeFormat
internal import Kernels

/// When two results of float arithmetic count as the same: docs/arithmetic.md, "Floats".
struct OutputComparison {
    private let tensor: ModelTensor

    /// Share of an output's range that floats may be apart.
    private static let tolerance: Float = 1e-4

    init(_ tensor: ModelTensor) { self.tensor = tensor }

    /// Floats within a share of the expected ones' range, integers that stand for reals within one step, others equal.
    /// - Parameters:
    ///   - bytes: logical bytes of the tensor, `tensor.logicalSize` in both.
    func areNear(_ bytes: ArraySlice<UInt8>, _ expected: ArraySlice<UInt8>) -> Bool {
        guard tensor.isQuantized || tensor.element.isFloat else { return bytes.elementsEqual(expected) }
        let (found, wanted) = (reals(bytes), reals(expected))
        let finite = wanted.filter { $0.isFinite }
        let range = (finite.max() ?? 0) - (finite.min() ?? 0)
        // Of one value, or equal ones, the range is their size.
        let size = finite.reduce(range) { max($0, abs($1)) }
        let allowed = tensor.isQuantized ? 1 : Self.tolerance * (range > 0 ? range : size)
        for (a, b) in zip(found, wanted) {
            guard a == b || abs(a - b) <= allowed || a.isNaN && b.isNaN else { return false }
        }
        return true
    }

    private func reals(_ bytes: ArraySlice<UInt8>) -> [Float] {
        var reals = [Float](repeating: 0, count: tensor.count)
        bytes.withUnsafeBytes { source in
            guard let base = source.baseAddress else { return }
            plain_load_reals(Int32(tensor.element.rawValue), base, 1, reals.count, &reals)
        }
        return reals
    }
}
