/// A model as the compiler hands it over, before it is bytes. `file()` is the inverse of `ModelFile`.
public struct ModelContents: Sendable {
    public var meta = Meta()
    public var tensors: [ModelTensor] = []
    public var operations: [OperationRecord] = []
    public var graphs: [ModelGraphEntry] = []
    public var inputs: [ModelInput] = []
    public var outputs: [ModelOutput] = []
    public var golden: [GoldenVector] = []
    /// How a graph that predicts noise is used, where one does.
    public var steps: DiffusionSteps?
    public var weights: [UInt8] = []
    /// Tables that operations refer to by offset; the writer appends those of `inputs` and `outputs`.
    public var tables: [UInt8] = []
    /// Whether every result is the same bits on every processor: false where something computes with floats.
    public var isExact = true
    /// For each kernel set: its number and the bytes of its section (`PackedWeights.section`).
    public var packed: [(set: UInt16, bytes: [UInt8])] = []

    public init() {}

    /// The file's bytes; the same contents give the same bytes.
    public func file() -> [UInt8] {
        var texts = TextPool()
        var tableBytes = ByteWriter()
        tableBytes.append(tables)
        var writer = ContainerWriter(.model, isExact: isExact)
        let (tensorSection, scaleSection) = writeTensors(&texts)
        let operationSection = writeOperations(&texts)
        let graphSection = writeGraphs(&texts)
        let inputSection = writeInputs(&tableBytes)
        let outputSection = writeOutputs(&texts, &tableBytes)
        writer.add(.meta, meta.section(texts))
        writer.add(.tensors, tensorSection)
        writer.add(.operations, operationSection)
        writer.add(.graphs, graphSection)
        writer.add(.scales, scaleSection)
        writer.add(.tables, tableBytes.bytes)
        writer.add(.input, inputSection)
        writer.add(.output, outputSection)
        if let steps { writer.add(.steps, steps.section) }
        writer.add(.weights, weights)
        if !golden.isEmpty { writer.add(.golden, GoldenVector.section(golden)) }
        for section in packed { writer.add(.packed, variant: section.set, section.bytes) }
        return writer.file()
    }

    private func writeTensors(_ texts: inout TextPool) -> (tensors: [UInt8], scales: [UInt8]) {
        var out = ByteWriter()
        var scales = ByteWriter()
        out.appendRecordHead(size: ModelTensor.recordSize, count: tensors.count)
        for tensor in tensors {
            tensor.write(&out, texts: &texts, scaleIndex: scales.count / 4)
            scales.append(tensor.storedScales)
        }
        return (out.bytes, scales.bytes)
    }

    private func writeOperations(_ texts: inout TextPool) -> [UInt8] {
        var out = ByteWriter()
        out.appendRecordHead(size: OperationRecord.recordSize, count: operations.count)
        for operation in operations { operation.write(&out, texts: &texts) }
        return out.bytes
    }

    private func writeGraphs(_ texts: inout TextPool) -> [UInt8] {
        var out = ByteWriter()
        var lists = ByteWriter()
        let start = RecordReader.headSize + graphs.count * ModelGraphEntry.recordSize
        out.appendRecordHead(size: ModelGraphEntry.recordSize, count: graphs.count)
        for graph in graphs {
            let text = texts.addName(graph.name)
            out.append(text.offset)
            out.append(text.size)
            out.append(UInt32(graph.operations.lowerBound))
            out.append(UInt32(graph.operations.count))
            out.append(UInt64(graph.arenaSize))
            for list in [graph.inputs, graph.outputs] {
                out.append(UInt32(start + lists.count))
                out.append(UInt32(list.count))
                for index in list { lists.append(UInt32(index)) }
            }
            for _ in 0..<6 { out.append(UInt32(0)) }
        }
        out.append(lists.bytes)
        return out.bytes
    }

    private func writeInputs(_ tableBytes: inout ByteWriter) -> [UInt8] {
        var out = ByteWriter()
        out.appendRecordHead(size: ModelInput.recordSize, count: inputs.count)
        for input in inputs {
            tableBytes.align(to: 64)
            input.write(&out, tableOffset: tableBytes.count)
            switch input.pipeline.tables {
            case .integers(let tables):
                for table in tables { tableBytes.append(table.map { UInt8(bitPattern: $0) }) }
            case .floats(let tables): for table in tables { tableBytes.append(table) }
            }
        }
        return out.bytes
    }

    private func writeOutputs(_ texts: inout TextPool, _ tableBytes: inout ByteWriter) -> [UInt8] {
        var out = ByteWriter()
        var lists = ByteWriter()
        let start = RecordReader.headSize + outputs.count * ModelOutput.recordSize
        out.appendRecordHead(size: ModelOutput.recordSize, count: outputs.count)
        for output in outputs {
            var tableOffset = 0
            if case .logits(let exponentials) = output.meaning {
                tableBytes.align(to: 64)
                tableOffset = tableBytes.count
                for entry in exponentials { tableBytes.append(entry) }
            }
            output.write(&out, labelOffset: start + lists.count, tableOffset: tableOffset)
            for label in output.labels {
                let text = texts.addName(label)
                lists.append(text.offset)
                lists.append(text.size)
            }
        }
        out.append(lists.bytes)
        return out.bytes
    }
}
