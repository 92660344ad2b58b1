import Tensors

extension Tape {
    /// Group normalization: (x − mean) / √(variance + epsilon) over all pixels of a group of neighbouring channels of a
    /// sample, then a factor and an offset a channel, then SiLU where asked. x is N·H·W·C, factors and offsets C.
    /// - Precondition: `groups` divides C.
    public func groupNorm(
        _ x: Variable, factors: Variable, offsets: Variable, groups: Int, epsilon: Float, silu: Bool
    ) -> Variable {
        let norm = GroupNorm(x.value, groups: groups, factors: factors.value, offsets: offsets.value, on: self)
        let y = buffer(x.value.shape)
        for sample in 0..<norm.count {
            norm.measure(sample, epsilon: epsilon)
            norm.repeatNumbers(of: sample)
            norm.pixels.forRows(of: sample) { start in
                if silu {
                    mapLanes(norm.pixels.width, to: y.base + start) {
                        let z = norm.normalized(start, $0)
                        return z * z.sigmoid
                    }
                } else {
                    mapLanes(norm.pixels.width, to: y.base + start) { norm.normalized(start, $0) }
                }
            }
        }

        return result(y, of: [x, factors, offsets]) { [self] gradient in
            // All three need the sums over a sample; what is not asked for is written into scratch.
            let sums = GroupNormSums(norm, on: self)
            for sample in 0..<norm.count {
                norm.repeatNumbers(of: sample)
                sums.add(sample, gradient, silu: silu)
            }
            addToGradient(of: factors) { target in
                for sample in 0..<norm.count { sums.addFactors(sample, to: target) }
            }
            addToGradient(of: offsets) { target in
                for sample in 0..<norm.count { sums.addOffsets(sample, to: target) }
            }
            withGradient(of: x) { target, adds in
                for sample in 0..<norm.count { sums.addInputs(sample, gradient, to: target, adds: adds) }
            }
        }
    }
}

/// What a group norm knows of its input: for each sample the mean of each channel's group and the inverse of its
/// deviation, both N·C.
private struct GroupNorm {
    let x: Tensor
    let pixels: PixelRows
    let count: Int
    let groups: Int
    let factors: Tensor
    let offsets: Tensor
    let means: Tensor
    let inverses: Tensor
    /// Rows of one sample: mean, factor/deviation, offset of each channel, repeated; and one for sums.
    private let center: Tensor
    private let scale: Tensor
    private let shift: Tensor
    private let sums: Tensor

    init(_ x: Tensor, groups: Int, factors: Tensor, offsets: Tensor, on tape: Tape) {
        self.x = x
        self.groups = groups
        self.factors = factors
        self.offsets = offsets
        pixels = PixelRows(x)
        count = x.shape.first ?? 1
        precondition(
            groups >= 1 && pixels.channels % groups == 0 && factors.count == pixels.channels
                && offsets.count == pixels.channels, "groups divide the channels, each of which has its numbers")
        means = tape.buffer([count, pixels.channels])
        inverses = tape.buffer([count, pixels.channels])
        center = pixels.buffer(on: tape)
        scale = pixels.buffer(on: tape)
        shift = pixels.buffer(on: tape)
        sums = pixels.buffer(on: tape)
    }

    /// Elements of a group of one sample.
    var groupCount: Int { pixels.rows * pixels.width / groups }

    /// Mean and deviation of a sample's groups. Two passes: the squares are those of what is left without the mean.
    func measure(_ sample: Int, epsilon: Float) {
        let mean = means.base + sample * pixels.channels
        let inverse = inverses.base + sample * pixels.channels
        mean.update(repeating: 0, count: pixels.channels)
        pixels.addPixels(of: sample, in: x, through: sums, to: mean)
        spread(mean) { $0 / Float(groupCount) }
        pixels.repeatChannels(mean, into: center)
        sums.fill(0)
        pixels.forRows(of: sample) { start in
            mapLanes(pixels.width, to: sums.base) {
                let d = (x.base + start).lanes(at: $0) - center.base.lanes(at: $0)
                return sums.base.lanes(at: $0) + d * d
            }
        }
        inverse.update(repeating: 0, count: pixels.channels)
        pixels.foldChannels(sums, addingTo: inverse)
        spread(inverse) { 1 / ($0 / Float(groupCount) + epsilon).squareRoot() }
    }

    /// Gives each channel a function of the sum over its group.
    func spread(_ numbers: Row, _ body: (Float) -> Float) {
        let size = pixels.channels / groups
        for group in 0..<groups {
            let numbers = numbers + group * size
            var sum: Float = 0
            for channel in 0..<size { sum += numbers[channel] }
            numbers.update(repeating: body(sum), count: size)
        }
    }

