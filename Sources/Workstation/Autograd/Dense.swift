import Tensors

extension Tape {
    /// y = W·x + b of each row of x, then ReLU where `clamps`. x is N·I, weights O·I, bias O; the result is N·O.
    public func dense(_ x: Variable, weights: Variable, bias: Variable, clamps: Bool) -> Variable {
        let outputs = bias.value.count
        let count = x.value.count * outputs / weights.value.count
        return product(x, weights: weights, bias: bias, shape: [count, outputs], clamps: clamps)
    }

    /// The same with any shape of the result whose last number is O.
    func product(_ x: Variable, weights: Variable, bias: Variable, shape: [Int], clamps: Bool) -> Variable {
        let outputs = bias.value.count
        let y = buffer(shape)
        let count = y.count / outputs
        let input = Matrix(x.value, rows: count, columns: weights.value.count / outputs)
        let kernel = Matrix(weights.value, rows: outputs, columns: input.columns)

        multiply(input, kernel.transposed, into: Matrix(y, rows: count, columns: outputs))
        addBias(bias.value.base, to: y.base, rows: count, width: outputs, clamps: clamps)

        return result(y, of: [x, weights, bias]) { [self] gradient in
            if clamps { maskByPositive(y.base, gradient.base, count: y.count) }
            let rows = Matrix(gradient, rows: count, columns: outputs)
            addToGradient(of: bias) { target in
                for row in 0..<count { Tensors.add(gradient.base + row * outputs, to: target.base, count: outputs) }
            }
            withGradient(of: weights) { target, adds in
                let target = Matrix(target, rows: outputs, columns: input.columns)
                multiply(rows.transposed, input, into: target, adds: adds)
            }
            withGradient(of: x) { target, adds in
                multiply(rows, kernel, into: Matrix(target, rows: count, columns: input.columns), adds: adds)
            }
        }
    }
}
