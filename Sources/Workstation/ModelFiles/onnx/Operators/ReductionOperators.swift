import EdgeFormat
import ModelGraph

// One number of many.
extension ONNXImporter {
    static let reductionRules: [String: Rule] = {
        var rules: [String: Rule] = [:]
        let plain: [(String, Reduction.Kind)] = [
            ("ReduceSum", .sum), ("ReduceMean", .mean), ("ReduceMax", .maximum), ("ReduceMin", .minimum),
            ("ReduceProd", .product), ("ReduceL1", .sumOfMagnitudes), ("ReduceSumSquare", .sumOfSquares),
        ]
        for (name, kind) in plain {
            rules[name] = reduction { importer, x, axes throws(EdgeError) in
                try importer.reduce(kind, x, axes: axes)
            }
        }
        rules["ReduceL2"] = reduction { importer, x, axes throws(EdgeError) in
            try importer.norm(x, axes: axes, power: 2)
        }
        rules["ReduceLogSum"] = reduction { importer, x, axes throws(EdgeError) in
            try importer.apply(Logarithm(), try importer.reduce(.sum, x, axes: axes))
        }
        rules["ReduceLogSumExp"] = reduction { importer, x, axes throws(EdgeError) in
            let largest = try importer.reduce(.maximum, x, axes: axes)
            let powers = try importer.apply(Exponential(), try importer.compute(.subtraction, x, largest))
            let sum = try importer.apply(Logarithm(), try importer.reduce(.sum, powers, axes: axes))
            return try importer.compute(.addition, sum, largest)
        }
        for (name, kind) in [("ArgMax", ArgumentReduction.Kind.maximum), ("ArgMin", .minimum)] {
            rules[name] = Rule(of: ["axis", "keepdims", "select_last_index"], decidesType: true) {
                importer, node throws(EdgeError) in try importer.argument(node, kind)
            }
        }
        return rules
    }()

    private static func reduction(
        _ make: @escaping @Sendable (inout ONNXImporter, Computed, [Int]) throws(EdgeError) -> Computed
    ) -> Rule {
        Rule(of: ["axes", "keepdims", "noop_with_empty_axes"]) { importer, node throws(EdgeError) in
            let x = try importer.input(node)
            let axes = try importer.reducedAxes(node, importer.fileShape(x))
            if axes.isEmpty, node.type == "ReduceSum" || node.type == "ReduceMean" { return x }
            let whole = try make(&importer, x, axes)
            if let target = try importer.declared(node) { return try importer.reshaped(whole, target) }
            return try node.int("keepdims", default: 1) != 0 ? whole : importer.dropping(whole, axes)
        }
    }

    private mutating func reducedAxes(_ node: ONNXNode, _ shape: [Int]) throws(EdgeError) -> [Int] {
        if let target = try declared(node) { return try axes(from: shape, to: target, node.inputs[1]) }
        let given = try integers(node, attribute: "axes", input: 1) ?? []
        guard given.isEmpty else { return try node.axes(given, rank: shape.count).sorted() }
        return try node.int("noop_with_empty_axes", default: 0) != 0 ? [] : Array(shape.indices)
    }

    /// The axes that a reduction takes away, from the shapes on both sides.
    private func axes(from shape: [Int], to target: [Int], _ name: String) throws(EdgeError) -> [Int] {
        let candidates = (0..<1 << shape.count).filter { mask in
            let isReduced = { (axis: Int) in mask >> axis & 1 == 1 }
            let kept = shape.indices.map { isReduced($0) ? 1 : shape[$0] }
            return kept == target || shape.indices.filter { !isReduced($0) }.map { shape[$0] } == target
        }.map { mask in shape.indices.filter { mask >> $0 & 1 == 1 && shape[$0] > 1 } }
        guard let first = candidates.first, candidates.allSatisfy({ $0 == first }) else {
            throw EdgeError(
                .data, at: "",
                "axes '\(name)' are computed, and \(Shape.text(shape)) to \(Shape.text(target)) does not tell them"
                    + advice(name))
        }
        return first
    }

    private mutating func argument(_ node: ONNXNode, _ kind: ArgumentReduction.Kind) throws(EdgeError) -> Computed {
        let x = try input(node)
        let axis = try node.axis(try node.int("axis", default: 0), rank: fileShape(x).count)
        let (id, order) = try inOrder(x)
        let operation = ArgumentReduction(
            kind, axis: order.firstIndex(of: axis) ?? 0, keepsAxis: true,
            selectsLast: try node.int("select_last_index", default: 0) != 0)
        let index = try emit(operation, [id], name: label)
        let whole = Computed(id: index, layout: Layout(order: order, shape(index)))
        return try node.int("keepdims", default: 1) != 0 ? whole : dropping(whole, [axis])
    }
}
