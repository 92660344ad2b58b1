/// A checked model: everything in it refers to things that are there and fit, so that a session may run it without
/// further checks. Records are copied and checked; weights, tables and packed weights stay where they are mapped.
public struct ModelFile: @unchecked Sendable {  // its bytes are only ever read
    public let container: Container
    public let meta: Meta
    public let tensors: [ModelTensor]
    public let operations: [ModelOperation]
    public let graphs: [ModelGraphEntry]
    public let inputs: [ModelInput]
    public let outputs: [ModelOutput]
    public let golden: [GoldenVector]
    /// How a graph that predicts noise is used; nil where the model is none.
    public let steps: DiffusionSteps?
    /// Section `weights`.
    public let weights: UnsafeRawBufferPointer
    /// Section `tables`.
    public let tables: UnsafeRawBufferPointer
    /// Keeps the bytes alive.
    private let owner: AnyObject?

    /// - Parameters:
    ///   - bytes: the whole file; they must outlive this value.
    ///   - place: the file's name, for errors.
    ///   - owner: what the bytes belong to; it lives as long as this value does.
    public init(_ bytes: UnsafeRawBufferPointer, place: String, keeping owner: AnyObject?) throws(EdgeError) {
        self.owner = owner
        container = try Container(bytes, place: place)
        guard container.kind == .model else {
            throw EdgeError(.data, at: place, "is a picture set, not a model; give it to --set")
        }
        let texts: ByteReader
        (meta, texts) = try Meta.read(container.reader(.meta))
        weights = try container.reader(.weights).bytes
        let tableSection = try container.reader(.tables)
        tables = tableSection.bytes
        tensors = try Self.readTensors(container, texts, weights: weights.count)
        operations = try Self.readOperations(container, texts, tensors, tables, weights)
        graphs = try Self.readGraphs(container, texts, tensors, operations)
        inputs = try Self.readInputs(container, tensors, tableSection)
        outputs = try Self.readOutputs(container, tensors, texts, tableSection)
        golden = try Self.readGolden(container, graphs)
        steps = try DiffusionSteps.read(container.reader(.steps), graphs, tensors)
    }

    private static func readTensors(_ container: Container, _ texts: ByteReader, weights: Int) throws(EdgeError)
        -> [ModelTensor]
    {
        let scales = try container.reader(.scales)
        let records = try RecordReader(
            try container.reader(.tensors), known: ModelTensor.recordSize, limit: ModelTensor.limit)
        var tensors: [ModelTensor] = []
        for index in 0..<records.count {
            tensors.append(try ModelTensor(records.record(index), texts: texts, scaleSection: scales, weights: weights))
        }
        for index in 0..<records.count {
            try tensors[index].checkNext(in: tensors, place: records.record(index).place)
        }
        try checkStorage(tensors, weights: weights, place: container.place)
        return tensors
    }

    /// What is stored in fewer bits becomes floats in memory of its own: at most four times what the file holds.
    private static func checkStorage(_ tensors: [ModelTensor], weights: Int, place: String) throws(EdgeError) {
        var stored = 0
        for tensor in tensors where tensor.storage != nil { stored += tensor.homeSize }
        guard stored <= weights else {
            throw EdgeError(
                .data, at: place,
                "has \(stored) bytes of weights that are expanded in a section of \(weights): they share bytes")
        }
    }

    private static func readOperations(
        _ container: Container, _ texts: ByteReader, _ tensors: [ModelTensor], _ tables: UnsafeRawBufferPointer,
        _ weights: UnsafeRawBufferPointer
    ) throws(EdgeError) -> [ModelOperation] {
        let section = try container.reader(.operations)
        let records = try RecordReader(section, known: OperationRecord.recordSize, limit: OperationRecord.limit)
        var operations: [ModelOperation] = []
        for index in 0..<records.count {
            let record = try OperationRecord(records.record(index), texts: texts, tensorCount: tensors.count)
            let place = container.place + ": operation \(index) '" + record.name + "'"
            operations.append(
                try ModelOperation(
                    OperationContext(
                        record: record, tensors: tensors, tables: tables, weights: weights, place: place)))
        }
        return operations
    }

