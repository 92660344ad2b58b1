import EdgeFormat
import ModelGraph

extension TFLiteImporter {
    /// How an operator is imported.
    struct Rule: Sendable {
        /// The kind of its options in the schema's union BuiltinOptions.
        var options: Int
        var add: @Sendable (inout TFLiteImporter, TFLiteOperator) throws(EdgeError) -> Void

        init(
            _ options: Int, _ add: @escaping @Sendable (inout TFLiteImporter, TFLiteOperator) throws(EdgeError) -> Void
        ) {
            self.options = options
            self.add = add
        }
    }

    /// Every operator that is supported: docs/operators.md.
    static let rules: [String: Rule] = [
        layerRules, shapeRules, pictureRules, arithmeticRules, reductionRules, functionRules, recurrentRules,
        detectionRules,
    ]
    .reduce(into: [:]) { all, some in all.merge(some) { own, _ in own } }

    private static var layerRules: [String: Rule] {
        [
            "ADD": Rule(11) { importer, node throws(EdgeError) in try importer.addition(node) },
            "AVERAGE_POOL_2D": Rule(5) { importer, node throws(EdgeError) in try importer.averagePool(node) },
            "BATCH_MATMUL": Rule(101) { importer, node throws(EdgeError) in try importer.matrixProduct(node) },
            "CAST": Rule(37) { importer, node throws(EdgeError) in try importer.cast(node) },
            "CONCATENATION": Rule(10) { importer, node throws(EdgeError) in try importer.concatenation(node) },
            "CONV_2D": Rule(1) { importer, node throws(EdgeError) in try importer.convolution(node) },
            "DEPTHWISE_CONV_2D": Rule(2) { importer, node throws(EdgeError) in
                try importer.depthwiseConvolution(node)
            },
            "DEQUANTIZE": Rule(38) { importer, node throws(EdgeError) in try importer.dequantize(node) },
            "FULLY_CONNECTED": Rule(8) { importer, node throws(EdgeError) in try importer.dense(node) },
            "L2_NORMALIZATION": Rule(12) { importer, node throws(EdgeError) in try importer.l2Normalization(node) },
            "LOG_SOFTMAX": Rule(36) { importer, node throws(EdgeError) in
                try importer.add(LogSoftmax(), for: node, [try importer.input(node)])
            },
            "MAX_POOL_2D": Rule(5) { importer, node throws(EdgeError) in try importer.maxPool(node) },
            "QUANTIZE": Rule(89) { importer, node throws(EdgeError) in try importer.quantize(node) },
            "SELECT": Rule(47) { importer, node throws(EdgeError) in try importer.select(node) },
            "SELECT_V2": Rule(98) { importer, node throws(EdgeError) in try importer.select(node) },
            "SOFTMAX": Rule(9) { importer, node throws(EdgeError) in try importer.softmax(node) },
            "TRANSPOSE_CONV": Rule(49) { importer, node throws(EdgeError) in
                try importer.transposedConvolution(node)
            },
            "SQUARE": Rule(66) { importer, node throws(EdgeError) in try importer.square(node) },
            "SQUARED_DIFFERENCE": Rule(76) { importer, node throws(EdgeError) in
                try importer.squaredDifference(node)
            },
        ]
    }

    private static var shapeRules: [String: Rule] {
        [
            "BROADCAST_TO": Rule(104) { importer, node throws(EdgeError) in try importer.broadcast(node) },
            "EXPAND_DIMS": Rule(52) { importer, node throws(EdgeError) in try importer.expandDimensions(node) },
            "GATHER": Rule(23) { importer, node throws(EdgeError) in try importer.gather(node) },
            "MIRROR_PAD": Rule(77) { importer, node throws(EdgeError) in try importer.mirrorPad(node) },
            "PACK": Rule(59) { importer, node throws(EdgeError) in try importer.pack(node) },
            "PAD": Rule(22) { importer, node throws(EdgeError) in try importer.pad(node) },
            "PADV2": Rule(43) { importer, node throws(EdgeError) in try importer.pad(node) },
            "RESHAPE": Rule(17) { importer, node throws(EdgeError) in try importer.reshape(node) },
            "SHAPE": Rule(55) { importer, node throws(EdgeError) in try importer.shapeOf(node) },
            "SLICE": Rule(48) { importer, node throws(EdgeError) in try importer.slice(node) },
            "SPLIT": Rule(35) { importer, node throws(EdgeError) in try importer.split(node) },
            "SPLIT_V": Rule(79) { importer, node throws(EdgeError) in try importer.splitBySizes(node) },
            "SQUEEZE": Rule(30) { importer, node throws(EdgeError) in try importer.squeeze(node) },
            "STRIDED_SLICE": Rule(32) { importer, node throws(EdgeError) in try importer.stridedSlice(node) },
            "TILE": Rule(51) { importer, node throws(EdgeError) in try importer.tile(node) },
            "TRANSPOSE": Rule(26) { importer, node throws(EdgeError) in try importer.transpose(node) },
            "UNPACK": Rule(64) { importer, node throws(EdgeError) in try importer.unpack(node) },
        ]
    }

