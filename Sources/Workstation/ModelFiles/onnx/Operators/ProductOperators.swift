import EdgeFormat
import ModelGraph

// Products of matrices. One by a constant matrix is a dense layer.
extension ONNXImporter {
    static let productRules: [String: Rule] = [
        "Gemm": Rule(of: ["alpha", "beta", "transA", "transB"]) { importer, node throws(EdgeError) in
            try importer.gemm(node)
        },
        "MatMul": Rule(of: []) { importer, node throws(EdgeError) in
            try importer.matrixProduct(node, try importer.input(node), try importer.input(node, 1))
        },
        "MatMulInteger": Rule(of: [], decidesType: true) { importer, node throws(EdgeError) in
            let a = try importer.input(node)
            let rows = importer.fileShape(a).count - 2
            let (x, y) = (
                try importer.centred(a, try importer.optionalInput(node, 2), axis: max(rows, 0)),
                try importer.centred(
                    try importer.input(node, 1), try importer.optionalInput(node, 3),
                    axis: try importer.inputShape(node, 1).count - 1)
            )
            return try importer.matrixProduct(node, x, y)
        },
    ]

    /// alpha·A·B + beta·C.
    private mutating func gemm(_ node: ONNXNode) throws(EdgeError) -> Computed {
        var (a, b) = (try input(node), try input(node, 1))
        guard fileShape(a).count == 2, fileShape(b).count == 2 else {
            throw EdgeError(.data, at: "", "Gemm takes two dimensions")
        }
        if try node.int("transA", default: 0) != 0 { a = transposed(a, [1, 0]) }
        if try node.int("transB", default: 0) != 0 { b = transposed(b, [1, 0]) }
        return try product(
            a, b, factor: try node.float("alpha", default: 1), bias: try optionalInput(node, 2),
            biasFactor: try node.float("beta", default: 1))
    }

    /// factor·A·B + biasFactor·C.
    mutating func product(
        _ a: Computed, _ b: Computed, factor alpha: Float, bias c: Computed?, biasFactor beta: Float = 1
    ) throws(EdgeError) -> Computed {
        if let dense = try dense(a, b, factor: alpha, bias: c, biasFactor: beta) { return dense }
        var sum = try multiply(a, b)
        if alpha != 1 { sum = try compute(.multiplication, sum, number(Double(alpha), element(sum))) }
        guard var c else { return sum }
        if beta != 1 { c = try compute(.multiplication, c, number(Double(beta), element(c))) }
        return try compute(.addition, sum, c)
    }

    mutating func matrixProduct(_ node: ONNXNode, _ a: Computed, _ b: Computed) throws(EdgeError) -> Computed {
        if let dense = try dense(a, b, factor: 1, bias: nil, biasFactor: 1) { return dense }
        let (rankA, rankB) = (fileShape(a).count, fileShape(b).count)
        guard rankA >= 1, rankB >= 1 else { throw EdgeError(.data, at: "", "a product with a scalar") }
        // A vector is a row before a matrix, a column behind one.
        let (left, right) = (rankA == 1 ? inserting(a, [0]) : a, rankB == 1 ? inserting(b, [1]) : b)
        var product = try multiply(left, right)
        let rank = fileShape(product).count
        if rankB == 1 { product = dropping(product, [rank - 1]) }
        if rankA == 1 { product = dropping(product, [fileShape(product).count - (rankB == 1 ? 1 : 2)]) }
        return product
    }

    /// The dense layer that a product with a constant matrix of floats is; nil where it is none.
    ///
    /// Its weights are in the order in which the values of a row lie: where a picture was flattened nothing moves.
    private mutating func dense(
        _ a: Computed, _ b: Computed, factor: Float, bias: Computed?, biasFactor: Float
    ) throws(EdgeError) -> Computed? {
        let (rows, matrix) = (fileShape(a), fileShape(b))
        guard matrix.count == 2, rows.count >= 2, rows.last == matrix[0], element(a) == .float32,
            result.values[a.id].constant == nil, result.values[b.id].constant != nil,
            result.values[b.id].constant?.floats != nil
        else { return nil }
        var values: [Float]?
        if let bias {
            let shape = fileShape(bias)
            guard let floats = result.values[try inFileOrder(bias)].constant?.floats,
                floats.count == 1 || floats.count == matrix[1] && shape.last == matrix[1]
            else { return nil }
            values = (floats.count == 1 ? [Float](repeating: floats[0], count: matrix[1]) : floats).map {
                $0 * biasFactor
            }
        }
        let (x, weights) = try rowsAndWeights(a, b)
        guard var elements = result.values[weights].constant?.floats else { return nil }
        if factor != 1 { elements = elements.map { $0 * factor } }
        var inputs = [x, addConstant(result.values[b.id].name, [matrix[1], matrix[0]], elements)]
        if factor == 1 { keepScales(of: b, axis: 1, in: inputs[1]) }
        if let values { inputs.append(addConstant(label + ".bias", [values.count], values)) }
        // Rows of rows are one list of rows.
        let count = rows.dropLast().reduce(1, *)
        inputs[0] = try reshaped(inputs[0], [count, matrix[0]], name: label + ".rows")
        let id = try emit(Dense(), inputs, name: label)
        let list = Computed(id: id, layout: Layout(same: [count, matrix[1]]))
        return rows.count == 2 ? list : try reshaped(list, Array(rows.dropLast()) + [matrix[1]])
    }

    /// Rows …·I as they lie, and the weights O·I with their columns in that order.
    private mutating func rowsAndWeights(
        _ a: Computed, _ b: Computed
    ) throws(EdgeError) -> (rows: Graph.ValueID, weights: Graph.ValueID) {
        let shape = fileShape(a)
        let parts = a.layout.axes[shape.count - 1]
        let before = a.layout.axes.dropLast().flatMap { $0 }
        guard parts != parts.sorted(), before == before.sorted(), (before.last ?? -1) < (parts.min() ?? 0) else {
            return (try inFileOrder(a), try arranged(b, [1, 0]))
        }
        // The same split of the columns, then their order in the graph.
        let sizes = parts.map { self.shape(a.id)[$0] }
        let split = try reshaped(transposed(b, [1, 0]), [fileShape(b)[1]] + sizes)
        let order = parts.indices.sorted { parts[$0] < parts[$1] }
        let weights = try arranged(split, [0] + order.map { $0 + 1 })
        let rows = try moved(a.id, axes: before + parts.sorted(), shape: shape)
        return (rows, weights)
    }
}
