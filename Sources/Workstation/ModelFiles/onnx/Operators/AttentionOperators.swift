import EdgeFormat
import Foundation
import ModelGraph

// Attention of operator set 23, and the rotation of positions, in parts.
extension ONNXImporter {
    static let attentionRules: [String: Rule] = [
        "Attention": Rule([
            "is_causal", "kv_num_heads", "q_num_heads", "qk_matmul_output_mode", "scale", "softcap",
            "softmax_precision",
        ]) { importer, node throws(EdgeError) in try importer.attention(node) },
        "RotaryEmbedding": Rule(of: ["interleaved", "num_heads", "rotary_embedding_dim"]) {
            importer, node throws(EdgeError) in try importer.rotation(node)
        },
    ]

    /// batch × sequence × heads·size, or batch × heads × sequence × size, as the latter.
    private mutating func heads(_ x: Computed, _ count: Int) throws(EdgeError) -> Computed {
        let shape = fileShape(x)
        if shape.count == 4 { return x }
        guard shape.count == 3, count >= 1, shape[2] % count == 0 else {
            throw EdgeError(.data, at: "", "\(count) heads of \(Shape.text(shape))")
        }
        return transposed(try reshaped(x, [shape[0], shape[1], count, shape[2] / count]), [0, 2, 1, 3])
    }

    private mutating func attention(_ node: ONNXNode) throws(EdgeError) {
        let given = try input(node)
        let query = try heads(given, try node.int("q_num_heads", default: 0))
        let count = try node.int("kv_num_heads", default: 0)
        var (key, value) = (try heads(try input(node, 1), count), try heads(try input(node, 2), count))
        var past = 0
        if let earlier = try optionalInput(node, 4), let earlierValue = try optionalInput(node, 5) {
            guard fileShape(earlier).count == 4 else {
                throw EdgeError(.data, at: "", "\(Shape.text(fileShape(earlier))) are no keys of earlier positions")
            }
            past = fileShape(earlier)[2]
            (key, value) = (try join([earlier, key], axis: 2), try join([earlierValue, value], axis: 2))
        }
        try finish(node, key, output: 1)
        try finish(node, value, output: 2)
        let (shape, keys) = (fileShape(query), fileShape(key))
        guard shape.count == 4, keys.count == 4, shape[1] % max(keys[1], 1) == 0 else {
            throw EdgeError(.data, at: "", "\(Shape.text(keys)) are no keys of \(Shape.text(shape))")
        }
        (key, value) = (try repeated(key, shape[1] / keys[1]), try repeated(value, shape[1] / keys[1]))
        let scale = try node.float("scale", default: Float(1 / Double(shape[3]).squareRoot()))
        let root = number(Double(scale).squareRoot())
        // Both sides are scaled, so that neither product nor factors get large.
        let products = try multiply(
            try compute(.multiplication, query, root),
            transposed(try compute(.multiplication, key, root), [0, 1, 3, 2]))
        let capped = try softCapped(node, products)
        let masked = try self.masked(node, capped, past: past)
        let probabilities = try along(3, masked, Softmax())
        let stages = [products, capped, masked, probabilities]
        let mode = try node.int("qk_matmul_output_mode", default: 0)
        guard stages.indices.contains(mode) else { throw EdgeError(.data, at: "", "qk_matmul_output_mode \(mode)") }
        try finish(node, stages[mode], output: 3)
        let result = try multiply(probabilities, value)
        guard fileShape(given).count == 3 else { return try finish(node, result) }
        let rows = fileShape(result)
        try finish(node, try reshaped(transposed(result, [0, 2, 1, 3]), [rows[0], rows[2], rows[1] * rows[3]]))
    }

    /// Each head as often as queries share it, one after the other.
    private mutating func repeated(_ x: Computed, _ count: Int) throws(EdgeError) -> Computed {
        if count == 1 { return x }
        let shape = fileShape(x)
        let wide = try expanded(inserting(x, [2]), to: [shape[0], shape[1], count, shape[2], shape[3]])
        return try reshaped(wide, [shape[0], shape[1] * count, shape[2], shape[3]])
    }

    private mutating func softCapped(_ node: ONNXNode, _ x: Computed) throws(EdgeError) -> Computed {
        let cap = try node.float("softcap", default: 0)
        guard cap > 0 else { return x }
        let bent = try apply(Tanh(), try compute(.division, x, number(Double(cap))))
        return try compute(.multiplication, bent, number(Double(cap)))
    }

