/// How a value lies in the graph, seen from the file: each axis of the file's tensor as the product of axes of the graph's.
///
/// Transposing, reshaping and flattening change a layout and move nothing. Elements move only where an operation needs
/// them in an order that they are not in.
struct Layout: Equatable {
    /// By axis of the file's tensor: the graph's axes that it consists of, the slowest first. Every axis of the graph is
    /// in one of them, but for axes of size 1, which are in none.
    var axes: [[Int]]

    /// The file's tensor has the graph's axes.
    init(same shape: [Int]) {
        self.init(order: Array(shape.indices), shape)
    }

    /// Axis k of the graph's value is axis `order[k]` of the file's.
    init(order: [Int], _ shape: [Int]) {
        axes = [[Int]](repeating: [], count: order.count)
        for (axis, fileAxis) in order.enumerated() where shape[axis] > 1 { axes[fileAxis] = [axis] }
    }

    init(axes: [[Int]]) {
        self.axes = axes
    }

    /// The shape of the file's tensor where the graph's value has `shape`.
    func fileShape(_ shape: [Int]) -> [Int] { axes.map { $0.reduce(1) { $0 * shape[$1] } } }

    /// The file's axes in the graph's order: of the axes of a graph value that has as many, each with its own. Axes of
    /// size 1 take the places that are left, in their order. nil where an axis of the file is a product.
    func order(_ shape: [Int]) -> [Int]? {
        guard axes.allSatisfy({ $0.count <= 1 }) else { return nil }
        var places = [Int?](repeating: nil, count: max(shape.count, axes.count))
        for (fileAxis, axis) in axes.enumerated() { if let axis = axis.first { places[axis] = fileAxis } }
        var singles = axes.indices.filter { axes[$0].isEmpty }
        if shape.count == axes.count {
            for place in places.indices where places[place] == nil { places[place] = singles.removeFirst() }
            return places.compactMap { $0 }
        }
        // Other axes of size 1 than the file's: they come first.
        return singles + places.compactMap { $0 }
    }

    /// The file's axes by the fastest of the graph's that each consists of, those of size 1 first: so shuffled channels
    /// stay behind the pixels.
    var nearestOrder: [Int] {
        let fastest = axes.map { $0.max() ?? -1 }
        return axes.indices.sorted { (fastest[$0], $0) < (fastest[$1], $1) }
    }
}

extension [Int] {
    /// N·C·… to N·…·C: the order of a picture's axes in graphs, by the file's.
    static func channelsLast(rank: Int) -> [Int] { [0] + Array(2..<Swift.max(rank, 2)) + [1] }
}
