import EdgeFormat
import ModelGraph

extension ONNXImporter {
    /// How an operator is imported.
    struct Rule: Sendable {
        /// The attributes that are understood; any other one is refused.
        var attributes: Set<String>
        /// Whether the type of the output is not that of the input.
        var decidesType: Bool
        var add: @Sendable (inout ONNXImporter, ONNXNode) throws(EdgeError) -> Void

        init(
            _ attributes: Set<String>, decidesType: Bool = false,
            _ add: @escaping @Sendable (inout ONNXImporter, ONNXNode) throws(EdgeError) -> Void
        ) {
            self.attributes = attributes
            self.decidesType = decidesType
            self.add = add
        }

        /// A rule for an operator of one output, which `value` gives.
        init(
            of attributes: Set<String> = [], decidesType: Bool = false,
            _ value: @escaping @Sendable (inout ONNXImporter, ONNXNode) throws(EdgeError) -> Computed
        ) {
            self.attributes = attributes
            self.decidesType = decidesType
            add = { importer, node throws(EdgeError) in try importer.finish(node, try value(&importer, node)) }
        }
    }

    /// Every operator that is supported: docs/operators.md.
    static let rules: [String: Rule] = [
        arithmeticRules, attentionRules, convolutionRules, functionRules, gatherRules, integerRules, movementRules,
        normalizationRules, poolRules, productRules, quantizedRules, recurrentRules, reductionRules, resizeRules,
        shapeRules, softmaxRules,
    ].reduce(into: [:]) { $0.merge($1) { own, _ in own } }

    /// The rule for a node; nil for an operator that is not known.
    static func rule(_ node: ONNXNode) -> Rule? {
        let isStandard = node.domain.isEmpty || node.domain == "ai.onnx"
        return rules[isStandard ? node.type : "\(node.domain).\(node.type)"]
    }

    /// Names every unknown operator and its nodes at once, so that a person sees the whole distance to a supported model.
    static func refuseUnknown(_ nodes: [ONNXNode]) throws(EdgeError) {
        var unknown = UnknownOperators()
        for node in nodes {
            guard rule(node) == nil else { continue }
            let standard = node.domain.isEmpty || node.domain == "ai.onnx"
            unknown.add(
                standard ? node.type : "\(node.domain).\(node.type)",
                place: node.name.isEmpty ? "\(node.number)" : "'\(node.name)'")
        }
        try unknown.refuse()
    }
}