    /// Less what may not be seen: −∞ where the mask, causality or the end of the keys forbid it.
    private mutating func masked(_ node: ONNXNode, _ x: Computed, past: Int) throws(EdgeError) -> Computed {
        let shape = fileShape(x)
        var value = x
        if var mask = try optionalInput(node, 3) {
            let size = fileShape(mask).last ?? 0
            if element(mask) == .bool { mask = try select(mask, number(0), number(-.infinity)) }
            if size < shape[3] {
                let axis = fileShape(mask).count - 1
                mask = try rearrange(mask) { sizes, order throws(EdgeError) in
                    .pad(
                        sizes, before: sizes.map { _ in 0 }, after: order.map { $0 == axis ? shape[3] - size : 0 },
                        mode: .constant, fill: -.infinity)
                }
            }
            value = try compute(.addition, value, mask)
        }
        if try node.int("is_causal", default: 0) != 0 {
            let allowed = (0..<shape[2] * shape[3]).map { $0 % shape[3] <= $0 / shape[3] + past }
            value = try select(try truths([shape[2], shape[3]], allowed), value, number(-.infinity))
        }
        if let lengths = try optionalInput(node, 6) {
            let places = try indices(shape[3])
            guard fileShape(lengths).count == 1 else {
                throw EdgeError(.data, at: "", "lengths of keys have shape \(Shape.text(fileShape(lengths)))")
            }
            let isKey = try compute(.less, places, inserting(lengths, [1, 2, 3]))
            value = try select(isKey, value, number(-.infinity))
        }
        return value
    }

    /// Pairs of numbers turned by their position's angle: (a·cos − b·sin, a·sin + b·cos).
    private mutating func rotation(_ node: ONNXNode) throws(EdgeError) -> Computed {
        let given = try input(node)
        let x = try heads(given, try node.int("num_heads", default: 0))
        let shape = fileShape(x)
        guard shape.count == 4 else { throw EdgeError(.data, at: "", "\(Shape.text(shape)) has no heads") }
        let turned = try node.int("rotary_embedding_dim", default: 0)
        let size = turned == 0 ? shape[3] : turned
        guard size >= 2, size % 2 == 0, size <= shape[3] else {
            throw EdgeError(.data, at: "", "rotation of \(size) of \(shape[3]) numbers")
        }
        let isInterleaved = try node.int("interleaved", default: 0) != 0
        let step = isInterleaved ? 2 : 1
        let (first, second) = (
            try slice(x, axis: 3, from: 0, count: size / 2, step: step),
            try slice(x, axis: 3, from: isInterleaved ? 1 : size / 2, count: size / 2, step: step)
        )
        let (cosine, sine) = (try angles(node, 1, size / 2), try angles(node, 2, size / 2))
        let real = try compute(
            .subtraction, try compute(.multiplication, first, cosine), try compute(.multiplication, second, sine))
        let imaginary = try compute(
            .addition, try compute(.multiplication, first, sine), try compute(.multiplication, second, cosine))
        var parts: [Computed]
        if isInterleaved {
            let pairs = try join([inserting(real, [4]), inserting(imaginary, [4])], axis: 4)
            parts = [try reshaped(pairs, [shape[0], shape[1], shape[2], size])]
        } else {
            parts = [real, imaginary]
        }
        if size < shape[3] { parts.append(try slice(x, axis: 3, from: size, count: shape[3] - size)) }
        let result = try join(parts, axis: 3)
        guard fileShape(given).count == 3 else { return result }
        return try reshaped(transposed(result, [0, 2, 1, 3]), fileShape(given))
    }

    /// The cosines or sines of each position, for all heads: batch × 1 × sequence × size.
    private mutating func angles(_ node: ONNXNode, _ index: Int, _ size: Int) throws(EdgeError) -> Computed {
        var table = try input(node, index)
        if let positions = try optionalInput(node, 3) {
            let id = try emit(Gather(axis: 0), [try inFileOrder(table), try inFileOrder(positions)], name: label)
            table = Computed(id: id, layout: Layout(same: shape(id)))
        }
        let shape = fileShape(table)
        guard shape.count == 3, shape[2] >= size else {
            throw EdgeError(.data, at: "", "\(Shape.text(shape)) are no angles of \(size) pairs")
        }
        return inserting(try slice(table, axis: 2, from: 0, count: size), [1])
    }
}
