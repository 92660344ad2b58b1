import EdgeFormat
import Foundation
import ModelGraph

extension ONNXImporter {
    /// The addition of a constant, as a bias of the convolution or dense layer before it or of a picture's channels; or
    /// of two computed values.
    mutating func addition(_ node: ONNXNode) throws(EdgeError) {
        guard node.inputs.count == 2 else { throw EdgeError(.data, at: "", "Add takes two inputs") }
        guard node.inputs.contains(where: isConstant) else { return try sum(node) }
        let index = isConstant(node.inputs[0]) ? 0 : 1
        let x = try value(node.inputs[1 - index])
        let tensor = try floats(node, index, "bias")
        let shape = shape(x)
        guard let channels = shape.last, x.order == .same || x.order == .picture else {
            throw EdgeError(.data, at: "", "adding to a flattened picture is not supported")
        }
        // A constant of a picture's channels is C·1·1 or 1·C·1·1.
        if x.order == .picture, tensor.elements.count > 1 {
            guard tensor.elements.count == channels, tensor.shape.count >= 3,
                tensor.shape.suffix(2) == [1, 1]
            else {
                throw EdgeError(
                    .data, at: "", "a constant of shape \(Shape.text(tensor.shape)) cannot be added to a picture")
            }
            try scale(node, node.inputs[1 - index], x, [Float](repeating: 1, count: channels), tensor.elements)
        } else {
            let bias = try broadcast(tensor, to: channels)
            try scale(node, node.inputs[1 - index], x, [Float](repeating: 1, count: channels), bias)
        }
    }

    /// y = scale·(x − mean) / √(variance + epsilon) + shift, a channel.
    mutating func batchNormalization(_ node: ONNXNode) throws(EdgeError) {
        let x = try input(node)
        try node.expect("spatial", 1)
        try node.expect("training_mode", 0)
        guard !node.outputs.dropFirst().contains(where: { !$0.isEmpty }) else {
            throw EdgeError(.data, at: "", "a batch normalization in training mode is not supported")
        }
        guard let channels = shape(x).last, shape(x).count == 2 || shape(x).count == 4,
            x.order == .same || x.order == .picture
        else { throw EdgeError(.data, at: "", "batch normalization takes pictures or rows") }
        var parameters: [[Float]] = []
        for (index, what) in ["scale", "bias", "mean", "variance"].enumerated() {
            let elements = try floats(node, index + 1, what).elements
            guard elements.count == channels else {
                throw EdgeError(.data, at: "", "\(what) has \(elements.count) elements for \(channels) channels")
            }
            parameters.append(elements)
        }
        let epsilon = Double(try node.float("epsilon", default: 1e-5))
        var (factors, shifts): ([Float], [Float]) = ([], [])
        for channel in 0..<channels {
            let factor = Double(parameters[0][channel]) / (Double(parameters[3][channel]) + epsilon).squareRoot()
            factors.append(Float(factor))
            shifts.append(Float(Double(parameters[1][channel]) - Double(parameters[2][channel]) * factor))
        }
        try scale(node, node.inputs[0], x, factors, shifts)
    }

    /// y = factor·x + shift for each channel: into the weights of the layer before, where only this node reads it;
    /// else as a convolution of one weight a channel.
    private mutating func scale(
        _ node: ONNXNode, _ name: String, _ x: Computed, _ factors: [Float], _ shifts: [Float]
    ) throws(EdgeError) {
        let channels = factors.count
        if let producer = foldable(name) {
            try fold(into: producer, node, factors, shifts)
            return try alias(node, x)
        }
        guard shape(x).count == 4 else {
            throw EdgeError(
                .data, at: "",
                "\(node.type) of rows is supported only right behind a dense layer that nothing else reads")
        }
        let weights = addConstant(node.outputs[0] + ".factors", [channels, 1, 1, 1], factors)
        let bias = addConstant(node.outputs[0] + ".shifts", [channels], shifts)
        try add(Convolution(groups: channels), for: node, [x.id, weights, bias], order: .picture)
    }

    /// W' = factor·W and b' = factor·b + shift, for each output channel.
    private mutating func fold(
        into producer: Int, _ node: ONNXNode, _ factors: [Float], _ shifts: [Float]
    ) throws(EdgeError) {
        let inputs = result.nodes[producer].inputs
        let old = result.values[inputs[1]]
        guard var weights = old.constant?.floats, old.type.shape[0] == factors.count else {
            throw EdgeError(.data, at: "", "\(factors.count) channels behind a layer of \(old.type.shape[0])")
        }
        let run = weights.count / factors.count
        if factors.contains(where: { $0 != 1 }) {
            for index in weights.indices { weights[index] *= factors[index / run] }
        }
        var bias = shifts
        if inputs.count > 2, let before = result.values[inputs[2]].constant?.floats {
            for index in bias.indices { bias[index] = factors[index] * before[index] + shifts[index] }
        }
        let name = inputs.count > 2 ? result.values[inputs[2]].name : node.outputs[0] + ".bias"
        result.nodes[producer].inputs = [
            inputs[0], addConstant(old.name, old.type.shape, weights), addConstant(name, [bias.count], bias),
        ]
        result.values[result.nodes[producer].outputs[0]].name = node.outputs[0]
    }

    mutating func constantNode(_ node: ONNXNode) throws(EdgeError) {
        let tensor: ONNXTensor
        switch node.attributes.first?.value {
        case .tensor(.success(let value)) where node.attributes.count == 1: tensor = value
        case .tensor(.failure(let error)): throw error
        case .float(let value): tensor = ONNXTensor(shape: [], data: .float32([value]))
        case .floats(let values): tensor = ONNXTensor(shape: [values.count], data: .float32(values))
        case .int(let value): tensor = ONNXTensor(shape: [], data: .int64([Int64(value)]))
        case .ints(let values): tensor = ONNXTensor(shape: [values.count], data: .int64(values.map { Int64($0) }))
        default: throw EdgeError(.data, at: "", "the constant has no value")
        }
        try define(node.outputs[0], constant: tensor)
    }
}
