public import Autograd
public import EdgeFormat
public import ModelGraph
public import Tensors

/// Layers one after the other, and the numbers that they train.
///
/// All parameters stand in one flat tensor, in the order of the layers: an optimizer, a checkpoint or a sum of gradients
/// is one loop.
public struct Network: Sendable {
    public let layers: [any Layer]
    /// The shape of one sample.
    public let input: [Int]
    public let output: [Int]
    /// Every parameter's number; a gradient is a tensor of the same size.
    public let parameters: Tensor
    private let places: [Place]

    /// Where a layer's input shape and parameters are.
    private struct Place: Sendable {
        let input: [Int]
        let parameters: [Parameter]
        let offset: Int
    }

    /// A network before its training; the seed decides the numbers that it starts from.
    /// - Throws: `EdgeError` when a layer cannot take what the one before it gives.
    public init(_ layers: [any Layer], input: [Int], seed: UInt64) throws(EdgeError) {
        self.layers = layers
        self.input = input
        var places: [Place] = []
        var shape = input
        var offset = 0
        for layer in layers {
            let output = try layer.outputShape(of: shape)
            _ = try Shape.elementCount(output)
            let parameters = layer.parameters(for: shape)
            for parameter in parameters { _ = try Shape.elementCount(parameter.shape) }
            places.append(Place(input: shape, parameters: parameters, offset: offset))
            offset += parameters.reduce(0) { $0 + $1.count }
            shape = output
        }
        output = shape
        parameters = Tensor(zeros: [offset])
        self.places = places
        start(seed: seed)
    }

    /// Computes the output of a shard of samples, N·(input), on a tape. Gradients of all parameters go into `gradients`, a
    /// tensor like `parameters`; with nil there are none.
    public func forward(_ x: Tensor, gradients: Tensor?, on tape: Tape) -> Variable {
        var variable = tape.constant(x)
        for (layer, place) in zip(layers, places) {
            var offset = place.offset
            var variables: [Variable] = []
            for parameter in place.parameters {
                let value = parameters.slice(at: offset, parameter.shape)
                let gradient = gradients?.slice(at: offset, parameter.shape)
                variables.append(gradient.map { tape.parameter(value, gradient: $0) } ?? tape.constant(value))
                offset += parameter.count
            }
            variable = layer.forward(variable, variables, input: place.input, on: tape)
        }
        return variable
    }

    /// The network as a graph for one sample, with the numbers that it has now.
    public func graph(name: String, input inputName: String = "input", output outputName: String = "logits")
        throws(EdgeError) -> Graph
    {
        var writer = GraphWriter(name: name)
        var value = writer.input(inputName, shape: [1] + input)
        for (layer, place) in zip(layers, places) {
            var offset = place.offset
            var constants: [Graph.ValueID] = []
            for parameter in place.parameters {
                let values = parameters.slice(at: offset, parameter.shape).values
                constants.append(writer.constant("\(layer.name).\(parameter.name)", shape: parameter.shape, values))
                offset += parameter.count
            }
            value = try layer.export(value, constants, to: &writer)
        }
        return writer.finish(output: value, name: outputName)
    }

    private func start(seed: UInt64) {
        for (index, place) in places.enumerated() {
            var offset = place.offset
            for (number, parameter) in place.parameters.enumerated() {
                var generator = RandomGenerator(seed, UInt64(index), UInt64(number))
                let bound = parameter.start.bound
                for element in offset..<offset + parameter.count {
                    parameters.base[element] = bound * generator.signedUnit()
                }
                offset += parameter.count
            }
        }
    }
}
