import EdgeFormat
import ModelGraph

// Shapes, constants and types.
extension ONNXImporter {
    static let shapeRules: [String: Rule] = [
        "Cast": Rule(["saturate", "to", "round_mode"], decidesType: true) { importer, node throws(EdgeError) in
            try importer.cast(node, to: Int32(clamping: try node.int("to", default: 0)))
        },
        "CastLike": Rule(["saturate", "round_mode"], decidesType: true) { importer, node throws(EdgeError) in
            let other = try importer.input(node, 1)
            let isHalf = importer.halfNames.contains(node.inputs[1])
            try importer.cast(node, to: isHalf ? 10 : importer.element(other).onnxNumber)
        },
        "Constant": Rule(["value", "value_float", "value_floats", "value_int", "value_ints"]) {
            importer, node throws(EdgeError) in try importer.constantNode(node)
        },
        "ConstantOfShape": Rule(["value"]) { importer, node throws(EdgeError) in try importer.filled(node) },
        "Expand": Rule(of: []) { importer, node throws(EdgeError) in
            let target = try importer.declaredOrIntegers(node, "shape")
            return try importer.expanded(try importer.input(node), to: target)
        },
        "Flatten": Rule(["axis"]) { importer, node throws(EdgeError) in try importer.flatten(node) },
        "Range": Rule(of: ["stash_type"]) { importer, node throws(EdgeError) in try importer.range(node) },
        "Reshape": Rule(["allowzero", "consumed_inputs", "shape"]) { importer, node throws(EdgeError) in
            try importer.reshape(node)
        },
        "Shape": Rule(of: ["start", "end"], decidesType: true) { importer, node throws(EdgeError) in
            let shape = try importer.inputShape(node)
            let clamp = { (index: Int) in min(max(index < 0 ? index + shape.count : index, 0), shape.count) }
            let start = clamp(try node.int("start", default: 0))
            let end = max(clamp(try node.int("end", default: shape.count)), start)
            return try importer.integers([end - start], Array(shape[start..<end]))
        },
        "Size": Rule(of: [], decidesType: true) { importer, node throws(EdgeError) in
            try importer.integers([], [try importer.inputShape(node).reduce(1, *)])
        },
        "Squeeze": Rule(["axes"]) { importer, node throws(EdgeError) in try importer.squeeze(node) },
        TimeEmbeddingPattern.type: Rule(of: ["frequencies"]) { importer, node throws(EdgeError) in
            let steps = try importer.inFileOrder(try importer.input(node))
            let operation = Sinusoid(frequencies: try node.floats("frequencies") ?? [])
            let id = try importer.emit(operation, [steps], name: importer.label)
            return Computed(id: id, layout: Layout(same: importer.shape(id)))
        },
        "Unsqueeze": Rule(["axes"]) { importer, node throws(EdgeError) in try importer.unsqueeze(node) },
    ]

    /// The shape that the file declares of an output, where what would say it is no constant.
    /// - Parameter rank: how many dimensions it must have; any number where it is nil.
    func declared(
        _ node: ONNXNode, input: Int = 1, output: Int = 0, rank: Int? = nil
    ) throws(EdgeError) -> [Int]? {
        guard node.has(input: input), !isConstant(node.inputs[input]), node.has(output: output) else { return nil }
        guard let shape = document.shapes[node.outputs[output]] else { return nil }
        let known = shape.compactMap { $0 }
        guard known.count == shape.count else { return nil }
        _ = try Shape.elementCount(known)
        guard known.count == rank ?? known.count else {
            throw EdgeError(.data, at: "", "output \(output) is declared as \(Shape.text(known)), of other dimensions")
        }
        return known
    }

    /// The declared shape, or the integers of the input that says it.
    private mutating func declaredOrIntegers(
        _ node: ONNXNode, input: Int = 1, _ what: String
    ) throws(EdgeError) -> [Int] {
        if let shape = try declared(node, input: input) { return shape }
        return try integers(node, input, what)
    }

    private mutating func cast(_ node: ONNXNode, to number: Int32) throws(EdgeError) {
        let x = try input(node)
        guard let element = ElementType(onnx: number) else {
            throw EdgeError(.data, at: "", "a cast to \(ONNXDocument.typeName(number)) is not supported")
        }
        guard element == .float16 else {
            let value = try convert(x, to: element)
            return value == x ? try alias(node, x) : try finish(node, value)
        }
        halfNames.insert(node.outputs[0])
        let value = try convert(try convert(x, to: .float16), to: .float32)
        try finish(node, value)
    }

