public import EdgeFormat

extension GoldenVector {
    /// The logical bytes of all inputs, in order.
    /// - Throws: `EdgeError` when stored ones are too few, too many, or no values of their tensors.
    public func inputBytes(for inputs: [ModelTensor], place: String) throws(EdgeError) -> [UInt8] {
        let size = inputs.reduce(0) { $0 + $1.logicalSize }
        switch input {
        case .seed(let seed):
            var generator = SplitMix64(seed: seed)
            var bytes = generator.bytes(size)
            Self.walk(inputs, &bytes) { bytes, offset, tensor in
                switch tensor.element {
                case .int16: bytes.store(max(bytes.load(Int16.self, at: offset), -Int16.max), at: offset)
                case .int32:
                    let count = UInt32(tensor.maximum - tensor.minimum + 1)
                    let value = UInt32(tensor.minimum) + bytes.load(UInt32.self, at: offset) % count
                    bytes.store(value, at: offset)
                default: break
                }
            }
            return bytes
        case .stored(var bytes):
            guard bytes.count == size else {
                throw EdgeError(
                    .data, at: place, "a golden vector stores \(bytes.count) input bytes; \(size) are needed")
            }
            var areValues = true
            Self.walk(inputs, &bytes) { bytes, offset, tensor in
                switch tensor.element {
                case .int16: areValues = areValues && bytes.load(Int16.self, at: offset) != Int16.min
                case .int32:
                    let value = Int(bytes.load(Int32.self, at: offset))
                    areValues = areValues && (tensor.minimum...tensor.maximum).contains(value)
                default: break
                }
            }
            guard areValues else {
                throw EdgeError(.data, at: place, "a golden vector stores an input outside its bounds")
            }
            return bytes
        }
    }

    /// Hands each value that is wider than a byte to `body`, with its offset.
    private static func walk(
        _ inputs: [ModelTensor], _ bytes: inout [UInt8], _ body: (inout [UInt8], Int, ModelTensor) -> Void
    ) {
        var offset = 0
        for tensor in inputs {
            if tensor.element != .int8 {
                for index in 0..<tensor.count { body(&bytes, offset + index * tensor.element.size, tensor) }
            }
            offset += tensor.logicalSize
        }
    }
}

extension [UInt8] {
    /// The little-endian integer at an offset.
    fileprivate func load<Value: FixedWidthInteger>(_: Value.Type, at offset: Int) -> Value {
        withUnsafeBytes { Value(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Value.self)) }
    }

    fileprivate mutating func store<Value: FixedWidthInteger>(_ value: Value, at offset: Int) {
        withUnsafeMutableBytes { $0.storeBytes(of: value.littleEndian, toByteOffset: offset, as: Value.self) }
    }
}
