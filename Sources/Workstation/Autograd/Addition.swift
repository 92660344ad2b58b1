import Tensors

extension Tape {
    /// a + b, element by element.
    /// - Precondition: both have the same shape.
    public func add(_ a: Variable, _ b: Variable) -> Variable {
        precondition(a.value.shape == b.value.shape, "what is added has one shape")
        let y = buffer(a.value.shape)
        mapLanes(y.count, to: y.base) { a.value.base.lanes(at: $0) + b.value.base.lanes(at: $0) }

        return result(y, of: [a, b]) { [self] gradient in
            pass(gradient, to: a)
            pass(gradient, to: b)
        }
    }

    /// Adds a number a channel to all pixels of a picture. x is N·H·W·C, row N·C.
    /// - Precondition: both have N samples of C channels.
    public func addRow(_ x: Variable, _ row: Variable) -> Variable {
        let count = x.value.shape.first ?? 1
        let channels = x.value.shape.last ?? 1
        precondition(row.value.shape == [count, channels], "each sample needs a number a channel")
        let y = buffer(x.value.shape)
        let pixels = PixelRows(x.value)
        let repeated = pixels.buffer(on: self)
        for sample in 0..<count {
            pixels.repeatChannels(row.value.base + sample * channels, into: repeated)
            pixels.forRows(of: sample) { start in
                mapLanes(pixels.width, to: y.base + start) {
                    (x.value.base + start).lanes(at: $0) + repeated.base.lanes(at: $0)
                }
            }
        }

        return result(y, of: [x, row]) { [self] gradient in
            addToGradient(of: row) { target in
                for sample in 0..<count {
                    pixels.addPixels(
                        of: sample, in: gradient, through: repeated, to: target.base + sample * channels)
                }
            }
            pass(gradient, to: x)
        }
    }
}
