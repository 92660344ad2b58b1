/// A record of section `graphs`: a named entry point, the run of operations behind it, and the arena they need.
public struct ModelGraphEntry: Sendable {
    public var name: String
    /// The graph's operations, as a range of the model's.
    public var operations: Range<Int>
    /// Bytes; the session adds 64 bytes of slack.
    public var arenaSize: Int
    /// Indices into the tensors.
    public var inputs: [Int]
    public var outputs: [Int]

    public init(name: String, operations: Range<Int>, arenaSize: Int, inputs: [Int], outputs: [Int]) {
        self.name = name
        self.operations = operations
        self.arenaSize = arenaSize
        self.inputs = inputs
        self.outputs = outputs
    }

    static let recordSize = 64
    static let limit = 16
    static let arenaLimit = 1 << 30

    init(
        _ record: ByteReader, section: ByteReader, texts: ByteReader, tensors: [ModelTensor], operationCount: Int
    ) throws(EdgeError) {
        name = try texts.text(at: record.load(UInt32.self, at: 0), size: record.load(UInt32.self, at: 4))
        let first = Int(try record.load(UInt32.self, at: 8))
        let count = Int(try record.load(UInt32.self, at: 12))
        guard first <= operationCount, count <= operationCount - first else {
            throw EdgeError(.data, at: record.place, "names operations outside the list")
        }
        operations = first..<first + count
        let size = try record.load(UInt64.self, at: 16)
        guard size <= UInt64(Self.arenaLimit) else {
            throw EdgeError(.data, at: record.place, "asks for an arena of \(size) bytes; at most 1 GiB can be")
        }
        arenaSize = Int(size)
        inputs = try Self.readList(record, at: 24, section, tensors.count, least: 0)
        outputs = try Self.readList(record, at: 32, section, tensors.count, least: 1)
        try check(record, tensors)
    }

    /// - Parameter least: tensors of the list; a graph of constants alone has no input.
    private static func readList(
        _ record: ByteReader, at: Int, _ section: ByteReader, _ limit: Int, least: Int
    ) throws(EdgeError) -> [Int] {
        let offset = try record.load(UInt32.self, at: at)
        let count = try record.load(UInt32.self, at: at + 4)
        guard count >= least, count <= 256 else {
            throw EdgeError(.data, at: record.place, "has no output, or over 256 inputs or outputs")
        }
        let list = ByteReader(try section.slice(at: UInt64(offset), size: UInt64(count) * 4), place: record.place)
        var indices: [Int] = []
        for index in 0..<Int(count) {
            let tensor = Int(try list.load(UInt32.self, at: 4 * index))
            guard tensor < limit else { throw EdgeError(.data, at: record.place, "names tensor \(tensor) of \(limit)") }
            indices.append(tensor)
        }
        return indices
    }

    private func check(_ record: ByteReader, _ tensors: [ModelTensor]) throws(EdgeError) {
        for index in inputs where tensors[index].role != .input {
            throw EdgeError(.data, at: record.place, "has an input that is not marked as one")
        }
        for index in outputs where tensors[index].role != .output {
            throw EdgeError(.data, at: record.place, "has an output that is not marked as one")
        }
        for index in outputs {
            guard let count = tensors[index].countTensor else { continue }
            guard outputs.contains(count), tensors[count].isPlain, tensors[count].element == .int64,
                tensors[count].count == 1, !tensors[index].shape.isEmpty
            else {
                throw EdgeError(.data, at: record.place, "has an output whose number of rows is no output of one int64")
            }
        }
    }

    /// Every activation that the graph touches lies inside the arena.
    func checkArena(_ tensors: [ModelTensor], _ operations: [ModelOperation], place: String) throws(EdgeError) {
        for operation in operations[self.operations] {
            for index in operation.inputs + operation.outputs { try checkArena(tensors[index], place) }
        }
        for state in states(tensors, operations) {
            if let next = tensors[state].nextTensor { try checkArena(tensors[next], place) }
        }
        for ends in [inputs, outputs] {
            for index in ends { try checkArena(tensors[index], place) }
            // All of them live at once.
            guard ends.reduce(0, { $0 + tensors[$1].homeSize }) <= arenaSize else {
                throw EdgeError(.data, at: place, "graph '\(name)' has inputs or outputs that share memory")
            }
        }
        let end = tensors.reduce(0) { max($0, $1.arenaEnd) }
        guard arenaSize <= (end + 63) / 64 * 64 else {
            throw EdgeError(.data, at: place, "graph '\(name)' asks for a larger arena than its tensors need")
        }
    }

    /// The states that the graph's operations read, in the order in which they are read first.
    public func states(_ tensors: [ModelTensor], _ operations: [ModelOperation]) -> [Int] {
        var states: [Int] = []
        var isListed = [Bool](repeating: false, count: tensors.count)
        for operation in operations[self.operations] {
            for index in operation.inputs where tensors[index].role == .state && !isListed[index] {
                isListed[index] = true
                states.append(index)
            }
        }
        return states
    }

    private func checkArena(_ tensor: ModelTensor, _ place: String) throws(EdgeError) {
        guard tensor.arenaEnd <= arenaSize else {
            throw EdgeError(.data, at: place, "tensor '\(tensor.name)' lies outside the arena of graph '\(name)'")
        }
    }
}