    private mutating func constantNode(_ node: ONNXNode) throws(EdgeError) {
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

    private mutating func filled(_ node: ONNXNode) throws(EdgeError) {
        let shape = try declaredOrIntegers(node, input: 0, "shape")
        var element = TensorData.float32([0])
        if let value = node.attributes["value"] {
            guard case .tensor(.success(let tensor)) = value, tensor.data.count == 1 else {
                throw EdgeError(.data, at: "", "value is not a tensor of one element")
            }
            element = tensor.data
        }
        let count = try Shape.elementCount(shape)
        try charge(bytes: count * element.elementType.size)
        let data =
            element.reals.map { TensorData(element.elementType, reals: [Float](repeating: $0[0], count: count)) }
            ?? TensorData(element.elementType, wholes: [Int64](repeating: element.wholes?[0] ?? 0, count: count))
        try define(node.outputs[0], constant: ONNXTensor(shape: shape, data: data))
    }

    /// start, start + delta, … below limit, or above it where delta is negative.
    private mutating func range(_ node: ONNXNode) throws(EdgeError) -> Computed {
        let (start, delta) = (try input(node), try input(node, 2))
        let count: Int
        if let shape = try declared(node, rank: 1) {
            count = shape.reduce(1, *)
        } else {
            let (first, limit) = (try optionalScalar(node, 0, "start"), try optionalScalar(node, 1, "limit"))
            let step = try optionalScalar(node, 2, "delta")
            guard let first, let limit, let step, step != 0, ((limit - first) / step).isFinite,
                abs((limit - first) / step) < Double(Shape.elementLimit)
            else { throw EdgeError(.data, at: "", "start, limit and delta are no range") }
            count = Int(max(((limit - first) / step).rounded(.up), 0))
        }
        let element = element(start)
        let steps = try convert(try indices(count), to: element)
        return try compute(.addition, start, try compute(.multiplication, steps, delta))
    }

    /// The value broadcast to a shape, or to what both broadcast to.
    mutating func expanded(_ x: Computed, to given: [Int]) throws(EdgeError) -> Computed {
        _ = try Shape.elementCount(given)
        let target = try Broadcasting.shape([fileShape(x), given])
        try charge(bytes: target.reduce(0, +) * 4)
        let wide = inserting(x, Array(0..<max(target.count - fileShape(x).count, 0)))
        return try rearrange(wide) { shape, order throws(EdgeError) in
            .expansion(shape, to: order.map { target[$0] })
        }
    }

    private mutating func flatten(_ node: ONNXNode) throws(EdgeError) {
        let x = try input(node)
        let shape = fileShape(x)
        let given = try node.int("axis", default: 1)
        let axis = given == shape.count ? given : try node.axis(given, rank: shape.count)
        try reshape(node, x, to: [shape[..<axis].reduce(1, *), shape[axis...].reduce(1, *)])
    }

    /// 0 keeps a dimension, −1 is what the others leave.
    private mutating func reshape(_ node: ONNXNode) throws(EdgeError) {
        let x = try input(node)
        let shape = fileShape(x)
        if let target = try declared(node) { return try reshape(node, x, to: target) }
        let keeps = try node.int("allowzero", default: 0) == 0
        guard var target = try integers(node, attribute: "shape", input: 1) else {
            throw EdgeError(.data, at: "", "shape (input 1) is missing")
        }
        var inferred: Int?
        for (axis, dimension) in target.enumerated() {
            if dimension == 0, keeps {
                guard axis < shape.count else {
                    throw EdgeError(.data, at: "", "there is no dimension \(axis) to keep")
                }
                target[axis] = shape[axis]
            } else if dimension == -1 {
                guard inferred == nil else { throw EdgeError(.data, at: "", "two dimensions of the shape are -1") }
                inferred = axis
                target[axis] = 1
            }
        }
        let known = try Shape.elementCount(target)
        if let inferred { target[inferred] = max(1, shape.reduce(1, *) / known) }
        try reshape(node, x, to: target)
    }

    private mutating func squeeze(_ node: ONNXNode) throws(EdgeError) {
        let x = try input(node)
        let shape = fileShape(x)
        if let target = try declared(node) { return try reshape(node, x, to: target) }
        let given = try integers(node, attribute: "axes", input: 1)
        let axes = try given.map { (axes) throws(EdgeError) in try node.axes(axes, rank: shape.count) }
        let removed = axes ?? shape.indices.filter { shape[$0] == 1 }
        guard removed.allSatisfy({ shape[$0] == 1 }) else {
            throw EdgeError(.data, at: "", "squeeze of a dimension that is not 1, in \(Shape.text(shape))")
        }
        try alias(node, dropping(x, removed))
    }

    private mutating func unsqueeze(_ node: ONNXNode) throws(EdgeError) {
        let x = try input(node)
        let shape = fileShape(x)
        if let target = try declared(node) { return try reshape(node, x, to: target) }
        guard let given = try integers(node, attribute: "axes", input: 1) else {
            throw EdgeError(.data, at: "", "axes are missing")
        }
        guard shape.count + given.count <= Shape.rankLimit else {
            throw EdgeError(
                .data, at: "",
                "\(shape.count + given.count) dimensions; at most \(Shape.rankLimit) are supported")
        }
        try alias(node, inserting(x, try node.axes(given, rank: shape.count + given.count)))
    }
}

extension ElementType {
    /// The number of TensorProto.DataType.
    var onnxNumber: Int32 {
        switch self {
        case .float32: 1
        case .uint8: 2
        case .int8: 3
        case .uint16: 4
        case .int16: 5
        case .int32: 6
        case .int64: 7
        case .bool: 9
        case .float16: 10
        }
    }
}
