public import Autograd
public import EdgeFormat
public import ModelGraph

/// `outputs` sums over all inputs, plus bias, then ReLU where asked.
public struct DenseLayer: Layer {
    public let name: String
    public let outputs: Int
    public let clamps: Bool

    public init(_ name: String, outputs: Int, relu: Bool) {
        self.name = name
        self.outputs = outputs
        clamps = relu
    }

    public func outputShape(of input: [Int]) throws(EdgeError) -> [Int] {
        guard input.count == 1, outputs >= 1 else { throw wrongInput(input, "flat values") }
        return [outputs]
    }

    public func parameters(for input: [Int]) -> [Parameter] {
        let start: Parameter.Start =
            clamps
            ? .rectified(inputs: input[0]) : .balanced(inputs: input[0], outputs: outputs)
        return [
            Parameter(name: "weights", shape: [outputs, input[0]], start: start),
            Parameter(name: "bias", shape: [outputs], start: .zeros),
        ]
    }

    public func forward(_ x: Variable, _ parameters: [Variable], input: [Int], on tape: Tape) -> Variable {
        tape.dense(x, weights: parameters[0], bias: parameters[1], clamps: clamps)
    }

    public func export(
        _ x: Graph.ValueID, _ parameters: [Graph.ValueID], to graph: inout GraphWriter
    ) throws(EdgeError) -> Graph.ValueID {
        let sums = try graph.add(Dense(), name: name, [x] + parameters)
        return clamps ? try graph.add(ReLU(), name: name + ".relu", [sums]) : sums
    }
}
