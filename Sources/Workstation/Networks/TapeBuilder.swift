import Autograd
import EdgeFormat
import Foundation
import Tensors

/// Computes a network on a tape.
struct TapeBuilder: NetworkBuilder {
    let tape: Tape
    let places: [Network.Place]
    let parameters: Tensor
    /// Nil where no gradients are wanted.
    let gradients: Tensor?
    /// What the dropped values depend on; nil outside of training, where none are.
    let dropout: UInt64?
    private var nextParameter = 0
    private var nextDropout: UInt64 = 0

    init(_ network: Network, on tape: Tape, gradients: Tensor?, dropout: UInt64?) {
        self.tape = tape
        self.gradients = gradients
        self.dropout = dropout
        places = network.places
        parameters = network.parameters
    }

    func shape(of value: Variable) -> [Int] { value.value.shape }

    mutating func parameter(_ parameter: Parameter) -> Variable {
        let place = places[nextParameter]
        nextParameter += 1
        let value = parameters.slice(at: place.offset, parameter.shape)
        let gradient = gradients?.slice(at: place.offset, parameter.shape)
        return gradient.map { tape.parameter(value, gradient: $0) } ?? tape.constant(value)
    }

    func convolution(
        _ name: String, _ x: Variable, weights: Variable, bias: Variable, window: SquareWindow, relu: Bool
    ) throws(EdgeError) -> Variable {
        let grid = try grid(name, x, window)
        return tape.convolution(x, weights: weights, bias: bias, grid: grid, clamps: relu)
    }

    func dense(_ name: String, _ x: Variable, weights: Variable, bias: Variable, relu: Bool) -> Variable {
        tape.dense(x, weights: weights, bias: bias, clamps: relu)
    }

    func pool(
        _ name: String, _ x: Variable, _ kind: PoolKind, window: SquareWindow
    ) throws(EdgeError) -> Variable {
        let grid = try grid(name, x, window)
        return switch kind {
        case .average: tape.averagePool(x, grid: grid)
        case .largest: tape.maxPool(x, grid: grid)
        }
    }

    func flatten(_ name: String, _ x: Variable) -> Variable { tape.flatten(x) }

    func activation(_ name: String, _ x: Variable, _ kind: ActivationKind) -> Variable {
        switch kind {
        case .relu: tape.relu(x)
        case .sigmoid: tape.sigmoid(x)
        case .tanh: tape.tanh(x)
        case .silu: tape.silu(x)
        }
    }

    func groupNorm(
        _ name: String, _ x: Variable, factors: Variable, offsets: Variable, groups: Int, silu: Bool
    ) -> Variable {
        tape.groupNorm(
            x, factors: factors, offsets: offsets, groups: groups, epsilon: Self.normEpsilon, silu: silu)
    }

    mutating func dropout(_ x: Variable, rate: Float) -> Variable {
        guard let dropout else { return x }
        nextDropout += 1
        var generator = RandomGenerator(dropout, nextDropout)
        return tape.dropout(x, rate: rate, seed: generator.next())
    }

    func addition(_ name: String, _ a: Variable, _ b: Variable) -> Variable { tape.add(a, b) }

    func rowAddition(_ name: String, _ x: Variable, _ row: Variable) -> Variable { tape.addRow(x, row) }

    func concatenation(_ name: String, _ a: Variable, _ b: Variable) -> Variable {
        tape.concatenate(a, b, channels: (a.value.shape.last ?? 1, b.value.shape.last ?? 1))
    }

    func upsampling(_ name: String, _ x: Variable, factor: Int) -> Variable {
        tape.upsample(x, picture: Array(x.value.shape.dropFirst()), factor: factor)
    }

    func embedding(_ name: String, _ indices: [Int], table: Variable) -> Variable {
        tape.embedding(table, rows: indices, width: table.value.shape.last ?? 1)
    }

    func sinusoid(_ name: String, _ indices: [Int], frequencies: [Float]) -> Variable {
        let rows = tape.buffer([indices.count, 2 * frequencies.count])
        for (row, index) in indices.enumerated() {
            for (column, frequency) in frequencies.enumerated() {
                let phase = Double(index) * Double(frequency)
                let sine = rows.base + row * 2 * frequencies.count + column
                sine[0] = Float(sin(phase))
                sine[frequencies.count] = Float(cos(phase))
            }
        }
        return tape.constant(rows)
    }

    private func grid(_ name: String, _ x: Variable, _ window: SquareWindow) throws(EdgeError) -> PatchGrid {
        let shape = x.value.shape
        guard shape.count == 4,
            let grid = PatchGrid(
                height: shape[1], width: shape[2], channels: shape[3], window: (window.size, window.size),
                stride: (window.stride, window.stride), padding: window.padding)
        else { throw EdgeError(.data, at: "layer '\(name)'", "has no room for a window of \(window.size)") }
        return grid
    }
}
