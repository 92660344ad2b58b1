import EdgeFormat
import ModelGraph

/// What the graphs of a file have in common: lists of operations and tensors, and constants and tables, of which equal
/// ones are stored once.
struct FileParts {
    private(set) var operations: [OperationRecord] = []
    private(set) var tensors: [ModelTensor] = []
    /// For each tensor in the arena, the tensor whose memory it shares and how many bytes after that one's start; itself
    /// where it has its own.
    private(set) var memory: [(owner: Int, offset: Int)] = []
    private(set) var weights = ByteWriter()
    private(set) var tables = ByteWriter()
    private var constants: [Constant: Int] = [:]
    private var tableOffsets: [[UInt8]: Int] = [:]

    /// What makes two constants one.
    private struct Constant: Hashable {
        var name: String
        var shape: [Int]
        var scales: [Float]
        var zeroPoint: Int
        var element: UInt8
        var axis: Int?
        var bytes: [UInt8]
    }

    mutating func add(_ operation: OperationRecord) { operations.append(operation) }

    /// Adds a tensor with memory of its own and gives its index.
    mutating func add(_ tensor: ModelTensor) -> Int {
        tensors.append(tensor)
        memory.append((tensors.count - 1, 0))
        return tensors.count - 1
    }

    /// Makes a tensor another view of one's memory, from an element on.
    mutating func share(_ tensor: Int, memoryOf other: Int, at element: Int = 0) {
        memory[tensor] = (memory[other].owner, memory[other].offset + element * tensors[other].element.size)
    }

    /// Makes a tensor those channels of a wider one that begin with `channel`. Both need the same border in the end.
    mutating func put(_ tensor: Int, inside whole: Int, at channel: Int) {
        tensors[tensor].pixelStride = tensors[whole].isPart ? tensors[whole].pixelStride : tensors[whole].channels
        let (owner, offset) = memory[whole]
        memory[tensor] = (owner, offset + channel * tensors[whole].element.size)
    }

    /// Makes the memory that a tensor is all of a piece of a wider tensor's, from an element on, with all that shares it.
    mutating func move(_ tensor: Int, inside whole: Int, at element: Int) {
        let owner = memory[tensor].owner
        let (next, start) = memory[whole]
        for index in memory.indices where memory[index].owner == owner {
            memory[index] = (next, start + element * tensors[whole].element.size + memory[index].offset)
        }
    }

    mutating func widenBorder(of tensor: Int, to border: Border) {
        tensors[tensor].border = tensors[tensor].border.union(border)
    }

    /// Takes the operations from a place on away.
    mutating func removeOperations(from first: Int) -> [OperationRecord] {
        defer { operations.removeSubrange(first...) }
        return Array(operations[first...])
    }

    /// Makes a tensor one of the graph's outputs.
    mutating func makeOutput(_ tensor: Int) { tensors[tensor].role = .output }

    /// Names the tensor that holds the number of an output's rows.
    mutating func count(_ tensor: Int, by count: Int) { tensors[tensor].countTensor = count }

    /// Names the tensor that a state is copied from after a run.
    mutating func remember(_ state: Int, from tensor: Int) { tensors[state].nextTensor = tensor }

    /// Bounds that a tensor's results are clamped to.
    mutating func bound(_ tensor: Int, to bounds: (minimum: Int32, maximum: Int32)) {
        tensors[tensor].minimum = Int(bounds.minimum)
        tensors[tensor].maximum = Int(bounds.maximum)
    }

    mutating func place(_ tensor: Int, inArenaAt offset: Int) { tensors[tensor].home = .arena(offset) }

    /// The offset in section `tables` of what `append` writes.
    mutating func addTable(_ append: (inout ByteWriter) -> Void) -> Int {
        var table = ByteWriter()
        append(&table)
        if let known = tableOffsets[table.bytes] { return known }
        tables.align(to: 64)
        let offset = tables.count
        tables.append(table.bytes)
        tableOffsets[table.bytes] = offset
        return offset
    }

    /// The tensor of a constant, its bytes in section `weights`.
    mutating func addConstant(_ value: Graph.Value) throws(EdgeError) -> Int {
        guard let constant = value.constant else {
            throw EdgeError(.data, at: "constant '\(value.name)'", "has no elements")
        }
        guard value.type.quantization?.channelZeroPoints.isEmpty != false else {
            throw EdgeError(.data, at: "constant '\(value.name)'", "has zero points, which cannot be compiled yet")
        }
        let quantization = value.type.quantization
        return addConstant(
            value.name, constant, value.type.shape, scales: quantization?.scales ?? [],
            zeroPoint: Int(quantization?.zeroPoint ?? 0), storage: value.storage)
    }

    /// The tensor of a constant that no value of the graph is.
    /// - Parameter storage: of floats that it stands for, else nil.
    mutating func addConstant(
        _ name: String, _ data: TensorData, _ shape: [Int], scales: [Float] = [], zeroPoint: Int = 0,
        storage: WeightStorage? = nil
    ) -> Int {
        let element = data.elementType.stored
        let bytes = storage?.bytes(of: data.floats ?? [], shape) ?? data.logicalBytes
        let key = Constant(
            name: name, shape: shape, scales: storage?.scales ?? scales, zeroPoint: zeroPoint,
            element: (storage?.element ?? element).rawValue, axis: storage?.axis, bytes: bytes)
        if let known = constants[key] { return known }
        weights.align(to: 64)
        let offset = weights.count
        weights.append(bytes)
        var tensor = ModelTensor(
            name: name, element: element, role: .constant, shape: shape, scales: scales, zeroPoint: zeroPoint,
            minimum: element == .int8 ? -128 : 0, maximum: element == .int8 ? 127 : 0, home: .weights(offset))
        tensor.storage = storage
        let index = add(tensor)
        constants[key] = index
        return index
    }
}

extension ElementType {
    /// As files name it.
    var stored: ModelElement {
        switch self {
        case .float32: .float32
        case .float16: .float16
        case .int8: .int8
        case .int16: .int16
        case .int32: .int32
        case .int64: .int64
        case .uint8: .uint8
        case .uint16: .uint16
        case .bool: .bool
        }
    }
}