    private static var pictureRules: [String: Rule] {
        [
            "DEPTH_TO_SPACE": Rule(94) { importer, node throws(EdgeError) in try importer.depthToSpace(node) },
            "RESIZE_BILINEAR": Rule(15) { importer, node throws(EdgeError) in try importer.resizeLinear(node) },
            "RESIZE_NEAREST_NEIGHBOR": Rule(74) { importer, node throws(EdgeError) in
                try importer.resizeNearest(node)
            },
            "SPACE_TO_DEPTH": Rule(19) { importer, node throws(EdgeError) in try importer.spaceToDepth(node) },
        ]
    }

    private static var reductionRules: [String: Rule] {
        var rules: [String: Rule] = [
            "ARG_MAX": Rule(40) { importer, node throws(EdgeError) in try importer.argument(node, .maximum) },
            "ARG_MIN": Rule(57) { importer, node throws(EdgeError) in try importer.argument(node, .minimum) },
        ]
        let kinds: [(String, Reduction.Kind)] = [
            ("MEAN", .mean), ("SUM", .sum), ("REDUCE_MAX", .maximum), ("REDUCE_MIN", .minimum),
            ("REDUCE_PROD", .product),
        ]
        for (name, kind) in kinds {
            rules[name] = Rule(27) { importer, node throws(EdgeError) in try importer.reduction(node, kind) }
        }
        return rules
    }

    /// How a node is imported; nil where nobody knows. A custom operator may have a builtin one's name.
    static func rule(for node: TFLiteOperator) -> Rule? { (node.isCustom ? customRules : rules)[node.type] }

    /// Names every unknown operator and its nodes at once, so that a person sees the whole distance to a supported model.
    static func refuseUnknown(_ operators: [TFLiteOperator]) throws(EdgeError) {
        var unknown = UnknownOperators()
        for node in operators where rule(for: node) == nil {
            unknown.add(node.isCustom ? "custom \(node.type)" : node.type, place: "\(node.number)")
        }
        try unknown.refuse()
    }
}

extension TFLiteOperator {
    /// A parameter of 32 bits by its number in the schema.
    func int(_ field: Int, default value: Int = 0) throws(EdgeError) -> Int {
        try options?.int(field, default: value) ?? value
    }

    func float(_ field: Int) throws(EdgeError) -> Float { try options?.float(field) ?? 0 }
    func flag(_ field: Int, default preset: Bool = false) throws(EdgeError) -> Bool {
        try options?.flag(field, default: preset) ?? preset
    }

    /// The fused activation.
    func activation(_ field: Int) throws(EdgeError) -> Activation {
        switch try options?.byte(field) ?? 0 {
        case 0: return .none
        case 1: return .relu
        case 2: return .clip(minimum: -1, maximum: 1)
        case 3: return .clip(minimum: 0, maximum: 6)
        case let other: throw EdgeError(.data, at: "", "fused activation \(other) is not supported")
        }
    }

    /// Strides, given as width in one field and height in the next.
    func strides(_ field: Int) throws(EdgeError) -> Extent { Extent(try int(field + 1), try int(field)) }

    /// The padding of a window: none, or as little as makes ⌈size / stride⌉ places, the smaller half of it in front.
    func padding(_ field: Int, _ window: Window, height: Int, width: Int) throws(EdgeError) -> Padding {
        let kind = try options?.byte(field) ?? 0
        guard kind <= 1 else { throw EdgeError(.data, at: "", "padding of kind \(kind) is not supported") }
        if kind == 1 { return .none }
        // The window's parameters are checked before anything is divided by them.
        _ = try window.places(
            height: Shape.windowLimit * Shape.windowLimit, width: Shape.windowLimit * Shape.windowLimit)
        func total(_ size: Int, _ window: Int, _ dilation: Int, _ stride: Int) -> Int {
            max(0, ((size + stride - 1) / stride - 1) * stride + (window - 1) * dilation + 1 - size)
        }
        let rows = total(height, window.size.height, window.dilations.height, window.strides.height)
        let columns = total(width, window.size.width, window.dilations.width, window.strides.width)
        return Padding(
            top: rows / 2, left: columns / 2, bottom: rows - rows / 2, right: columns - columns / 2)
    }
}
