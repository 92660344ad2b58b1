import Tensors

extension Tape {
    /// y = W·x + b of each row of x, then ReLU where `clamps`. x is N·I, weights O·I, bias O; the result is N·O.
    public func dense(_ x: Variable, weights: Variable, bias: Variable, clamps: Bool) -> Variable {
        let outputs = bias.value.count
        let inputs = weights.value.count / outputs
        let count = x.value.count / inputs
        let y = buffer([count, outputs])
        let input = Matrix(x.value, rows: count, columns: inputs)
        let kernel = Matrix(weights.value, rows: outputs, columns: inputs)

        multiply(input, kernel.transposed, into: Matrix(y, rows: count, columns: outputs))
        addBias(bias.value.base, to: y.base, rows: count, width: outputs, clamps: clamps)

        return result(y, of: [x, weights, bias]) { [self] gradient in
            if clamps { maskByPositive(y.base, gradient.base, count: y.count) }
            let rows = Matrix(gradient, rows: count, columns: outputs)
            addToGradient(of: bias) { target in
                for row in 0..<count { Tensors.add(gradient.base + row * outputs, to: target.base, count: outputs) }
            }
            withGradient(of: weights) { target, adds in
                let target = Matrix(target, rows: outputs, columns: inputs)
                multiply(rows.transposed, input, into: target, adds: adds)
            }
            withGradient(of: x) { target, adds in
                multiply(rows, kernel, into: Matrix(target, rows: count, columns: inputs), adds: adds)
            }
        }
    }
}
