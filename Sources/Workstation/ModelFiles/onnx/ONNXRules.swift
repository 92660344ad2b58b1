import EdgeFormat
import ModelGraph

extension ONNXImporter {
    /// How an operator is imported.
    struct Rule {
        /// The attributes that are understood; any other one is refused.
        var attributes: Set<String>
        var add: (inout ONNXImporter, ONNXNode) throws(EdgeError) -> Void

        init(_ attributes: Set<String>, _ add: @escaping (inout ONNXImporter, ONNXNode) throws(EdgeError) -> Void) {
            self.attributes = attributes
            self.add = add
        }
    }

    /// Every operator that is supported: docs/operators.md.
    static var rules: [String: Rule] { ownRules.merging(functionRules) { own, _ in own } }

    private static var ownRules: [String: Rule] {
        [
            "Add": Rule([]) { importer, node throws(EdgeError) in try importer.addition(node) },
            "AveragePool": Rule(poolAttributes.union(["count_include_pad"])) { importer, node throws(EdgeError) in
                try importer.averagePool(node)
            },
            "BatchNormalization": Rule(["epsilon", "momentum", "spatial", "training_mode"]) {
                importer, node throws(EdgeError) in try importer.batchNormalization(node)
            },
            "Cast": Rule(["saturate", "to"]) { importer, node throws(EdgeError) in try importer.cast(node) },
            "Clip": Rule(["min", "max"]) { importer, node throws(EdgeError) in try importer.clip(node) },
            "Concat": Rule(["axis"]) { importer, node throws(EdgeError) in try importer.concatenation(node) },
            "Constant": Rule(["value", "value_float", "value_floats", "value_int", "value_ints"]) {
                importer, node throws(EdgeError) in try importer.constantNode(node)
            },
            "Conv": Rule(["auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"]) {
                importer, node throws(EdgeError) in try importer.convolution(node)
            },
            "Cos": Rule([]) { importer, node throws(EdgeError) in try importer.cosine(node) },
            "Dropout": Rule(["ratio", "seed"]) { importer, node throws(EdgeError) in try importer.dropout(node) },
            "Flatten": Rule(["axis"]) { importer, node throws(EdgeError) in try importer.flatten(node) },
            "Gather": Rule(["axis"]) { importer, node throws(EdgeError) in try importer.gather(node) },
            "Gemm": Rule(["alpha", "beta", "transA", "transB"]) { importer, node throws(EdgeError) in
                try importer.gemm(node)
            },
            "GlobalAveragePool": Rule([]) { importer, node throws(EdgeError) in try importer.globalAveragePool(node) },
            "GroupNormalization": Rule(["epsilon", "num_groups", "stash_type"]) { importer, node throws(EdgeError) in
                try importer.groupNormalization(node)
            },
            "Identity": Rule([]) { importer, node throws(EdgeError) in try importer.identity(node) },
            "MatMul": Rule([]) { importer, node throws(EdgeError) in try importer.matrixProduct(node) },
            "MaxPool": Rule(poolAttributes.union(["storage_order"])) { importer, node throws(EdgeError) in
                try importer.maxPool(node)
            },
            "Mul": Rule([]) { importer, node throws(EdgeError) in try importer.product(node) },
            "Pad": Rule(["mode", "pads", "value"]) { importer, node throws(EdgeError) in try importer.pad(node) },
            "Reshape": Rule(["allowzero"]) { importer, node throws(EdgeError) in try importer.reshape(node) },
            "Resize": Rule(["coordinate_transformation_mode", "mode", "nearest_mode"]) {
                importer, node throws(EdgeError) in try importer.resize(node)
            },
            "Sin": Rule([]) { importer, node throws(EdgeError) in try importer.sine(node) },
            "Softmax": Rule(["axis"]) { importer, node throws(EdgeError) in try importer.softmax(node) },
            "Squeeze": Rule(["axes"]) { importer, node throws(EdgeError) in try importer.squeeze(node) },
            "Unsqueeze": Rule(["axes"]) { importer, node throws(EdgeError) in try importer.unsqueeze(node) },
        ]
    }

    private static let poolAttributes: Set<String> = [
        "auto_pad", "ceil_mode", "dilations", "kernel_shape", "pads", "strides",
    ]

    /// Names every unknown operator and its nodes at once, so that a person sees the whole distance to a supported model.
    static func refuseUnknown(_ nodes: [ONNXNode]) throws(EdgeError) {
        let known = rules
        var order: [String] = []
        var places: [String: [String]] = [:]
        for node in nodes {
            let standard = node.domain.isEmpty || node.domain == "ai.onnx"
            guard !standard || known[node.type] == nil else { continue }
            let type = standard ? node.type : "\(node.domain).\(node.type)"
            if places[type] == nil { order.append(type) }
            places[type, default: []].append(node.name.isEmpty ? "\(node.number)" : "'\(node.name)'")
        }
        guard !order.isEmpty else { return }
        let list = short(order.map { "\($0) (node \(short(places[$0] ?? [], limit: 5)))" }, limit: 50)
        throw EdgeError(
            .data, at: "", "unknown operators: \(list); docs/operators.md lists what is supported")
    }

    /// `a, b, c and 12 more`.
    private static func short(_ items: [String], limit: Int) -> String {
        let list = items.prefix(limit).joined(separator: ", ")
        return items.count > limit ? "\(list) and \(items.count - limit) more" : list
    }
}
