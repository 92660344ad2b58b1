import EdgeFormat
import ModelGraph

// Probabilities along an axis.
extension ONNXImporter {
    static let softmaxRules: [String: Rule] = [
        "Hardmax": Rule(of: ["axis"]) { importer, node throws(EdgeError) in
            try importer.overAxis(node) { importer, x, axis throws(EdgeError) in
                let (id, order) = try importer.lastAxis(axis, x)
                let size = importer.shape(id).last ?? 1
                let best = try importer.emit(
                    ArgumentReduction(.maximum, axis: order.count - 1, keepsAxis: true), [id], name: importer.label)
                let all = try importer.indices(size)
                let chosen = try importer.emit(Arithmetic(.equal), [best, all.id], name: importer.label)
                let value = try importer.emit(Conversion(to: .float32), [chosen], name: importer.label)
                return Computed(id: value, layout: Layout(order: order, importer.shape(value)))
            }
        },
        "LogSoftmax": Rule(of: ["axis"]) { importer, node throws(EdgeError) in
            try importer.overAxis(node) { importer, x, axis throws(EdgeError) in
                try importer.along(axis, x, LogSoftmax())
            }
        },
        "Softmax": Rule(of: ["axis"]) { importer, node throws(EdgeError) in
            try importer.overAxis(node) { importer, x, axis throws(EdgeError) in
                try importer.along(axis, x, Softmax())
            }
        },
    ]

    /// Up to operator set 12 the axis begins a run of axes that count as one.
    private mutating func overAxis(
        _ node: ONNXNode, _ make: (inout ONNXImporter, Computed, Int) throws(EdgeError) -> Computed
    ) throws(EdgeError) -> Computed {
        let x = try input(node)
        let shape = fileShape(x)
        let given = try node.int("axis", default: opset < 13 ? 1 : -1)
        let axis = opset < 13 && given == shape.count ? given : try node.axis(given, rank: shape.count)
        guard opset < 13, shape[min(axis, shape.count)...].filter({ $0 > 1 }).count != 1 else {
            // One axis of more than one element: the others change nothing.
            let run = opset < 13 ? shape.indices.first { $0 >= axis && shape[$0] > 1 } ?? axis : axis
            return try make(&self, x, run)
        }
        let flat = try reshaped(x, [shape[..<axis].reduce(1, *), shape[axis...].reduce(1, *)])
        return try reshaped(try make(&self, flat, 1), shape)
    }
}
