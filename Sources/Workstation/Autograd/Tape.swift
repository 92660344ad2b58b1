public import Tensors

/// A tensor on a tape: something given, a parameter, or what an operation computed.
public final class Variable {
    public let value: Tensor
    /// Whether the loss is differentiated by it.
    public let needsGradient: Bool
    fileprivate(set) var gradient: Tensor?
    /// Whether `gradient` holds anything yet in this pass.
    fileprivate(set) var hasGradient = false

    fileprivate init(_ value: Tensor, needsGradient: Bool, gradient: Tensor? = nil) {
        self.value = value
        self.needsGradient = needsGradient
        self.gradient = gradient
    }
}

/// Records operations as they compute, then runs them backwards: reverse-mode differentiation.
///
/// Each operation is a method in a file of its own, the forward pass above the closure of its backward pass. A tape
/// serves one thread. Its buffers serve the next pass again after `reset()`: a pass with the same shapes allocates none.
public final class Tape {
    private var steps: [() -> Void] = []
    private var parameters: [Variable] = []
    /// Buffers of this pass, and those of earlier passes that are free, by number of elements.
    private var used: [Tensor] = []
    private var free: [Int: [Tensor]] = [:]

    public init() {}

    /// Forgets the pass. Variables of it, and what they hold, must not be used any more; parameters' tensors stay.
    public func reset() {
        steps.removeAll(keepingCapacity: true)
        parameters.removeAll(keepingCapacity: true)
        for tensor in used { free[tensor.count, default: []].append(tensor) }
        used.removeAll(keepingCapacity: true)
    }

    /// A tensor that is not trained.
    public func constant(_ value: Tensor) -> Variable { Variable(value, needsGradient: false) }

    /// A tensor whose gradient `backward` writes into `gradient`, zeros where the loss does not depend on it.
    /// - Precondition: both have the same shape.
    public func parameter(_ value: Tensor, gradient: Tensor) -> Variable {
        precondition(value.shape == gradient.shape, "a gradient has its parameter's shape")
        let variable = Variable(value, needsGradient: true, gradient: gradient)
        parameters.append(variable)
        return variable
    }

    /// Writes the gradient of a loss by every parameter. The loss is the sum of the elements of `result`, each
    /// multiplied by its number in `weights` (1 where there are none).
    public func backward(from result: Variable, weights: [Float]? = nil) {
        let gradient = gradientBuffer(of: result)
        if let weights {
            precondition(weights.count == gradient.count, "each element of the result needs a weight")
            _ = gradient.elements.update(from: weights)
        } else {
            gradient.fill(1)
        }
        result.hasGradient = true
        for step in steps.reversed() { step() }
        for parameter in parameters where !parameter.hasGradient { parameter.gradient?.fill(0) }
    }

    // What operations are written with

    /// A buffer that holds anything and lasts until `reset()`.
    public func buffer(_ shape: [Int]) -> Tensor {
        let count = shape.reduce(1, *)
        let tensor = free[count]?.popLast() ?? Tensor(uninitialized: shape)
        used.append(tensor)
        return tensor.reshaped(shape)
    }

    /// The result of an operation and, when a gradient goes through it, its backward pass, which gets the gradient of
    /// the result and may overwrite it.
    func result(_ value: Tensor, of inputs: [Variable], backward: @escaping (_ gradient: Tensor) -> Void) -> Variable {
        let result = Variable(value, needsGradient: inputs.contains { $0.needsGradient })
        if result.needsGradient {
            steps.append {
                guard result.hasGradient, let gradient = result.gradient else { return }
                backward(gradient)
            }
        }
        return result
    }

    /// Calls `body` with the gradient of a variable that needs one, and whether to add to what it holds (it holds
    /// nothing otherwise, and all of it must be written).
    func withGradient(of variable: Variable, _ body: (_ gradient: Tensor, _ adds: Bool) -> Void) {
        guard variable.needsGradient else { return }
        body(gradientBuffer(of: variable), variable.hasGradient)
        variable.hasGradient = true
    }

    /// The same for operations that can only add: a gradient that holds nothing is zero before.
    func addToGradient(of variable: Variable, _ body: (_ gradient: Tensor) -> Void) {
        withGradient(of: variable) { gradient, adds in
            if !adds { gradient.fill(0) }
            body(gradient)
        }
    }

    /// Adds a gradient to that of a variable of the same count.
    func pass(_ gradient: Tensor, to variable: Variable) {
        withGradient(of: variable) { target, adds in
            if adds {
                Tensors.add(gradient.base, to: target.base, count: gradient.count)
            } else {
                copy(gradient.base, to: target.base, count: gradient.count)
            }
        }
    }

    private func gradientBuffer(of variable: Variable) -> Tensor {
        if let gradient = variable.gradient { return gradient }
        let gradient = buffer(variable.value.shape)
        variable.gradient = gradient
        return gradient
    }
}
