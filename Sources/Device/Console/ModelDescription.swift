public import EdgeFormat

/// What `inspect` prints of a compiled model.
public struct ModelDescription {
    private let file: ModelFile

    public init(_ file: ModelFile) { self.file = file }

    /// For people.
    public var text: String {
        var text = "format \(Container.major).\(file.container.fileMinor), \(file.container.bytes.count) bytes"
        text += file.container.isExact ? ", exact\n" : "\n"
        for entry in file.meta.entries { text += "\(entry.key.name): \(entry.text)\n" }
        for section in file.container.sections {
            text += "section \(section.kind.name)\(section.kind == .packed ? " \(section.variant)" : ""): "
            text += "\(section.size) bytes at \(section.offset)\n"
        }
        for weights in StoredWeightSums.of(file.tensors) {
            text += "weights: \(weights.count) of \(weights.element.name) in \(weights.tensors) tensors, "
            text += "\(weights.bytes) bytes\n"
        }
        for input in file.inputs { text += describe(input.pipeline) }
        for graph in file.graphs { text += describe(graph) }
        if let steps = file.steps { text += describe(steps) }
        for output in file.outputs where !output.labels.isEmpty {
            text += "labels:"
            for label in output.labels { text += " " + label }
            text += "\n"
        }
        return text
    }

    /// `pictures: 32x32 grey, centred square of 0.875 of the short side`
    private func describe(_ pipeline: InputPipeline) -> String {
        var text = "pictures: \(pipeline.width)x\(pipeline.height) "
        switch pipeline.color {
        case .grey: text += "grey, "
        case .rgb: text += "RGB, "
        case .bgr: text += "BGR, "
        }
        switch pipeline.crop {
        case .automatic: text += "larger ones cropped to the centred square of 0.875 of the short side\n"
        case .whole: text += "whole\n"
        case .square(let millionths):
            text += "cropped to the centred square of \(millionths) millionths of the short side\n"
        }
        return text
    }

    /// `predicts noise: 1000 steps, 50 by default, 10 labels, guidance 2`
    private func describe(_ steps: DiffusionSteps) -> String {
        var guidance = JSONWriter()
        guidance.decimal(Double(steps.guidance), digits: 3)
        return "predicts noise: \(steps.alphaBars.count) steps, \(steps.defaultSteps) by default, "
            + "\(steps.classes) labels, guidance \(guidance.text)\n"
    }

    private func describe(_ graph: ModelGraphEntry) -> String {
        var text = "graph '\(graph.name)': arena \(graph.arenaSize) bytes\n"
        for index in graph.inputs { text += "  input   \(describe(index))\n" }
        for index in graph.operations {
            let operation = file.operations[index]
            let sources = describe(operation.inputs.filter { file.tensors[$0].role != .constant })
            text += "  \(operation.kind.name) '\(operation.name)' \(sources) → \(describe(operation.outputs))\n"
        }
        for index in graph.outputs { text += "  output  \(describe(index))\n" }
        return text
    }

    /// Tensors, separated by commas.
    private func describe(_ indices: [Int]) -> String {
        var text = ""
        for index in indices { text += (text.isEmpty ? "" : ", ") + describe(index) }
        return text
    }

    /// `'conv1' 1x28x28x6`
    private func describe(_ index: Int) -> String {
        let tensor = file.tensors[index]
        var shape = ""
        for size in tensor.shape { shape += (shape.isEmpty ? "" : "x") + "\(size)" }
        return "'\(tensor.name)' \(tensor.element.name) \(shape)"
    }

    /// For programs.
    public var json: String {
        var json = JSONWriter()
        json.beginObject()
        json.key("format")
        json.string("\(Container.major).\(file.container.fileMinor)")
        json.key("bytes")
        json.integer(file.container.bytes.count)
        json.key("checksum")
        json.digest(file.container.checksum)
        for entry in file.meta.entries {
            json.key(entry.key.name)
            json.string(entry.text)
        }
        json.key("weights")
        json.beginArray()
        for weights in StoredWeightSums.of(file.tensors) { write(weights, &json) }
        json.endArray()
        json.key("graphs")
        json.beginArray()
        for graph in file.graphs { write(graph, &json) }
        json.endArray()
        if let steps = file.steps { write(steps, &json) }
        json.endObject()
        return json.text + "\n"
    }

    private func write(_ weights: StoredWeightSums, _ json: inout JSONWriter) {
        json.beginObject()
        json.key("element")
        json.string("\(weights.element.name)")
        json.key("count")
        json.integer(weights.count)
        json.key("tensors")
        json.integer(weights.tensors)
        json.key("bytes")
        json.integer(weights.bytes)
        json.endObject()
    }

    private func write(_ steps: DiffusionSteps, _ json: inout JSONWriter) {
        json.key("denoising")
        json.beginObject()
        json.key("schedule_steps")
        json.integer(steps.alphaBars.count)
        json.key("default_steps")
        json.integer(steps.defaultSteps)
        json.key("labels")
        json.integer(steps.classes)
        json.key("guidance")
        json.decimal(Double(steps.guidance), digits: 3)
        json.endObject()
    }

    private func write(_ graph: ModelGraphEntry, _ json: inout JSONWriter) {
        json.beginObject()
        json.key("name")
        json.string(graph.name)
        json.key("arena")
        json.integer(graph.arenaSize)
        json.key("inputs")
        json.beginArray()
        for index in graph.inputs { write(file.tensors[index], &json) }
        json.endArray()
        json.key("outputs")
        json.beginArray()
        for index in graph.outputs { write(file.tensors[index], &json) }
        json.endArray()
        json.key("operations")
        json.beginArray()
        for index in graph.operations {
            json.beginObject()
            json.key("name")
            json.string(file.operations[index].name)
            json.key("kind")
            json.string("\(file.operations[index].kind.name)")
            json.endObject()
        }
        json.endArray()
        json.endObject()
    }

    private func write(_ tensor: ModelTensor, _ json: inout JSONWriter) {
        json.beginObject()
        json.key("name")
        json.string(tensor.name)
        json.key("element")
        json.string("\(tensor.element.name)")
        json.key("shape")
        json.beginArray()
        for size in tensor.shape { json.integer(size) }
        json.endArray()
        json.key("scale")
        json.decimal(Double(tensor.scales.first ?? 1), digits: 9)
        json.key("zero_point")
        json.integer(tensor.zeroPoint)
        json.endObject()
    }
}

/// Floats that a model stores in fewer bits, by the type that they are stored in.
private struct StoredWeightSums {
    let element: ModelElement
    private(set) var tensors = 0
    private(set) var count = 0
    /// Bytes of the elements, without their scales.
    private(set) var bytes = 0

    init(element: ModelElement) { self.element = element }

    /// One for each type that occurs.
    static func of(_ tensors: [ModelTensor]) -> [StoredWeightSums] {
        var all: [StoredWeightSums] = []
        for element in [ModelElement.float16, .bfloat16, .int8] {
            var sums = StoredWeightSums(element: element)
            for tensor in tensors where tensor.storage?.element == element {
                sums.tensors += 1
                sums.count += tensor.count
                sums.bytes += tensor.homeSize
            }
            if sums.tensors > 0 { all.append(sums) }
        }
        return all
    }
}
