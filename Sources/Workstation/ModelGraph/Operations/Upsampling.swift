import EdgeFormat

/// Each pixel repeated: nearest-neighbour up-sampling by whole factors. Input N·H·W·C, output N·(H·fy)·(W·fx)·C.
public struct Upsampling: Operation {
    public static let name = "upsampling"
    /// The largest factor, as in a compiled file.
    public static let factorLimit = 16

    public var factor: Extent

    public init(factor: Extent) {
        self.factor = factor
    }

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        let type = try sameType(inputs, [.float32, .int8, .int16])[0]
        let x = try Shape.picture(type, "the input")
        for factor in [factor.height, factor.width] where factor < 1 || factor > Self.factorLimit {
            throw EdgeError(.data, at: "", "up-sampling by \(factor) is outside 1 ... \(Self.factorLimit)")
        }
        let shape = [x.count, x.height * factor.height, x.width * factor.width, x.channels]
        _ = try Shape.elementCount(shape)
        return [TensorType(type.element, shape)]
    }

    public func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData] {
        try expectSameQuantization(inputs[0].type, outputs[0])
        let shape = inputs[0].type.shape
        switch inputs[0].data {
        case .float32(let x): return [.float32(repeated(x, shape))]
        case .int8(let x): return [.int8(repeated(x, shape))]
        case .int16(let x): return [.int16(repeated(x, shape))]
        default: throw notComputed(inputs)
        }
    }
}

extension Upsampling {
    private func repeated<Element: BitwiseCopyable>(_ x: [Element], _ shape: [Int]) -> [Element] {
        let (width, channels) = (shape[2], shape[3])
        let line = width * factor.width * channels
        return [Element](unsafeUninitializedCapacity: x.count * factor.height * factor.width) { y, count in
            x.withUnsafeBufferPointer { x in
                guard let x = x.baseAddress, var target = y.baseAddress else { return }
                for row in 0..<shape[0] * shape[1] {
                    let first = target
                    for column in 0..<width {
                        for _ in 0..<factor.width {
                            target.initialize(from: x + (row * width + column) * channels, count: channels)
                            target += channels
                        }
                    }
                    for _ in 1..<factor.height {
                        target.initialize(from: first, count: line)
                        target += line
                    }
                }
            }
            count = x.count * factor.height * factor.width
        }
    }
}
