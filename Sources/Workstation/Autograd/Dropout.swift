import Tensors

extension Tape {
    /// Sets elements to zero, each with the chance `rate`, and multiplies the others by 1 / (1 − rate). The seed alone
    /// decides which: a caller makes one of whatever a mask must depend on.
    /// - Precondition: 0 <= rate < 1.
    public func dropout(_ x: Variable, rate: Float, seed: UInt64) -> Variable {
        precondition(rate >= 0 && rate < 1, "dropout leaves something")
        if rate == 0 { return x }
        let mask = buffer(x.value.shape)
        let y = buffer(x.value.shape)
        fillMask(mask, rate: rate, seed: seed)
        mapLanes(y.count, to: y.base) { x.value.base.lanes(at: $0) * mask.base.lanes(at: $0) }

        return result(y, of: [x]) { [self] gradient in
            mapLanes(y.count, to: gradient.base) { gradient.base.lanes(at: $0) * mask.base.lanes(at: $0) }
            pass(gradient, to: x)
        }
    }

    /// Two elements a random number, each from its half.
    private func fillMask(_ mask: Tensor, rate: Float, seed: UInt64) {
        let threshold = UInt64(rate * 0x1p32)
        let kept = 1 / (1 - rate)
        var generator = RandomGenerator(seed)
        var number: UInt64 = 0
        for index in 0..<mask.count {
            number = index % 2 == 0 ? generator.next() : number >> 32
            mask.base[index] = number & 0xFFFF_FFFF < threshold ? 0 : kept
        }
    }
}
