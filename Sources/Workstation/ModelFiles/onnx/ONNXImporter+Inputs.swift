import EdgeFormat
import ModelGraph

// What a model is given.
extension ONNXImporter {
    mutating func addInputs() throws(EdgeError) {
        let names = Set(document.inputs.map(\.name))
        for name in options.inputShapes.keys.sorted() + options.constants.keys.sorted() where !names.contains(name) {
            throw EdgeError(
                .data, at: "",
                "there is no input '\(name)'; its inputs are \(document.inputs.map { "'\($0.name)'" }.joined(separator: ", "))"
            )
        }
        for input in document.inputs where constants[input.name] == nil {
            do throws(EdgeError) { try addInput(input) } catch { throw error.within("input '\(input.name)'") }
        }
    }

    private mutating func addInput(_ input: ONNXValue) throws(EdgeError) {
        guard let element = ElementType(onnx: input.elementType) else {
            throw EdgeError(.data, at: "", "element type \(ONNXDocument.typeName(input.elementType)) is not supported")
        }
        let shape = try shape(of: input)
        // A list that is always empty says that something is left out.
        if shape == [0] {
            return try define(
                input.name, constant: ONNXTensor(shape: shape, data: TensorData(element, wholes: [])))
        }
        _ = try Shape.elementCount(shape)
        let isPicture = element == .float32 && shape.count == 4 && hasPictures && !isChannelsLast(input.name)
        let order = isPicture ? [Int].channelsLast(rank: 4) : Array(shape.indices)
        let graphShape = order.map { shape[$0] }
        let id = result.addInput(input.name, TensorType(element, graphShape))
        if isPicture { result.values[id].sourceAxes = [0, 3, 1, 2] }
        let value = Computed(id: id, layout: Layout(order: order, graphShape))
        guard element == .float16 else { return try define(input.name, value) }
        halfNames.insert(input.name)
        try define(input.name, try convert(value, to: .float32))
    }

    private func shape(of input: ONNXValue) throws(EdgeError) -> [Int] {
        if let given = options.inputShapes[input.name] {
            if let dimensions = input.shape {
                guard given.count == dimensions.count, zip(given, dimensions).allSatisfy({ $1 == nil || $0 == $1 })
                else {
                    let own = dimensions.map { $0.map { "\($0)" } ?? "?" }.joined(separator: "x")
                    throw EdgeError(.data, at: "", "shape \(Shape.text(given)) was given, the model has \(own)")
                }
            }
            return given
        }
        guard let dimensions = input.shape else {
            throw EdgeError(
                .data, at: "", "its shape is not known; give one, as in --input-shape \(input.name)=1x32")
        }
        var shape: [Int] = []
        for (axis, dimension) in dimensions.enumerated() {
            // A batch of no fixed size is one sample.
            guard let size = dimension ?? (axis == 0 ? 1 : nil) else {
                let own = dimensions.map { $0.map { "\($0)" } ?? "?" }.joined(separator: "x")
                let example = dimensions.enumerated().map { "\($1 ?? ($0 == 0 ? 1 : 32))" }.joined(separator: "x")
                throw EdgeError(
                    .data, at: "",
                    "dimension \(axis) of \(own) has no fixed size; give one, as in --input-shape \(input.name)=\(example)"
                )
            }
            shape.append(size)
        }
        return shape
    }

    /// Whether the model works on pictures; if so its inputs of four dimensions are such. Of a model that has nothing but
    /// functions of each element it does not matter: they lie as `train` writes them.
    private var hasPictures: Bool {
        nodes.allSatisfy { $0.inputs.count <= 1 || Self.isLayoutFree($0.type) }
            || nodes.contains { Self.pictureOperators.contains($0.type) }
    }

    /// Whether all that reads an input of four dimensions moves its last axis behind the first: it lies as in graphs.
    private func isChannelsLast(_ name: String) -> Bool {
        let readers = nodes.filter { $0.inputs.contains(name) }
        return !readers.isEmpty
            && readers.allSatisfy { node in
                guard node.type == "Transpose", case .ints([0, 3, 1, 2]) = node.attributes["perm"] else { return false }
                return true
            }
    }

    private static func isLayoutFree(_ type: String) -> Bool {
        ["Add", "Clip", "Constant", "Dropout"].contains(type)
    }

    private static let pictureOperators: Set<String> = [
        "AveragePool", "BatchNormalization", "Conv", "ConvInteger", "ConvTranspose", "DepthToSpace",
        "GlobalAveragePool", "GlobalLpPool", "GlobalMaxPool", "GroupNormalization", "InstanceNormalization", "LRN",
        "LpPool", "MaxPool", "QLinearConv", "SpaceToDepth", "Upsample",
    ]
}

extension ElementType {
    /// The type of a number of TensorProto.DataType; nil of one that graphs do not hold.
    init?(onnx number: Int32) {
        switch number {
        case 1: self = .float32
        case 2: self = .uint8
        case 3: self = .int8
        case 4: self = .uint16
        case 5: self = .int16
        case 6: self = .int32
        case 7: self = .int64
        case 9: self = .bool
        case 10: self = .float16
        default: return nil
        }
    }
}

extension ONNXDocument {
    /// The standard's name of an element type.
    static func typeName(_ number: Int32) -> String {
        let names = [
            "undefined", "float32", "uint8", "int8", "uint16", "int16", "int32", "int64", "string", "bool", "float16",
            "float64", "uint32", "uint64", "complex64", "complex128", "bfloat16",
        ]
        return names.indices.contains(Int(number)) ? names[Int(number)] : "number \(number)"
    }
}
