import EdgeFormat
import ModelGraph

// What object detectors end with: the best of many, and boxes that do not cover each other.
extension TFLiteImporter {
    static var detectionRules: [String: Rule] {
        [
            "NON_MAX_SUPPRESSION_V4": Rule(95) { importer, node throws(EdgeError) in
                try importer.suppression(node, givesScores: false)
            },
            "NON_MAX_SUPPRESSION_V5": Rule(96) { importer, node throws(EdgeError) in
                try importer.suppression(node, givesScores: true)
            },
            "TOPK_V2": Rule(34) { importer, node throws(EdgeError) in try importer.topK(node) },
        ]
    }

    /// Operators by the names that their makers gave them; their options are a map of FlexBuffers.
    static let customRules: [String: Rule] = [
        "TFLite_Detection_PostProcess": Rule(0) { importer, node throws(EdgeError) in try importer.detection(node) }
    ]

    /// The largest elements of the last axis, in order, and their indices.
    mutating func topK(_ node: TFLiteOperator) throws(EdgeError) {
        try expectOutputs(node, 2)
        let x = try input(node)
        let counts = try integers(node, 1, "the number of elements")
        guard counts.count == 1 else {
            throw EdgeError(.data, at: "", "\(counts.count) numbers of elements where one is needed")
        }
        let name = label(node.outputs[0])
        let ids = try computeAll(
            TopK(count: counts[0]), [try floats(x, name)], [name + ".values", name + ".indices"])
        try finish(node, ids[0])
        try add(Conversion(to: .int32), for: node, output: 1, [ids[1]])
    }

    /// The boxes of one list that no better one covers: as many indices as were asked for, 0 behind the last one, their
    /// scores and their number.
    private mutating func suppression(_ node: TFLiteOperator, givesScores: Bool) throws(EdgeError) {
        try expectOutputs(node, givesScores ? 3 : 2)
        let (boxes, scores) = (try input(node, 0), try input(node, 1))
        guard type(boxes).element == .float32, type(scores).element == .float32 else {
            throw EdgeError(.data, at: "", "is supported for floats only")
        }
        let size = shape(boxes)
        guard size.count == 2, size[1] == 4, shape(scores) == [size[0]] else {
            throw EdgeError(.data, at: "", "\(Shape.text(size)) as boxes of the scores \(Shape.text(shape(scores)))")
        }
        let limits = try integers(node, 2, "the number of boxes")
        guard limits.count == 1, (1...Detection.largestLimit).contains(limits[0]) else {
            throw EdgeError(
                .data, at: "", "\(limits) is no number of boxes; 1 ... \(Detection.largestLimit) are possible")
        }
        let sigma = givesScores ? try number(node, 5, "sigma") : 0
        guard sigma >= 0 else { throw EdgeError(.data, at: "", "sigma is \(sigma); 0 or more is needed") }
        let operation = NonMaximumSuppression(
            limit: limits[0], overlapThreshold: try number(node, 3, "the overlap threshold"),
            scoreThreshold: try number(node, 4, "the score threshold"), sigma: sigma, isStrict: true,
            givesScores: givesScores)
        let name = label(node.outputs[0])
        let list = try compute(Reshape(shape: [1, size[0], 4]), [boxes], name + ".boxes")
        let row = try compute(Reshape(shape: [1, 1, size[0]]), [scores], name + ".scores")
        let names = [".rows", ".count"] + (givesScores ? [".found"] : [])
        let ids = try computeAll(operation, [list, row], names.map { name + $0 })
        try giveSuppressed(node, ids, limit: limits[0])
    }

    /// Indices, scores where there are some, and their number as the node's outputs.
    private mutating func giveSuppressed(
        _ node: TFLiteOperator, _ ids: [Graph.ValueID], limit: Int
    ) throws(EdgeError) {
        let (rows, name) = (shape(ids[0])[0], label(node.outputs[0]))
        // A row is picture, class, box.
        let places = (0..<limit).map { $0 < rows ? Int32(3 * $0 + 2) : -1 }
        let indices = try compute(
            Rearrangement("slice", of: [rows, 3], tables: [places]), [ids[0]], name + ".indices", .int64)
        try add(Conversion(to: .int32), for: node, [indices])
        if ids.count > 2 {
            if rows == limit { define(node, output: 1, ids[2]) } else { try pad(ids[2], to: limit, for: node) }
        }
        let count = try compute(Reshape(shape: []), [ids[1]], name + ".scalar", .int64)
        try add(Conversion(to: .int32), for: node, output: ids.count - 1, [count])
    }

