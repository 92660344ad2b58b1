public import EdgeFormat

extension GoldenVector {
    /// The logical bytes of all inputs, in order.
    /// - Throws: `EdgeError` when stored ones are too few, too many, or no values of their tensors.
    public func inputBytes(for inputs: [ModelTensor], place: String) throws(EdgeError) -> [UInt8] {
        let size = inputs.reduce(0) { $0 + $1.logicalSize }
        switch input {
        case .seed(let seed):
            // Integers become floats, rounded as everywhere.
            let floats = ExactFloats()
            defer { floats.restore() }
            var generator = SplitMix64(seed: seed)
            var bytes = generator.bytes(size)
            Self.walk(inputs, &bytes) { bytes, offset, tensor in Self.makeValue(of: tensor, &bytes, offset) }
            return bytes
        case .stored(var bytes):
            guard bytes.count == size else {
                throw EdgeError(
                    .data, at: place, "a golden vector stores \(bytes.count) input bytes; \(size) are needed")
            }
            var areValues = true
            Self.walk(inputs, &bytes) { bytes, offset, tensor in
                switch tensor.element {
                case .int16:
                    areValues = areValues && (tensor.isPlain || bytes.load(Int16.self, at: offset) != Int16.min)
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

    /// Makes a value that the tensor can have of drawn bytes: a real of −1 up to 1, a small integer where 64 bits are drawn,
    /// and of 32 bits one within the bounds.
    private static func makeValue(of tensor: ModelTensor, _ bytes: inout [UInt8], _ offset: Int) {
        switch tensor.element {
        case .int16 where !tensor.isPlain:
            bytes.store(max(bytes.load(Int16.self, at: offset), -Int16.max), at: offset)
        case .int32:
            let count = UInt64(tensor.maximum - tensor.minimum + 1)
            let drawn = Int(UInt64(bytes.load(UInt32.self, at: offset)) % count)
            bytes.store(Int32(tensor.minimum + drawn), at: offset)
        case .int64: bytes.store(Int64(Int8(truncatingIfNeeded: bytes.load(Int64.self, at: offset))), at: offset)
        case .float32:
            let real = Float(bytes.load(Int32.self, at: offset)) * 0x1p-31
            bytes.store(real.bitPattern, at: offset)
        case .float16:
            // 1.f − 1.5 times 2 has 11 bits, as a half float has.
            let real = Float(bytes.load(Int16.self, at: offset) >> 5) * 0x1p-10
            bytes.store(HalfFloat.bits(of: real), at: offset)
        case .bool: bytes[offset] &= 1
        default: break
        }
    }

    /// Hands each value that is wider than a byte, or a truth value, to `body`, with its offset.
    private static func walk(
        _ inputs: [ModelTensor], _ bytes: inout [UInt8], _ body: (inout [UInt8], Int, ModelTensor) -> Void
    ) {
        var offset = 0
        for tensor in inputs {
            if tensor.element.size > 1 || tensor.element == .bool {
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