    /// Fills the rows with the numbers of a sample.
    func repeatNumbers(of sample: Int) {
        let inverse = inverses.base + sample * pixels.channels
        pixels.repeatChannels(means.base + sample * pixels.channels, into: center)
        pixels.repeatChannels(offsets.base, into: shift)
        mapLanes(pixels.channels, to: sums.base) { inverse.lanes(at: $0) * factors.base.lanes(at: $0) }
        pixels.repeatChannels(sums.base, into: scale)
    }

    /// What is left of eight elements of a row without the mean.
    @inline(__always)
    func centered(_ start: Int, _ index: Int) -> Lanes {
        (x.base + start).lanes(at: index) - center.base.lanes(at: index)
    }

    /// Eight elements of the result without SiLU.
    @inline(__always)
    func normalized(_ start: Int, _ index: Int) -> Lanes {
        centered(start, index) * scale.base.lanes(at: index) + shift.base.lanes(at: index)
    }

    /// Eight elements of factor / deviation.
    @inline(__always)
    func slope(_ index: Int) -> Lanes { scale.base.lanes(at: index) }
}

/// The sums of the backward pass, by sample and channel: of the gradient, and of the gradient times (x − mean).
private struct GroupNormSums {
    private let norm: GroupNorm
    private let plain: Tensor
    private let weighted: Tensor
    private let plainRow: Tensor
    private let weightedRow: Tensor

    init(_ norm: GroupNorm, on tape: Tape) {
        self.norm = norm
        plain = tape.buffer(norm.means.shape)
        weighted = tape.buffer(norm.means.shape)
        plain.fill(0)
        weighted.fill(0)
        plainRow = norm.pixels.buffer(on: tape)
        weightedRow = norm.pixels.buffer(on: tape)
    }

    /// Sums one sample; takes SiLU's slope into `gradient` on the way.
    func add(_ sample: Int, _ gradient: Tensor, silu: Bool) {
        let width = norm.pixels.width
        let first = sample * norm.pixels.channels
        plainRow.fill(0)
        weightedRow.fill(0)
        norm.pixels.forRows(of: sample) { start in
            let row = gradient.base + start
            if silu {
                mapLanes(width, to: row) { row.lanes(at: $0) * norm.normalized(start, $0).slopeOfSiLU }
            }
            Tensors.add(row, to: plainRow.base, count: width)
            mapLanes(width, to: weightedRow.base) {
                weightedRow.base.lanes(at: $0) + row.lanes(at: $0) * norm.centered(start, $0)
            }
        }
        norm.pixels.foldChannels(plainRow, addingTo: plain.base + first)
        norm.pixels.foldChannels(weightedRow, addingTo: weighted.base + first)
    }

    func addOffsets(_ sample: Int, to target: Tensor) {
        Tensors.add(plain.base + sample * target.count, to: target.base, count: target.count)
    }

    func addFactors(_ sample: Int, to target: Tensor) {
        let sums = weighted.base + sample * target.count
        let inverse = norm.inverses.base + sample * target.count
        mapLanes(target.count, to: target.base) {
            target.base.lanes(at: $0) + sums.lanes(at: $0) * inverse.lanes(at: $0)
        }
    }

    /// factor/deviation · gradient, less its mean over the group, less (x − mean)/deviation times the mean of its product
    /// with that. Uses up the sums of the sample.
    func addInputs(_ sample: Int, _ gradient: Tensor, to target: Tensor, adds: Bool) {
        let channels = norm.pixels.channels
        let (plain, weighted) = (plain.base + sample * channels, weighted.base + sample * channels)
        let inverse = norm.inverses.base + sample * channels
        for channel in 0..<channels {
            let factor = norm.factors.base[channel] * inverse[channel] / Float(norm.groupCount)
            plain[channel] *= factor
            weighted[channel] *= factor * inverse[channel] * inverse[channel]
        }
        norm.spread(plain) { $0 }
        norm.spread(weighted) { $0 }
        norm.pixels.repeatChannels(plain, into: plainRow)
        norm.pixels.repeatChannels(weighted, into: weightedRow)
        norm.repeatNumbers(of: sample)
        norm.pixels.forRows(of: sample) { start in
            let row = gradient.base + start
            let target = target.base + start
            mapLanes(norm.pixels.width, to: target) {
                let slope =
                    row.lanes(at: $0) * norm.slope($0) - plainRow.base.lanes(at: $0)
                    - norm.centered(start, $0) * weightedRow.base.lanes(at: $0)
                return adds ? target.lanes(at: $0) + slope : slope
            }
        }
    }
}
