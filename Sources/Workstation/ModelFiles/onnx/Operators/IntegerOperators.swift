import EdgeFormat
import ModelGraph

// Quantized numbers, where scales or values are computed: as the standard writes them out in floats and integers.
extension ONNXImporter {
    static let integerRules: [String: Rule] = [
        "QuantizeLinear": Rule(["axis", "block_size", "output_dtype", "saturate", "precision"], decidesType: true) {
            importer, node throws(EdgeError) in
            let x = try importer.input(node)
            try node.expect("block_size", 0)
            if importer.element(x) == .float32, importer.isInternal(node.outputs[0]),
                let quantization = try importer.quantization(node, 1)
            {
                importer.quantizedNames.insert(node.outputs[0])
                return try importer.alias(node, try importer.prescribed(x, quantization))
            }
            let zeroPoint = try importer.optionalInput(node, 2)
            let number = Int32(clamping: try node.int("output_dtype", default: 0))
            let element = zeroPoint.map(importer.element) ?? (number == 0 ? .uint8 : ElementType(onnx: number))
            guard let element, !element.isFloat else {
                throw EdgeError(.data, at: "", "quantized to \(ONNXDocument.typeName(number)) is not supported")
            }
            let axis = try node.int("axis", default: 1)
            let scale = try importer.spread(try importer.input(node, 1), axis, like: x)
            let zero = try zeroPoint.map { (zero) throws(EdgeError) in try importer.spread(zero, axis, like: x) }
            try importer.finish(node, try importer.quantized(x, scale, zero, element))
        },
        "DequantizeLinear": Rule(["axis", "block_size", "output_dtype"], decidesType: true) {
            importer, node throws(EdgeError) in
            let x = try importer.input(node)
            try node.expect("block_size", 0)
            if importer.quantizedNames.contains(node.inputs[0]) { return try importer.alias(node, x) }
            let axis = try node.int("axis", default: 1)
            if node.inputs.allSatisfy({ $0.isEmpty || importer.isConstant($0) }) {
                let weights = try importer.realConstant(node, 0, axis: axis)
                return try importer.finish(node, weights.value)
            }
            let scale = try importer.spread(try importer.input(node, 1), axis, like: x)
            let zero = try importer.optionalInput(node, 2)
            let spread = try zero.map { (zero) throws(EdgeError) in try importer.spread(zero, axis, like: x) }
            try importer.finish(node, try importer.dequantized(x, scale, spread))
        },
        "DynamicQuantizeLinear": Rule([]) { importer, node throws(EdgeError) in
            try importer.dynamicallyQuantized(node)
        },
        "QLinearConv": Rule(windowAttributes, decidesType: true) { importer, node throws(EdgeError) in
            if try importer.quantizedConvolution(node) { return }
            let x = try importer.centred(try importer.input(node), try importer.input(node, 2))
            let weights = try importer.centred(try importer.input(node, 3), try importer.input(node, 5), axis: 0)
            var sums = try importer.convolution(node, x, weights, bias: nil as Computed?)
            let spatial = Array(1..<importer.fileShape(sums).count - 1)
            if let bias = try importer.optionalInput(node, 8) {
                sums = try importer.compute(.addition, sums, importer.inserting(bias, spatial))
            }
            var scale = try importer.input(node, 4)
            if importer.fileShape(scale).count == 1, importer.fileShape(scale) != [1] {
                scale = importer.inserting(scale, spatial)
            }
            try importer.finish(node, try importer.requantized(node, sums, scale, input: 1, output: 6))
        },
        "QLinearMatMul": Rule(of: [], decidesType: true) { importer, node throws(EdgeError) in
            let (a, b) = (try importer.input(node), try importer.input(node, 3))
            let x = try importer.centred(a, try importer.input(node, 2), axis: max(importer.fileShape(a).count - 2, 0))
            let y = try importer.centred(b, try importer.input(node, 5), axis: importer.fileShape(b).count - 1)
            let sums = try importer.matrixProduct(node, x, y)
            return try importer.requantized(node, sums, try importer.input(node, 4), input: 1, output: 6)
        },
    ]

    /// A number for all, or a list along an axis of a value, as that is broadcast.
    private mutating func spread(_ list: Computed, _ axis: Int, like x: Computed) throws(EdgeError) -> Computed {
        let rank = fileShape(x).count
        guard fileShape(list).count == 1, fileShape(list) != [1] else { return list }
        let place = axis < 0 ? axis + rank : axis
        guard (0..<rank).contains(place) else { throw EdgeError(.data, at: "", "axis \(axis) of \(rank) dimensions") }
        return inserting(list, (0..<rank).filter { $0 != place })
    }

    /// saturate(half_even(x / scale) + zero point).
    private mutating func quantized(
        _ x: Computed, _ scale: Computed, _ zeroPoint: Computed?, _ element: ElementType
    ) throws(EdgeError) -> Computed {
        let reals = try convert(x, to: .float32)
        var value = try apply(NearestInteger(), try compute(.division, reals, scale))
        if let zeroPoint { value = try compute(.addition, value, try convert(zeroPoint, to: .float32)) }
        return try convert(value, to: element)
    }

    private mutating func dequantized(
        _ x: Computed, _ scale: Computed, _ zeroPoint: Computed?
    ) throws(EdgeError) -> Computed {
        var value = try convert(x, to: .int32)
        if let zeroPoint { value = try compute(.subtraction, value, try convert(zeroPoint, to: .int32)) }
        return try compute(.multiplication, try convert(value, to: .float32), scale)
    }

    /// Sums of products in the output's quantization: their scale is that of one input times that of the weights.
    private mutating func requantized(
        _ node: ONNXNode, _ sums: Computed, _ weightScale: Computed, input index: Int, output: Int
    ) throws(EdgeError) -> Computed {
        let product = try compute(.multiplication, weightScale, try input(node, index))
        let factor = try compute(.division, product, try input(node, output))
        let steps = try compute(.multiplication, try convert(sums, to: .float32), factor)
        let zeroPoint = try input(node, output + 1)
        let value = try compute(.addition, try apply(NearestInteger(), steps), try convert(zeroPoint, to: .float32))
        return try convert(value, to: element(zeroPoint))
    }

    /// To uint8 by the value's own range, which includes 0. Outputs: integers, scale, zero point.
    private mutating func dynamicallyQuantized(_ node: ONNXNode) throws(EdgeError) {
        let x = try input(node)
        let axes = Array(fileShape(x).indices)
        let zero = number(0)
        let largest = try compute(.maximum, try reduce(.maximum, x, axes: axes, keeps: false), zero)
        let smallest = try compute(.minimum, try reduce(.minimum, x, axes: axes, keeps: false), zero)
        let scale = try compute(.division, try compute(.subtraction, largest, smallest), number(255))
        let place = try apply(
            NearestInteger(), try compute(.division, try compute(.subtraction, zero, smallest), scale))
        let zeroPoint = try convert(place, to: .uint8)
        try finish(node, try quantized(x, scale, zeroPoint, .uint8))
        try finish(node, scale, output: 1)
        try finish(node, zeroPoint, output: 2)
    }
}
