import EdgeFormat
import ModelGraph

// Operators that give pictures another size.
extension TFLiteImporter {
    /// The coordinates that a pixel of the result is made from.
    private struct Grid {
        var size: Int
        var target: Int
        var alignsCorners: Bool
        var hasHalfPixels: Bool

        var scale: Float {
            alignsCorners && target > 1 ? Float(size - 1) / Float(target - 1) : Float(size) / Float(target)
        }

        /// Two neighbours and what each weighs.
        func linear(_ index: Int) -> Resampling.Taps {
            let place = hasHalfPixels ? (Float(index) + 0.5) * scale - 0.5 : Float(index) * scale
            let low = min(max(Int(place.rounded(.down)), 0), size - 1)
            let high = min(Int(place.rounded(.up)), size - 1)
            let weight = place - Float(low)
            return high <= low
                ? Resampling.Taps(first: low, weights: [1])
                : Resampling.Taps(first: low, weights: [1 - weight, weight])
        }

        func nearest(_ index: Int) -> Int {
            let place = (Float(index) + (hasHalfPixels ? 0.5 : 0)) * scale
            let rounded = alignsCorners ? place.rounded(.toNearestOrAwayFromZero) : place.rounded(.down)
            return min(max(Int(rounded), 0), size - 1)
        }
    }

    /// Rows and columns: the new size is a list of two.
    private mutating func grids(
        _ node: TFLiteOperator, _ x: Graph.ValueID, firstFlag: Int
    ) throws(EdgeError) -> [Grid] {
        let sizes = try integers(node, 1, "the new size")
        guard sizes.count == 2, sizes.allSatisfy({ (1...Shape.windowLimit).contains($0) }) else {
            throw EdgeError(.data, at: "", "the new size \(sizes) is no height and width")
        }
        _ = try Shape.elementCount([shape(x)[0], sizes[0], sizes[1], shape(x)[3]])
        let (corners, half) = (try node.flag(firstFlag), try node.flag(firstFlag + 1))
        return (0...1).map {
            Grid(size: shape(x)[1 + $0], target: sizes[$0], alignsCorners: corners, hasHalfPixels: half)
        }
    }

    mutating func resizeNearest(_ node: TFLiteOperator) throws(EdgeError) {
        let x = try picture(node)
        let grids = try grids(node, x, firstFlag: 0)
        let shape = shape(x)
        let places = [Array(0..<shape[0])] + grids.map { grid in (0..<grid.target).map(grid.nearest) }
        try move(
            Rearrangement.selection("resize", shape, places: places + [Array(0..<shape[3])]), for: node, [x])
    }

    mutating func resizeLinear(_ node: TFLiteOperator) throws(EdgeError) {
        let x = try picture(node)
        guard type(x).element == .float32 else { throw EdgeError(.data, at: "", "is supported for floats only") }
        let grids = try grids(node, x, firstFlag: 2)
        let rows = try add(
            Resampling(axis: 1, taps: (0..<grids[0].target).map(grids[0].linear)),
            name: label(node.outputs[0]) + ".rows", [x], type(x))
        try add(Resampling(axis: 2, taps: (0..<grids[1].target).map(grids[1].linear)), for: node, [rows])
    }

    /// Blocks of channels become blocks of pixels: channel (y·b + x)·C + c goes to row y and column x of the block.
    mutating func depthToSpace(_ node: TFLiteOperator) throws(EdgeError) {
        let x = try picture(node)
        let shape = shape(x)
        let block = try blockSize(node)
        guard shape[3] % (block * block) == 0 else {
            throw EdgeError(.data, at: "", "blocks of \(block)x\(block) do not divide \(shape[3]) channels")
        }
        let channels = shape[3] / (block * block)
        try rearrange(
            node, x, [shape[0], shape[1], shape[2], block, block, channels], order: [0, 1, 3, 2, 4, 5],
            [shape[0], shape[1] * block, shape[2] * block, channels])
    }

    mutating func spaceToDepth(_ node: TFLiteOperator) throws(EdgeError) {
        let x = try picture(node)
        let shape = shape(x)
        let block = try blockSize(node)
        guard shape[1] % block == 0, shape[2] % block == 0 else {
            throw EdgeError(.data, at: "", "blocks of \(block)x\(block) do not divide \(shape[1])x\(shape[2]) pixels")
        }
        let (rows, columns) = (shape[1] / block, shape[2] / block)
        try rearrange(
            node, x, [shape[0], rows, block, columns, block, shape[3]], order: [0, 1, 3, 2, 4, 5],
            [shape[0], rows, columns, block * block * shape[3]])
    }

    private func blockSize(_ node: TFLiteOperator) throws(EdgeError) -> Int {
        let block = try node.int(0)
        guard (1...Shape.windowLimit).contains(block) else {
            throw EdgeError(.data, at: "", "a block of \(block) is outside 1 ... \(Shape.windowLimit)")
        }
        return block
    }

    /// The elements as another shape, transposed, and as the last one.
    private mutating func rearrange(
        _ node: TFLiteOperator, _ x: Graph.ValueID, _ split: [Int], order: [Int], _ target: [Int]
    ) throws(EdgeError) {
        let name = label(node.outputs[0])
        let blocks = try add(Reshape(shape: split), name: name + ".blocks", [x], type(x))
        let moved = try add(Rearrangement.transpose(split, order), name: name + ".transposed", [blocks], type(x))
        try move(Reshape(shape: target), for: node, [moved])
    }
}
