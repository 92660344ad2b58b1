import Console
import Evaluation

extension QuantizationReport {
    /// The same as one JSON object in UTF-8, a line. A ratio is null where there is no error, and where there is no value
    /// (`values` is 0).
    public var json: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.key("model")
            json.string(name)
            json.key("flags")
            json.string(flags)
            json.optional("float_bytes", floatBytes)
            json.optional("quantized_bytes", quantizedBytes)
            json.key("facts")
            json.object { json in
                for fact in facts {
                    json.key(fact.name)
                    json.string(fact.value)
                }
            }
            json.list("warnings", warnings) { $1.string($0) }
            if let answers { write(answers.comparison, answers.source, &json) }
            if let costs { write(costs, &json) }
            json.key("axis")
            json.string(axis)
            json.list("columns", columns.map(\.title)) { $1.string($0) }
            json.list("layers", errors.layers.indices) { write(layer: $0, &$1) }
            json.optional("median_psnr_db", medianRatio, digits: 3)
            json.list("pictures", pictures) { write($0, &$1) }
        }
        return json.bytes + [UInt8(ascii: "\n")]
    }

    private func write(layer index: Int, _ json: inout JSONWriter) {
        let layer = errors.layers[index]
        json.object { json in
            json.key("name")
            json.string(layer.name)
            json.key("operation")
            json.string(layer.operation)
            json.list("shape", layer.shape) { $1.integer($0) }
            json.key("bits")
            json.integer(layer.bits)
            json.key("multiplications")
            json.integer(layer.multiplications)
            json.list("reads", layer.sources) { $1.string(errors.layers[$0].name) }
            json.key("is_output")
            json.bool(outputs.contains(layer.name))
            json.optional("holds_minimum", layer.bounds.map { Double($0.lowerBound) }, digits: 9)
            json.optional("holds_maximum", layer.bounds.map { Double($0.upperBound) }, digits: 9)
            json.optional("own_loss_db", loss(index), digits: 3)
            if let costs, costs.layers.indices.contains(index) {
                json.cost(costs.layers[index])
            }
            if let bars = bars(index) { write(bars, &json) }
            json.key("all")
            write(errors.total(index), &json)
            json.list("cells", columns) { write(errors[index, $0.bin], &$1) }
        }
    }

    private func write(_ answers: AnswerComparison, _ source: String, _ json: inout JSONWriter) {
        json.key("answers")
        json.object { json in
            json.key("data")
            json.string(source)
            json.key("pictures")
            json.integer(answers.float.total)
            json.key("same")
            json.integer(answers.same)
            for (name, accuracy) in [("float", answers.float), ("quantized", answers.quantized)] {
                json.key(name)
                json.object { json in
                    json.key("right")
                    json.integer(accuracy.right)
                    json.key("top1")
                    json.decimal(accuracy.top1, digits: 2)
                    json.key("top5")
                    json.decimal(accuracy.top5, digits: 2)
                }
            }
        }
    }

    private func write(_ costs: LayerCosts, _ json: inout JSONWriter) {
        json.key("kernels")
        json.string(costs.kernels)
        json.key("total")
        json.object { $0.cost(costs.total) }
        json.key("other")
        json.object { $0.cost(costs.other) }
    }

    private func write(_ bars: HistogramBars, _ json: inout JSONWriter) {
        json.key("histogram")
        json.object { json in
            json.key("from")
            json.decimal(bars.range.lowerBound, digits: 9)
            json.key("to")
            json.decimal(bars.range.upperBound, digits: 9)
            json.list("counts", zip(bars.inside, bars.saturated).map(+)) { $1.integer($0) }
            json.list("saturated", bars.saturated) { $1.integer($0) }
        }
    }

    private func write(_ sums: LayerErrors.Sums, _ json: inout JSONWriter) {
        json.object { json in
            json.optional("sqnr_db", sums.ratio, digits: 3)
            json.optional("cosine", sums.cosine, digits: 8)
            json.key("saturated")
            json.decimal(sums.saturation, digits: 8)
            json.key("minimum")
            json.decimal(Double(sums.minimum), digits: 9)
            json.key("maximum")
            json.decimal(Double(sums.maximum), digits: 9)
            json.key("values")
            json.integer(sums.count)
        }
    }

    private func write(_ pair: PicturePair, _ json: inout JSONWriter) {
        json.object { json in
            json.key("label")
            json.string(pair.label)
            json.key("seed")
            json.integer(Int(truncatingIfNeeded: pair.seed))
            json.key("picture")
            json.integer(pair.number)
            json.key("psnr_db")
            json.decimal(pair.ratio, digits: 3)
        }
    }
}

extension JSONWriter {
    fileprivate mutating func object(_ body: (inout JSONWriter) -> Void) {
        beginObject()
        body(&self)
        endObject()
    }

    fileprivate mutating func list<Items: Collection>(
        _ name: StaticString, _ items: Items, _ body: (Items.Element, inout JSONWriter) -> Void
    ) {
        key(name)
        beginArray()
        for item in items { body(item, &self) }
        endArray()
    }

    /// Members of an object.
    fileprivate mutating func cost(_ cost: LayerCosts.Cost) {
        key("microseconds")
        decimal(Double(cost.nanoseconds) / 1e3, digits: 3)
        key("weight_bytes")
        integer(cost.weightBytes)
        key("activation_bytes")
        integer(cost.activationBytes)
    }

    fileprivate mutating func optional(_ name: StaticString, _ value: Int?) {
        key(name)
        if let value { integer(value) } else { null() }
    }

    fileprivate mutating func optional(_ name: StaticString, _ value: Double?, digits: Int) {
        key(name)
        if let value { decimal(value, digits: digits) } else { null() }
    }
}
