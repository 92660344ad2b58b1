import Tensors

extension Tape {
    /// The channels of a, then those of b, pixel by pixel: …·A and …·B become …·(A + B).
    /// - Precondition: `channels` are the last numbers of both shapes, whose others agree.
    public func concatenate(_ a: Variable, _ b: Variable, channels: (Int, Int)) -> Variable {
        let pixels = a.value.count / channels.0
        precondition(
            pixels * channels.0 == a.value.count && pixels * channels.1 == b.value.count,
            "what is concatenated has as many pixels")
        let width = channels.0 + channels.1
        let y = buffer(a.value.shape.dropLast() + [width])
        for pixel in 0..<pixels {
            let target = y.base + pixel * width
            copy(a.value.base + pixel * channels.0, to: target, count: channels.0)
            copy(b.value.base + pixel * channels.1, to: target + channels.0, count: channels.1)
        }

        return result(y, of: [a, b]) { [self] gradient in
            for (part, first, count) in [(a, 0, channels.0), (b, channels.0, channels.1)] {
                withGradient(of: part) { target, adds in
                    for pixel in 0..<pixels {
                        let source = gradient.base + pixel * width + first
                        if adds {
                            Tensors.add(source, to: target.base + pixel * count, count: count)
                        } else {
                            copy(source, to: target.base + pixel * count, count: count)
                        }
                    }
                }
            }
        }
    }
}
