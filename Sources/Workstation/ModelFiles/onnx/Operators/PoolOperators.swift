import EdgeFormat
import ModelGraph

// Pools of one or two dimensions.
extension ONNXImporter {
    static let poolRules: [String: Rule] = [
        "AveragePool": Rule(of: poolAttributes.union(["count_include_pad"])) { importer, node throws(EdgeError) in
            try importer.averagePool(node, try importer.input(node))
        },
        "MaxPool": Rule(of: poolAttributes.union(["storage_order"])) { importer, node throws(EdgeError) in
            guard !node.has(output: 1) else {
                throw EdgeError(.data, at: "", "the indices of a MaxPool are not supported")
            }
            return try importer.pool(node, try importer.input(node), countsPadding: false) { window in
                MaxPool(
                    window: window.size, strides: window.strides, padding: window.padding, dilations: window.dilations)
            }
        },
        "LpPool": Rule(of: poolAttributes.union(["p"])) { importer, node throws(EdgeError) in
            try importer.normPool(node)
        },
        "GlobalAveragePool": Rule(of: []) { importer, node throws(EdgeError) in
            try importer.globalPool(node, .mean) { AveragePool(window: $0, strides: .one) }
        },
        "GlobalMaxPool": Rule(of: []) { importer, node throws(EdgeError) in
            try importer.globalPool(node, .maximum) { MaxPool(window: $0, strides: .one) }
        },
        "GlobalLpPool": Rule(of: ["p"]) { importer, node throws(EdgeError) in
            let x = try importer.input(node)
            let axes = Array(importer.fileShape(x).indices.dropFirst(2))
            return try importer.norm(x, axes: axes, power: try node.int("p", default: 2))
        },
    ]

    private static let poolAttributes = windowAttributes.subtracting(["group"]).union(["ceil_mode"])

    private mutating func globalPool(
        _ node: ONNXNode, _ kind: Reduction.Kind, _ make: (Extent) -> any Operation
    ) throws(EdgeError) -> Computed {
        let x = try input(node)
        let shape = fileShape(x)
        guard shape.count == 4, element(x) == .float32 else {
            return try reduce(kind, x, axes: Array(shape.indices.dropFirst(2)))
        }
        return try emitPicture(make(Extent(shape[2], shape[3])), [try picture(x)], rank: 2)
    }

    mutating func averagePool(_ node: ONNXNode, _ x: Computed) throws(EdgeError) -> Computed {
        let countsPadding = try node.int("count_include_pad", default: 0) != 0
        return try pool(node, x, countsPadding: countsPadding) { window in
            AveragePool(
                window: window.size, strides: window.strides, padding: window.padding,
                countsPadding: countsPadding && window.padding != .none, dilations: window.dilations)
        }
    }

    private mutating func pool(
        _ node: ONNXNode, _ given: Computed, countsPadding: Bool, _ make: (Window) -> any Operation
    ) throws(EdgeError) -> Computed {
        try node.expect("storage_order", 0)
        let x = try convert(given, to: .float32)
        let rank = fileShape(x).count - 2
        guard rank == 1 || rank == 2 else {
            throw EdgeError(.data, at: "", "only pools of one or two dimensions are supported, not of \(rank)")
        }
        var id = try pictured(x)
        let (window, padded) = try poolWindow(node, shape(id), rank: rank, countsPadding: countsPadding)
        if let padded {
            let pad = Pad(before: [0, padded.top, padded.left, 0], after: [0, padded.bottom, padded.right, 0])
            id = try emit(pad, [id], name: label + ".pad")
        }
        let result = try emitPicture(make(window), [id], rank: rank)
        return try convert(result, to: element(given))
    }

    /// The pool's window, and padding to be added before it: zeros that count, under windows that reach over them.
    private func poolWindow(
        _ node: ONNXNode, _ shape: [Int], rank: Int, countsPadding: Bool
    ) throws(EdgeError) -> (window: Window, padded: Padding?) {
        var window = Window(
            size: try node.extent("kernel_shape", rank: rank, default: nil),
            strides: try node.extent("strides", rank: rank, default: .one),
            dilations: try node.extent("dilations", rank: rank, default: .one), padding: .none)
        window.padding = try node.padding(window, shape, rank: rank)
        guard try node.int("ceil_mode", default: 0) != 0 else { return (window, nil) }
        // A window over the edge sees the same pixels as with that much more padding.
        let places = try window.places(height: shape[1], width: shape[2])
        let padding = window.padding
        let over = Padding(
            top: 0, left: 0,
            bottom: overhang(
                shape[1] + padding.top, padding.bottom, window.dilations.height * (window.size.height - 1) + 1,
                window.strides.height, places.height),
            right: overhang(
                shape[2] + padding.left, padding.right, window.dilations.width * (window.size.width - 1) + 1,
                window.strides.width, places.width))
        if over != .none, countsPadding, padding != .none {
            window.padding = over
            return (window, padding)
        }
        window.padding.bottom += over.bottom
        window.padding.right += over.right
        return (window, nil)
    }

    /// How far a further window reaches over the padded picture; 0 where there is none, since windows that begin behind
    /// the picture are left out.
    private func overhang(_ size: Int, _ padding: Int, _ window: Int, _ stride: Int, _ places: Int) -> Int {
        let start = places * stride
        let reach = start + window - size - padding
        return start < size && reach < stride && reach > 0 ? reach : 0
    }

    /// (Σ |x|ᵖ)^(1/p) over a window: the mean of the powers times their number.
    private mutating func normPool(_ node: ONNXNode) throws(EdgeError) -> Computed {
        let power = Double(try node.int("p", default: 2))
        var powers = try apply(AbsoluteValue(), try input(node))
        powers = try compute(.power, powers, number(power))
        let size = try node.ints("kernel_shape") ?? []
        let mean = try pool(node, powers, countsPadding: true) { window in
            AveragePool(
                window: window.size, strides: window.strides, padding: window.padding,
                countsPadding: window.padding != .none, dilations: window.dilations)
        }
        let count = number(size.reduce(1.0) { $0 * Double($1) })
        return try compute(.power, try compute(.multiplication, mean, count), number(1 / power))
    }
}
