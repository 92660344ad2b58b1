import ModelGraph

/// How the order of a value's elements in a graph differs from that in the file.
enum AxisOrder: Equatable {
    /// The same order.
    case same
    /// N·H·W·C here, N·C·H·W there. Every value of four dimensions.
    case picture
    /// A flattened picture: H·W·C here, C·H·W there.
    case flattened(height: Int, width: Int, channels: Int)

    /// The order of a picture N·H·W·C once it is flattened.
    static func flattening(_ shape: [Int]) -> AxisOrder {
        let (height, width, channels) = (shape[1], shape[2], shape[3])
        return channels == 1 || height * width == 1
            ? .same : .flattened(height: height, width: width, channels: channels)
    }

    /// Shape in the file of a value with this shape in the graph.
    static func fileShape(_ shape: [Int]) -> [Int] {
        shape.count == 4 ? [shape[0], shape[3], shape[1], shape[2]] : shape
    }

    /// Shape in the graph of a value with this shape in the file.
    static func graphShape(_ shape: [Int]) -> [Int] {
        shape.count == 4 ? [shape[0], shape[2], shape[3], shape[1]] : shape
    }
}

/// Elements of an outer × first × second × inner tensor with the two middle axes exchanged.
func swappingAxes<Element>(
    _ elements: [Element], outer: Int, first: Int, second: Int, inner: Int = 1
) -> [Element] {
    var result: [Element] = []
    result.reserveCapacity(elements.count)
    for block in 0..<outer {
        for b in 0..<second {
            for a in 0..<first {
                let start = ((block * first + a) * second + b) * inner
                result += elements[start..<start + inner]
            }
        }
    }
    return result
}
