import EdgeFormat
import ModelGraph

extension TFLiteImporter {
    /// Every so many elements of each axis, from one place to another. Bits of masks say which places are left out, which
    /// axes are new, and which vanish with the single place that is taken.
    mutating func stridedSlice(_ node: TFLiteOperator) throws(EdgeError) {
        let x = try input(node)
        let bounds = SliceBounds(
            begin: try integers(node, 1, "the first places"), end: try integers(node, 2, "the last places"),
            strides: try integers(node, 3, "the strides"), beginMask: try node.int(0), endMask: try node.int(1),
            shrinkMask: try node.int(4))
        guard try node.int(2) == 0, try node.int(3) == 0, try !node.flag(5) else {
            throw EdgeError(.data, at: "", "an ellipsis, new axes and offsets are not supported")
        }
        let places = try bounds.places(in: shape(x))
        let kept = shape(x).indices.filter { !bounds.shrinks($0) }.map { places[$0].count }
        let operation = Rearrangement.selection("slice", shape(x), places: places)
        guard kept.count < places.count else { return try move(operation, for: node, [x]) }
        if result.values[x].constant != nil, type(x).quantization == nil {
            let taken = try operation.evaluate(
                [(type(x), result.values[x].constant ?? .int64([]))], outputs: operation.outputTypes(of: [type(x)]))
            return define(node, constant: TFLiteConstant(shape: kept, data: taken[0]))
        }
        let taken = try add(operation, name: label(node.outputs[0]) + ".slice", [x], type(x))
        try move(Reshape(shape: kept), for: node, [taken])
    }
}

/// From where to where a strided slice goes, as the file gives it.
private struct SliceBounds {
    var begin: [Int]
    var end: [Int]
    var strides: [Int]
    var beginMask: Int
    var endMask: Int
    var shrinkMask: Int

    func shrinks(_ axis: Int) -> Bool { axis < begin.count && isSet(shrinkMask, axis) }

    private func isSet(_ mask: Int, _ axis: Int) -> Bool { axis < 32 && mask >> axis & 1 == 1 }

    /// The elements that are taken of each axis.
    func places(in shape: [Int]) throws(EdgeError) -> [[Int]] {
        guard begin.count == end.count, begin.count == strides.count, begin.count <= shape.count else {
            throw EdgeError(
                .data, at: "", "\(begin.count), \(end.count) and \(strides.count) places for \(shape.count) axes")
        }
        var places: [[Int]] = []
        for (axis, size) in shape.enumerated() {
            guard axis < begin.count else {
                places.append(Array(0..<size))
                continue
            }
            let taken = try taken(of: axis, size)
            guard !taken.isEmpty else { throw EdgeError(.data, at: "", "takes nothing of axis \(axis)") }
            places.append(taken)
        }
        return places
    }

    private func taken(of axis: Int, _ size: Int) throws(EdgeError) -> [Int] {
        let stride = strides[axis]
        guard stride != 0, abs(stride) <= Shape.elementLimit else {
            throw EdgeError(.data, at: "", "stride \(stride) of axis \(axis)")
        }
        func place(_ given: Int) -> Int { given < 0 ? given &+ size : given }
        let first = place(begin[axis])
        if shrinks(axis) {
            guard (0..<size).contains(first) else {
                throw EdgeError(.data, at: "", "place \(begin[axis]) is outside axis \(axis) of \(size)")
            }
            return [first]
        }
        if stride > 0 {
            let start = isSet(beginMask, axis) ? 0 : min(max(first, 0), size)
            let stop = isSet(endMask, axis) ? size : min(max(place(end[axis]), 0), size)
            return Array(Swift.stride(from: start, to: stop, by: stride))
        }
        let start = isSet(beginMask, axis) ? size - 1 : min(max(first, -1), size - 1)
        let stop = isSet(endMask, axis) ? -1 : min(max(place(end[axis]), -1), size - 1)
        return Array(Swift.stride(from: start, to: stop, by: stride))
    }
}