    /// Floats and zeros behind them. They are scattered rather than moved: quantization then leaves them floats.
    private mutating func pad(
        _ floats: Graph.ValueID, to count: Int, for node: TFLiteOperator
    ) throws(EdgeError) {
        let rows = shape(floats)[0]
        let zeros = shared(.float32([Float](repeating: 0, count: count)), [count])
        let places = shared(.int64((0..<rows).map { Int64($0) }), [rows, 1])
        try add(ScatterND(), for: node, output: 1, [zeros, places, floats])
    }

    private mutating func detection(_ node: TFLiteOperator) throws(EdgeError) {
        try expectOutputs(node, 4)
        let options = try FlexMap(node.customOptions)
        let limit = try options.whole("max_detections")
        let perClass = try options.whole("detections_per_class", default: 100)
        let operation = Detection(
            limit: limit, classesPerBox: try options.whole("max_classes_per_detection"),
            // More than there are at all change nothing.
            limitPerClass: min(perClass, max(limit, 1)),
            separatesClasses: try options.whole("use_regular_nms", default: 0) != 0,
            scoreThreshold: try options.float("nms_score_threshold"),
            overlapThreshold: try options.float("nms_iou_threshold"), classes: try options.whole("num_classes"),
            scales: Detection.Scales(
                y: try options.float("y_scale"), x: try options.float("x_scale"),
                height: try options.float("h_scale"), width: try options.float("w_scale")))
        let name = label(node.outputs[0])
        let inputs = [
            try floats(try input(node, 0), name + ".boxes"), try floats(try input(node, 1), name + ".scores"),
            try anchors(node),
        ]
        for (output, id) in try computeAll(operation, inputs, node.outputs.map(label)).enumerated() {
            guard try outputType(node, output).element == .float32 else {
                throw EdgeError(
                    .data, at: "", "'\(label(node.outputs[output]))' is not float32, which is computed")
            }
            define(node, output: output, id)
        }
    }

    /// Centres and sizes that boxes are told from.
    private mutating func anchors(_ node: TFLiteOperator) throws(EdgeError) -> Graph.ValueID {
        let constant = try reals(node, 2, "anchors", [nil, 4])
        guard let numbers = constant.data.floats else { throw EdgeError(.data, at: "", "anchors are no numbers") }
        for (index, number) in numbers.enumerated() where !number.isFinite || index % 4 > 1 && number < 0 {
            throw EdgeError(
                .data, at: "",
                "anchor \(index / 4) is no box: its \(["y", "x", "height", "width"][index % 4]) is \(number)")
        }
        return result.addConstant(label(try operand(node, 2)), constant.shape, constant.data)
    }

    /// A value in floats.
    private mutating func floats(_ id: Graph.ValueID, _ name: String) throws(EdgeError) -> Graph.ValueID {
        type(id).quantization == nil ? id : try compute(Dequantize(), [id], name + ".float")
    }

    private func expectOutputs(_ node: TFLiteOperator, _ count: Int) throws(EdgeError) {
        guard node.outputs.count == count else {
            throw EdgeError(.data, at: "", "\(node.outputs.count) outputs where \(count) are needed")
        }
    }

    /// An operand that must be one constant number.
    private mutating func number(_ node: TFLiteOperator, _ index: Int, _ what: String) throws(EdgeError) -> Float {
        guard let numbers = try constant(node, index, what).reals, numbers.count == 1, !numbers[0].isNaN else {
            throw EdgeError(.data, at: "", "\(what) is no single number")
        }
        return numbers[0]
    }

    /// Adds an operation of several outputs.
    private mutating func computeAll(
        _ operation: any Operation, _ inputs: [Graph.ValueID], _ names: [String]
    ) throws(EdgeError) -> [Graph.ValueID] {
        do throws(EdgeError) {
            return try result.addAll(operation, name: names[0], inputs: inputs, outputs: names)
        } catch {
            // The place is named once, by the caller.
            throw EdgeError(error.kind, at: "", error.sentence)
        }
    }
}
