import ModelGraph

/// A constant operand of arithmetic as bytes of one scale.
struct QuantizedConstant {
    let elements: [Int8]
    let quantization: Quantization

    /// Numbers of one size become 1 and −1 of that scale, which is exact; others 255 steps over their range.
    /// - Parameters:
    ///   - numbers: finite.
    ///   - prescribed: by which the model's source has them, as multiples of its scale; nil where it has not.
    init(_ numbers: [Float], prescribed: Quantization?) {
        let size = abs(numbers.first ?? 0)
        if let prescribed, prescribed.axis == nil, prescribed.scales.count == 1 {
            let quantization = Self.quantization(ofMultiples: numbers, scale: prescribed.scales[0])
            self.quantization = quantization
            elements = numbers.map { quantization.quantize($0) }
        } else if size.isNormal, numbers.allSatisfy({ abs($0) == size }) {
            quantization = Quantization(scale: size, zeroPoint: 0)
            elements = numbers.map { $0 < 0 ? -1 : 1 }
        } else {
            let range = ValueRange(minimum: numbers.min() ?? 0, maximum: numbers.max() ?? 0)
            let quantization = Quantization(covering: range)
            self.quantization = quantization
            elements = numbers.map { quantization.quantize($0) }
        }
    }

    /// The zero point by which whole multiples of a scale are bytes.
    private static func quantization(ofMultiples numbers: [Float], scale: Float) -> Quantization {
        let least = ((numbers.min() ?? 0) / scale).rounded()
        return Quantization(scale: scale, zeroPoint: Int32(min(max(-128 - min(max(least, -255), 255), -128), 127)))
    }
}
