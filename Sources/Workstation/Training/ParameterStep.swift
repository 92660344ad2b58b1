internal import Tensors

/// One step of the parameters: the shards' gradients are added, in order, shortened where they are too long, and handed
/// to the optimizer; then the running average follows. The parameters are shared out in pieces, always the same ones.
struct ParameterStep: Sendable {
    let parameters: Tensor
    let state: Tensor
    let average: Tensor?
    let optimizer: any Optimizer
    /// 1 for the first step.
    let number: Int
    let rate: Float
    /// The greatest norm of a gradient; nil: none.
    let limit: Float?
    /// How much the average keeps, in the long run.
    let decay: Float

    private static let piece = 4096

    func run(with gradients: [Tensor], on team: WorkerTeam) {
        let pieces = (parameters.count + Self.piece - 1) / Self.piece
        guard let limit else {
            return team.run(pieces) { piece in
                sum(gradients, piece)
                update(gradients, piece, factor: 1)
            }
        }
        let squares = Tensor(zeros: [pieces])
        team.run(pieces) { piece in
            sum(gradients, piece)
            squares.base[piece] = squareSum(gradients, piece)
        }
        let norm = squares.values.reduce(0) { $0 + Double($1) }.squareRoot()
        let factor = norm > Double(limit) ? Float(Double(limit) / norm) : 1
        team.run(pieces) { update(gradients, $0, factor: factor) }
    }

    /// The keeping of the average at this step: little at first, when the parameters move far.
    private var keep: Float { min(decay, Float(1 + number) / Float(10 + number)) }

    private func range(_ piece: Int) -> (start: Int, count: Int) {
        let start = piece * Self.piece
        return (start, min(Self.piece, parameters.count - start))
    }

    /// Adds all gradients to the first.
    private func sum(_ gradients: [Tensor], _ piece: Int) {
        let (start, count) = range(piece)
        let sum = gradients[0].base + start
        for gradient in gradients.dropFirst() { add(gradient.base + start, to: sum, count: count) }
    }

    private func squareSum(_ gradients: [Tensor], _ piece: Int) -> Float {
        let (start, count) = range(piece)
        let sum = gradients[0].base + start
        var lanes = Lanes.zero
        var rest: Float = 0
        forLanes(count) {
            let g = sum.lanes(at: $0)
            lanes += g * g
        } _: {
            rest += sum[$0] * sum[$0]
        }
        return lanes.sum() + rest
    }

    private func update(_ gradients: [Tensor], _ piece: Int, factor: Float) {
        let (start, count) = range(piece)
        let (values, gradient) = (parameters.base + start, gradients[0].base + start)
        if factor != 1 {
            forLanes(count) {
                gradient.setLanes(factor * gradient.lanes(at: $0), at: $0)
            } _: {
                gradient[$0] *= factor
            }
        }
        let rows = (0..<optimizer.stateCount).map { state.base + $0 * parameters.count + start }
        optimizer.update(values, gradient: gradient, state: rows, count: count, step: number, rate: rate)
        guard let average else { return }
        let (mean, share) = (average.base + start, 1 - keep)
        forLanes(count) {
            let m = mean.lanes(at: $0)
            mean.setLanes(m + share * (values.lanes(at: $0) - m), at: $0)
        } _: {
            mean[$0] += share * (values[$0] - mean[$0])
        }
    }
}
