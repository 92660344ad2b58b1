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
            json.key("all")
            write(errors.total(index), &json)
            json.list("cells", columns) { write(errors[index, $0.bin], &$1) }
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

    fileprivate mutating func optional(_ name: StaticString, _ value: Int?) {
        key(name)
        if let value { integer(value) } else { null() }
    }

    fileprivate mutating func optional(_ name: StaticString, _ value: Double?, digits: Int) {
        key(name)
        if let value { decimal(value, digits: digits) } else { null() }
    }
}