    private static func readGraphs(
        _ container: Container, _ texts: ByteReader, _ tensors: [ModelTensor], _ operations: [ModelOperation]
    ) throws(EdgeError) -> [ModelGraphEntry] {
        let section = try container.reader(.graphs)
        let records = try RecordReader(section, known: ModelGraphEntry.recordSize, limit: ModelGraphEntry.limit)
        guard records.count > 0 else { throw EdgeError(.data, at: container.place, "has no graph") }
        var graphs: [ModelGraphEntry] = []
        for index in 0..<records.count {
            let graph = try ModelGraphEntry(
                records.record(index), section: section, texts: texts, tensors: tensors,
                operationCount: operations.count)
            try graph.checkArena(tensors, operations, place: container.place)
            graphs.append(graph)
        }
        return graphs
    }

    private static func readInputs(
        _ container: Container, _ tensors: [ModelTensor], _ tables: ByteReader
    ) throws(EdgeError) -> [ModelInput] {
        let section = try container.reader(.input)
        guard !section.bytes.isEmpty else { return [] }
        let records = try RecordReader(section, known: ModelInput.recordSize, limit: 64)
        var inputs: [ModelInput] = []
        for index in 0..<records.count {
            inputs.append(try ModelInput(records.record(index), tensors: tensors, tables: tables))
        }
        return inputs
    }

    private static func readOutputs(
        _ container: Container, _ tensors: [ModelTensor], _ texts: ByteReader, _ tables: ByteReader
    ) throws(EdgeError) -> [ModelOutput] {
        let section = try container.reader(.output)
        guard !section.bytes.isEmpty else { return [] }
        let records = try RecordReader(section, known: ModelOutput.recordSize, limit: ModelOutput.limit)
        var outputs: [ModelOutput] = []
        for index in 0..<records.count {
            outputs.append(
                try ModelOutput(records.record(index), section: section, tensors: tensors, texts: texts, tables: tables)
            )
        }
        return outputs
    }

    private static func readGolden(_ container: Container, _ graphs: [ModelGraphEntry]) throws(EdgeError)
        -> [GoldenVector]
    {
        let section = try container.reader(.golden)
        guard !section.bytes.isEmpty else { return [] }
        let records = try RecordReader(section, known: GoldenVector.recordSize, limit: 64)
        var vectors: [GoldenVector] = []
        for index in 0..<records.count {
            vectors.append(try GoldenVector(records.record(index), section: section, graphs: graphs))
        }
        return vectors
    }

    /// The packed weights for a kernel set, after their checksum is compared; empty where the file has none.
    public func packedWeights(set: UInt16) throws(EdgeError) -> (
        records: [PackedWeights], bytes: UnsafeRawBufferPointer
    ) {
        for section in container.sections where section.kind == .packed && section.variant == set {
            try container.check(section)
            let bytes = container.contents(of: section)
            let reader = ByteReader(bytes, place: container.place + ": section packed \(set)")
            let records = try RecordReader(reader, known: PackedWeights.recordSize, limit: OperationRecord.limit)
            var entries: [PackedWeights] = []
            for index in 0..<records.count {
                entries.append(
                    try PackedWeights(records.record(index), section: reader, operationCount: operations.count))
            }
            return (entries, bytes)
        }
        return ([], UnsafeRawBufferPointer(start: nil, count: 0))
    }

    /// The numbers of the kernel sets that the file has packed weights for.
    public var packedSets: [UInt16] {
        container.sections.filter { $0.kind == .packed }.map { $0.variant }
    }

    /// A constant tensor's bytes, as they are stored.
    public func constant(_ index: Int) -> UnsafeRawBufferPointer {
        guard case .weights(let offset) = tensors[index].home else {
            return UnsafeRawBufferPointer(start: nil, count: 0)
        }
        return UnsafeRawBufferPointer(rebasing: weights[offset..<offset + tensors[index].homeSize])
    }

    /// The digest of what an operation computes with besides its input: constant operands, scales, tables.
    public func constantsDigest(_ operation: Int) -> UInt64 {
        let operation = operations[operation]
        var all: [UInt8] = []
        for index in operation.inputs where tensors[index].role == .constant {
            all.append(contentsOf: constant(index))
            for scale in tensors[index].storedScales {
                withUnsafeBytes(of: scale.bitPattern.littleEndian) { all.append(contentsOf: $0) }
            }
        }
        all.append(contentsOf: tables[operation.tableBytes])
        return xxh3(all)
    }
}
