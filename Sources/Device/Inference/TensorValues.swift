public import EdgeFormat

// Inputs given as reals or indices, outputs taken as reals: docs/arithmetic.md. Nothing here allocates.
extension TensorView {
    /// Elements of one picture; of all where the tensor is none.
    public var pictureCount: Int { tensor.count / tensor.pictures }

    /// Writes the elements of one picture: half_even(x / s) + z, cut to the type's range whatever the tensor's bounds; a NaN
    /// becomes the zero point.
    /// - Parameters:
    ///   - values: `pictureCount` reals.
    ///   - picture: 0 ..< N; 0 for what is no picture.
    public func write(floats values: UnsafeBufferPointer<Float>, picture: Int = 0) {
        let row = rowBytes / tensor.element.size
        for line in 0..<tensor.height {
            let target = start + picture * picturePitch + line * rowPitch
            for index in 0..<row {
                let value = QuantizedValue.of(values[line * row + index], tensor)
                if tensor.element == .int8 {
                    let byte = UInt8(truncatingIfNeeded: value) ^ flip
                    target.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
                } else {
                    let word = Int16(truncatingIfNeeded: value)
                    target.storeBytes(of: word, toByteOffset: 2 * index, as: Int16.self)
                }
            }
        }
    }

    /// Reads the elements of one picture as reals: float(q − z)·s.
    public func read(floats values: UnsafeMutableBufferPointer<Float>, picture: Int = 0) {
        let row = rowBytes / tensor.element.size
        for line in 0..<tensor.height {
            let source = start + picture * picturePitch + line * rowPitch
            for index in 0..<row {
                let value: Int
                if tensor.element == .int8 {
                    let byte = source.load(fromByteOffset: index, as: UInt8.self) ^ flip
                    value = Int(Int8(bitPattern: byte))
                } else {
                    value = Int(source.load(fromByteOffset: 2 * index, as: Int16.self))
                }
                values[line * row + index] = Float(value - tensor.zeroPoint) * scale
            }
        }
    }

    /// Writes one of an int32 input's indices; a run cuts it to the tensor's bounds.
    public func write(index value: Int, at sample: Int) {
        guard tensor.element == .int32, sample < tensor.count else { return }
        start.storeBytes(of: Int32(clamping: value), toByteOffset: 4 * sample, as: Int32.self)
    }

    /// An int32 input's index, cut to the tensor's bounds, so that no value of memory reads outside a table.
    func index(at sample: Int) -> Int {
        let value = Int(start.load(fromByteOffset: 4 * sample, as: Int32.self))
        return min(max(value, tensor.minimum), tensor.maximum)
    }
}

/// Reals as the integers that stand for them.
public enum QuantizedValue {
    /// half_even(x / s) + z, cut to the range of the tensor's type; a NaN becomes the zero point.
    public static func of(_ x: Float, _ tensor: ModelTensor) -> Int {
        let largest = tensor.element == .int8 ? 127 : 32_767
        let smallest = tensor.element == .int8 ? -128 : -32_767
        let steps = x / (tensor.scales.first ?? 1)
        guard steps == steps else { return tensor.zeroPoint }
        let bounded = max(-65_536, min(65_536, steps))
        // Adding 1.5 · 2^23 leaves no bits below one, so the addition itself rounds half to even.
        let rounded = (bounded + 12_582_912) - 12_582_912
        return max(smallest, min(largest, Int(rounded) + tensor.zeroPoint))
    }
}
