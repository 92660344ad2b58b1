import EdgeFormat
import ModelGraph

extension ONNXImporter {
    /// y = alpha·x·B + beta·C.
    mutating func gemm(_ node: ONNXNode) throws(EdgeError) {
        let x = try input(node)
        guard shape(x).count == 2 else { throw EdgeError(.data, at: "", "Gemm takes two dimensions") }
        try node.expect("transA", 0)
        let (alpha, beta) = (try node.float("alpha", default: 1), try node.float("beta", default: 1))
        let transposed = try node.int("transB", default: 0) != 0
        let matrix = try floats(node, 1, "weights")
        guard matrix.shape.count == 2 else { throw EdgeError(.data, at: "", "weights are no matrix") }
        let outputs = matrix.shape[transposed ? 0 : 1]
        var weights = transposed ? matrix.elements : transpose(matrix)
        if alpha != 1 { weights = weights.map { $0 * alpha } }
        var bias: [Float]?
        if node.inputs.count > 2, !node.inputs[2].isEmpty {
            bias = try broadcast(try floats(node, 2, "bias"), to: outputs).map { $0 * beta }
        }
        try dense(node, x, weights, outputs: outputs, bias)
    }

    /// x·B of a constant matrix B; a bias may be added by the next node.
    mutating func matrixProduct(_ node: ONNXNode) throws(EdgeError) {
        let x = try input(node)
        let matrix = try floats(node, 1, "weights")
        guard matrix.shape.count == 2, shape(x).count == 2 || shape(x).count == 3 else {
            throw EdgeError(
                .data, at: "", "only a product of two or three dimensions with a constant matrix is supported")
        }
        try dense(node, x, transpose(matrix), outputs: matrix.shape[1], nil)
    }

    private mutating func dense(
        _ node: ONNXNode, _ x: Computed, _ weights: [Float], outputs: Int, _ bias: [Float]?
    ) throws(EdgeError) {
        let inputs = weights.count / outputs
        var weights = weights
        if case .flattened(let height, let width, let channels) = x.order {
            guard inputs == height * width * channels else {
                throw EdgeError(
                    .data, at: "", "weights take \(inputs) values, the input has \(height * width * channels)")
            }
            weights = swappingAxes(weights, outer: outputs, first: channels, second: height * width)
        }
        var operands = [x.id, addConstant(node.inputs[1], [outputs, inputs], weights)]
        if let bias { operands.append(addConstant(node.inputs[2], [outputs], bias)) }
        try add(Dense(), for: node, operands, order: .same)
    }

    private func transpose(_ matrix: (shape: [Int], elements: [Float])) -> [Float] {
        swappingAxes(matrix.elements, outer: 1, first: matrix.shape[0], second: matrix.shape[1])
    }

    /// A constant that is added to rows of `count` values.
    func broadcast(_ tensor: (shape: [Int], elements: [Float]), to count: Int) throws(EdgeError) -> [Float] {
        if tensor.elements.count == 1 { return [Float](repeating: tensor.elements[0], count: count) }
        guard tensor.elements.count == count, tensor.shape.last == count else {
            throw EdgeError(.data, at: "", "a bias of shape \(Shape.text(tensor.shape)) does not fit \(count) outputs")
        }
        return tensor.elements
    }
}

extension Dense: ONNXExportable {
    func export(_ node: Graph.Node, to exporter: inout ONNXExporter) throws(EdgeError) {
        let values = exporter.graph.values
        guard values[node.inputs[0]].type.shape.count == 2 else {
            throw EdgeError(.data, at: "", "only a dense layer of flat inputs is written as ONNX")
        }
        let shape = values[node.inputs[1]].type.shape
        var elements = try exporter.constant(node.inputs[1], "weights")
        if case .flattened(let height, let width, let channels) = exporter.order(of: node.inputs[0]) {
            elements = swappingAxes(elements, outer: shape[0], first: height * width, second: channels)
        }
        let weights = exporter.unique(node.name + ".weight")
        exporter.writer.constant(weights, shape, elements)
        var constants = [weights]
        if node.inputs.count > 2 {
            constants.append(exporter.unique(node.name + ".bias"))
            exporter.writer.constant(constants[1], [shape[0]], try exporter.constant(node.inputs[2], "bias"))
        }
        exporter.write("Gemm", node, constants: constants, activation: activation, [("transB", .int(1))])
    }
}
