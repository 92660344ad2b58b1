import Tensors

extension Tape {
    /// Each pixel `factor` times in each direction. x is N·H·W·C with H·W·C as `picture` says, the result
    /// N·(H·factor)·(W·factor)·C.
    /// - Precondition: `picture` has three numbers, and x is whole pictures of it.
    public func upsample(_ x: Variable, picture: [Int], factor: Int) -> Variable {
        let (height, width, channels) = (picture[0], picture[1], picture[2])
        let lines = x.value.count / (width * channels)
        let (line, wide) = (width * channels, width * factor * channels)
        let y = buffer([lines / height, height * factor, width * factor, channels])
        for row in 0..<lines {
            let source = x.value.base + row * line
            let target = y.base + row * factor * wide
            for column in 0..<width * factor {
                copy(source + column / factor * channels, to: target + column * channels, count: channels)
            }
            for copies in 1..<max(factor, 1) { copy(target, to: target + copies * wide, count: wide) }
        }

        return result(y, of: [x]) { [self] gradient in
            addToGradient(of: x) { target in
                for row in 0..<lines {
                    let source = gradient.base + row * factor * wide
                    for copies in 1..<max(factor, 1) { Tensors.add(source + copies * wide, to: source, count: wide) }
                    for column in 0..<width * factor {
                        Tensors.add(
                            source + column * channels, to: target.base + row * line + column / factor * channels,
                            count: channels)
                    }
                }
            }
        }
    }
}
