import EdgeFormat
import ModelGraph

extension TFLiteImporter {
    /// Reals to integers, or integers to those of another scale.
    mutating func quantize(_ node: TFLiteOperator) throws(EdgeError) {
        let x = try input(node)
        let wanted = try outputType(node)
        guard type(x).quantization != nil else { return try add(Quantize(), for: node, [x]) }
        guard wanted.quantization != nil else {
            throw EdgeError(.data, at: "", "'\(label(node.outputs[0]))' has no scale")
        }
        if type(x).quantization == wanted.quantization { return define(node, x) }
        let unsigned = isUnsigned(node.outputs[0]) || (optionalOperand(node, 0).map { isUnsigned($0) } ?? false)
        define(node, try rescaled(x, name: label(node.outputs[0]), to: wanted, isUnsigned: unsigned))
    }

    /// Constants become constants: floats of other widths are read as float32 anyway.
    mutating func dequantize(_ node: TFLiteOperator) throws(EdgeError) {
        if let constant = try constant(try operand(node, 0)) {
            guard let reals = constant.reals else { throw EdgeError(.data, at: "", "integers without a scale") }
            return define(node, constant: TFLiteConstant(shape: constant.shape, data: .float32(reals)))
        }
        try add(Dequantize(), for: node, [try input(node)])
    }
}
