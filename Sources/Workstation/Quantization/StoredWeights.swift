public import EdgeFormat
public import ModelGraph

extension Graph {
    /// The graph whose weights are those that a file of the recipe's precision can hold: of convolutions, dense layers,
    /// products of matrices and tables of rows. All else (biases, factors of norms, bounds) stays as it is.
    /// - Throws: `EdgeError` that names the tensor, where a weight is too large for the precision.
    public func storingWeights(_ recipe: QuantizationRecipe) throws(EdgeError) -> Graph {
        var graph = self
        for (id, axis) in outputAxes().sorted(by: { $0.key < $1.key }) {
            guard let weights = values[id].constant?.floats else { continue }
            let shape = values[id].type.shape
            do throws(EdgeError) {
                guard let storage = try storage(weights, shape, axis, recipe) else { continue }
                graph.values[id].constant = .float32(storage.reals(of: storage.bytes(of: weights, shape), shape))
                graph.values[id].storage = storage
            } catch {
                throw error.within("weights '\(values[id].name)'")
            }
        }
        return graph
    }

    /// The constants of two axes or more that are read as weights and as nothing else, each with the axis that its
    /// output channels are counted along.
    private func outputAxes() -> [ValueID: Int] {
        var axes: [ValueID: Int] = [:]
        var others = Set(results)
        for node in nodes {
            for (position, id) in node.inputs.enumerated() where isConstant(id) {
                let rank = values[id].type.shape.count
                guard rank >= 2, let axis = node.operation.outputAxis(ofInput: position, rank: rank) else {
                    others.insert(id)
                    continue
                }
                axes[id] = axes[id] ?? axis
            }
        }
        return axes.filter { !others.contains($0.key) }
    }

    private func storage(
        _ weights: [Float], _ shape: [Int], _ axis: Int, _ recipe: QuantizationRecipe
    ) throws(EdgeError) -> WeightStorage? {
        switch recipe.precision {
        case .int8, .fp32: return nil
        case .fp16: return try exact(.float16, weights, shape, "fp16, which ends at 65504; use bf16")
        case .bf16: return try exact(.bfloat16, weights, shape, "bf16; use fp32")
        case .int8Weights: return integers(weights, shape, axis, recipe.weightRanges)
        }
    }

    /// A storage that has no number for what is too large, so that it would become infinite.
    private func exact(
        _ storage: WeightStorage, _ weights: [Float], _ shape: [Int], _ advice: String
    ) throws(EdgeError) -> WeightStorage {
        let reals = storage.reals(of: storage.bytes(of: weights, shape), shape)
        for (weight, real) in zip(weights, reals) where weight.isFinite && !real.isFinite {
            throw EdgeError(.data, at: "", "the weight \(weight) is too large for \(advice)")
        }
        return storage
    }

    /// Integers with one scale an output channel; nil for weights that are not finite, and where the scales would take
    /// what the integers save.
    private func integers(
        _ weights: [Float], _ shape: [Int], _ axis: Int, _ method: QuantizationRecipe.WeightRangeMethod
    ) -> WeightStorage? {
        let channels = shape[axis]
        guard 3 * weights.count > 4 * channels, weights.allSatisfy(\.isFinite) else { return nil }
        let pitch = shape[(axis + 1)...].reduce(1, *)
        let scales = (0..<channels).map { channel in
            let starts = stride(from: channel * pitch, to: weights.count, by: channels * pitch)
            let own = starts.flatMap { weights[$0..<$0 + pitch] }
            return QuantizedWeights.scale(QuantizedWeights.range(own[...], method))
        }
        return scales.allSatisfy { (127 * $0).isFinite } ? .int8(scales: scales, axis: axis) : nil
    }
}

extension Operation {
    /// Of an input that is weights when it is constant: the axis of its shape that output channels are counted along.
    fileprivate func outputAxis(ofInput position: Int, rank: Int) -> Int? {
        switch (self, position) {
        case (is Convolution, 1), (is ConvolutionAddition, 1), (is Dense, 1), (is Embedding, 1): 0
        case (is MatrixProduct, 0): rank - 2
        case (is MatrixProduct, 1): rank - 1
        case (let gather as Gather, 0): gather.axis
        default: nil
        }
    }
}
