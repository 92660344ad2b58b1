public import Tensors

extension Tape {
    /// The mean of the squared differences of a sample, summed over samples and multiplied by `scale`: 1/N for the mean,
    /// 1/batch when this tape has a part of a batch. x and target are N·…; the result has one element.
    /// - Precondition: as many elements in both.
    public func meanSquaredError(_ x: Variable, target: Tensor, scale: Float) -> Variable {
        precondition(x.value.count == target.count, "each element needs its target")
        let size = x.value.count / (x.value.shape.first ?? 1)
        let loss = buffer([1])
        var sum = 0.0
        for index in 0..<target.count {
            let difference = Double(x.value.base[index] - target.base[index])
            sum += difference * difference
        }
        loss.base[0] = Float(sum / Double(size)) * scale

        return result(loss, of: [x]) { [self] gradient in
            let factor = gradient.base[0] * scale * 2 / Float(size)
            withGradient(of: x) { slopes, adds in
                mapLanes(target.count, to: slopes.base) {
                    let slope = factor * (x.value.base.lanes(at: $0) - target.base.lanes(at: $0))
                    return adds ? slopes.base.lanes(at: $0) + slope : slope
                }
            }
        }
    }
}
