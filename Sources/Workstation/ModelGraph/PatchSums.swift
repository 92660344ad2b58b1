import EdgeFormat
import Tensors

// The sums of a layer add up over places and samples: their means follow from those of its input, without computing it.
extension LinearLayer {
    /// Σ over all places of what lies under the window: KH·KW·C of a convolution, I of a dense layer.
    /// - Parameters: as of `sums`.
    public func patchSums(_ x: [Float], _ shape: [Int]) throws(EdgeError) -> [Double] {
        guard let convolution else { return Self.rowSums(x, width: weightShape[1]) }
        let window = convolution.window(weights: weightShape)
        let places = try window.places(height: shape[1], width: shape[2])
        var sums: [Double] = []
        for top in 0..<weightShape[1] {
            for left in 0..<weightShape[2] {
                let rows = Places(
                    first: top * window.dilations.height - window.padding.top, step: window.strides.height,
                    count: places.height, inside: shape[1])
                let columns = Places(
                    first: left * window.dilations.width - window.padding.left, step: window.strides.width,
                    count: places.width, inside: shape[2])
                var total = [Double](repeating: 0, count: shape[3])
                for image in 0..<shape[0] {
                    for row in rows.inside {
                        let line = (image * shape[1] + row) * shape[2]
                        total.add(
                            x, from: (line + (columns.inside.first ?? 0)) * shape[3],
                            step: window.strides.width * shape[3], rows: columns.inside.count)
                    }
                }
                sums += total
            }
        }
        return sums
    }

    /// Of each output: Σ w·p over the weights of the output, p being sums or means of what lies under the window.
    public func products(_ patch: [Double]) -> [Double] {
        let groups = convolution?.groups ?? 1
        let depth = convolution == nil ? weightShape[1] : weightShape[3]
        let run = weights.count / outputs
        return (0..<outputs).map { output in
            let first = output / (outputs / groups) * depth
            return (0..<run).reduce(0) { sum, index in
                let place = index / depth * depth * groups + first + index % depth
                return sum + Double(weights[output * run + index]) * patch[place]
            }
        }
    }

    /// Number of places that `patchSums` adds up.
    public func places(_ shape: [Int]) throws(EdgeError) -> Int {
        guard let convolution else { return shape.dropLast().reduce(1, *) }
        let places = try convolution.window(weights: weightShape).places(height: shape[1], width: shape[2])
        return shape[0] * places.height * places.width
    }

    /// The sum of all rows.
    public static func rowSums(_ x: [Float], width: Int) -> [Double] {
        var total = [Double](repeating: 0, count: width)
        for start in stride(from: 0, to: x.count, by: 32 * width) {
            total.add(x, from: start, step: width, rows: min(32, (x.count - start) / width))
        }
        return total
    }
}

/// Where one element of a window lies along an axis, place by place.
private struct Places {
    /// The positions that lie inside the picture.
    let inside: [Int]

    init(first: Int, step: Int, count: Int, inside length: Int) {
        let skipped = first < 0 ? (-first + step - 1) / step : 0
        inside = Array(stride(from: first + skipped * step, to: min(first + count * step, length), by: step))
    }
}

extension [Double] {
    /// Adds rows of floats that lie a step apart: their sum in floats, a few hundred numbers at most.
    fileprivate mutating func add(_ x: [Float], from start: Int, step: Int, rows: Int) {
        let sum = Tensor(zeros: [count])
        x.withUnsafeBufferPointer { x in
            guard let base = x.baseAddress else { return }
            for row in 0..<rows {
                Tensors.add(Row(mutating: base + start + row * step), to: sum.base, count: count)
            }
        }
        for (index, part) in sum.elements.enumerated() { self[index] += Double(part) }
    }
}
