import EdgeFormat
import Tensors

/// What some places of a layer's window see: rows that its weights are multiplied with. Integers less their zero point.
public struct PatchSamples: Sendable {
    /// Elements under the window, of one group: as many as an output has weights.
    public let depth: Int
    public let groups: Int
    /// One row after the other, by group.
    private var elements: [[Float]]

    public init(_ layer: LinearLayer) {
        depth = layer.weights.count / layer.outputs
        groups = layer.convolution?.groups ?? 1
        elements = [[Float]](repeating: [], count: groups)
    }

    /// Adds some places of an input, spread evenly.
    /// - Parameters:
    ///   - x: as of `LinearLayer.sums`.
    ///   - count: how many, where there are so many.
    public mutating func add(_ layer: LinearLayer, _ x: [Float], _ shape: [Int], count: Int) throws(EdgeError) {
        let all = try layer.places(shape)
        let kept = min(count, all)
        for number in 0..<kept {
            let place = number * all / kept
            guard let convolution = layer.convolution else {
                elements[0] += x[place * depth..<(place + 1) * depth]
                continue
            }
            let window = convolution.window(weights: layer.weightShape)
            add(x, shape, window, places: try window.places(height: shape[1], width: shape[2]), place)
        }
    }

    private mutating func add(_ x: [Float], _ shape: [Int], _ window: Window, places: Extent, _ place: Int) {
        let image = place / (places.height * places.width)
        let top = place / places.width % places.height * window.strides.height - window.padding.top
        let left = place % places.width * window.strides.width - window.padding.left
        let run = shape[3] / groups
        for group in 0..<groups {
            for row in 0..<window.size.height {
                for column in 0..<window.size.width {
                    let (y, x0) = (top + row * window.dilations.height, left + column * window.dilations.width)
                    if y >= 0, y < shape[1], x0 >= 0, x0 < shape[2] {
                        let first = ((image * shape[1] + y) * shape[2] + x0) * shape[3] + group * run
                        elements[group] += x[first..<first + run]
                    } else {
                        elements[group] += repeatElement(0, count: run)
                    }
                }
            }
        }
    }

    public mutating func merge(_ other: PatchSamples) {
        for group in 0..<groups { elements[group] += other.elements[group] }
    }

    /// The covariances of a group's elements, row by row.
    public func covariances(_ group: Int) -> [Float] {
        let rows = elements[group].count / depth
        guard rows > 0 else { return [Float](repeating: 0, count: depth * depth) }
        let x = Tensor([rows, depth], elements[group])
        let means = LinearLayer.rowSums(elements[group], width: depth).map { Float($0 / Double(rows)) }
        let result = Tensor(uninitialized: [depth, depth])
        withExtendedLifetime(x) {
            for row in 0..<rows {
                for column in 0..<depth { x.base[row * depth + column] -= means[column] }
            }
        }
        let matrix = Matrix(x, rows: rows, columns: depth)
        multiply(matrix.transposed, matrix, into: Matrix(result, rows: depth, columns: depth))
        return result.values.map { $0 / Float(rows) }
    }
}
