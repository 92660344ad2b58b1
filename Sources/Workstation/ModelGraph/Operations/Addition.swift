import EdgeFormat
import Tensors

/// The sum of two tensors of one shape; of floats also of a picture N·H·W·C and a row N·C that each of its pixels gets.
/// Quantized: q = clamp(roundHalfEven(Float(a − z_a)·(s_a / s_out) + Float(b − z_b)·(s_b / s_out)) + z_out).
public struct Addition: Operation {
    public static let name = "addition"

    public init() {}

    public var choosesWidth: Bool { true }

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        try expect(inputs, count: 2...2)
        let (a, b) = (inputs[0], inputs[1])
        for input in inputs {
            _ = try Shape.elementCount(input.shape)
            try expect(input.element, [.float32, .int8, .int16])
        }
        let isRow = a.element == .float32 && a.shape.count == 4 && b.shape == [a.shape[0], a.shape[3]]
        guard a.element.isQuantized == b.element.isQuantized, a.shape == b.shape || isRow else {
            throw EdgeError(.data, at: "", "\(b.text) cannot be added to \(a.text)")
        }
        return [TensorType(a.element, a.shape)]
    }

    public func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData] {
        if case (.float32(let a), .float32(let b)) = (inputs[0].data, inputs[1].data) {
            let shape = inputs[0].type.shape
            return [.float32(sums(a, b, pixels: shape == inputs[1].type.shape ? 1 : shape[1] * shape[2], shape))]
        }
        let (x, y) = (try inputs[0].type.activationQuantization, try inputs[1].type.activationQuantization)
        guard let a = inputs[0].data.centred(x.zeroPoint), let b = inputs[1].data.centred(y.zeroPoint) else {
            throw notComputed(inputs)
        }
        let scale = try outputs[0].activationQuantization.scales[0]
        let (factorA, factorB) = (x.scales[0] / scale, y.scales[0] / scale)
        let round = try Rounding(to: outputs[0])
        return [
            TensorData(outputs[0].element, count: a.count) {
                round(Float(a[$0]) * factorA + Float(b[$0]) * factorB)
            }
        ]
    }
}

extension Addition {
    /// a + b, where each row of b goes to as many pixels of a.
    private func sums(_ a: [Float], _ b: [Float], pixels: Int, _ shape: [Int]) -> [Float] {
        var y = a
        // Without rows it is one row of all elements.
        let width = pixels == 1 ? y.count : shape.last ?? 1
        y.withUnsafeMutableBufferPointer { y in
            b.withUnsafeBufferPointer { b in
                guard let y = y.baseAddress, let b = b.baseAddress else { return }
                for row in 0..<a.count / width {
                    add(Row(mutating: b) + row / pixels * width, to: y + row * width, count: width)
                }
            }
        }
        return y
    }
}
