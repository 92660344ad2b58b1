public import EdgeFormat

/// A file put together by hand, tensor by tensor, with values that no compiler chose: for what a single operation computes
/// and refuses.
public struct HandmadeModel: Sendable {
    public var contents = ModelContents()
    /// Where the next activation lies; none shares memory with another.
    private var arenaEnd = 0

    public init() {}

    /// An activation; returns its number. An int32 one has no scale.
    public mutating func activation(
        _ element: ModelElement, _ role: ModelTensor.Role, _ shape: [Int], scale: Float = 1, zeroPoint: Int = 0,
        bounds: ClosedRange<Int>? = nil, border: Border = Border()
    ) -> Int {
        let limit = element == .int8 ? -128...127 : element == .int16 ? -32_767...32_767 : 0...65_535
        let range = bounds ?? limit
        let tensor = ModelTensor(
            name: "tensor\(contents.tensors.count)", element: element, role: role, shape: shape,
            scales: element == .int32 ? [] : [scale], zeroPoint: zeroPoint, minimum: range.lowerBound,
            maximum: range.upperBound, home: .arena(arenaEnd), border: border)
        // Not multiples of 64, which any file may do without.
        arenaEnd += (tensor.homeSize + 11) / 4 * 4
        contents.tensors.append(tensor)
        return contents.tensors.count - 1
    }

    /// A plain tensor of the arena; returns its number.
    public mutating func plain(_ element: ModelElement, _ role: ModelTensor.Role, _ shape: [Int]) -> Int {
        arenaEnd = (arenaEnd + 7) / 8 * 8
        let tensor = ModelTensor(
            name: "tensor\(contents.tensors.count)", element: element, role: role, shape: shape,
            minimum: Int(Int32.min), maximum: Int(Int32.max), home: .arena(arenaEnd))
        arenaEnd += tensor.homeSize
        contents.tensors.append(tensor)
        return contents.tensors.count - 1
    }

    private mutating func constant(_ element: ModelElement, _ shape: [Int], scales: [Float], _ bytes: [UInt8]) -> Int {
        while contents.weights.count % 4 != 0 { contents.weights.append(0) }
        contents.tensors.append(
            ModelTensor(
                name: "constant\(contents.tensors.count)", element: element, role: .constant, shape: shape,
                scales: scales, home: .weights(contents.weights.count)))
        contents.weights += bytes
        return contents.tensors.count - 1
    }

    /// A constant; returns its number.
    public mutating func constant(_ values: [Int8], _ shape: [Int], scales: [Float] = [1]) -> Int {
        constant(.int8, shape, scales: scales, values.map { UInt8(bitPattern: $0) })
    }

    /// - Parameter scale: nil for a plain one.
    public mutating func constant(_ values: [Int16], _ shape: [Int], scale: Float?) -> Int {
        constant(.int16, shape, scales: scale.map { [$0] } ?? [], littleEndian(values))
    }

    public mutating func constant(_ values: [Int32]) -> Int {
        constant(.int32, [values.count], scales: [], littleEndian(values))
    }

    public mutating func constant(_ values: [Float]) -> Int {
        constant(.float32, [values.count], scales: [], littleEndian(values.map(\.bitPattern)))
    }

    /// A constant of floats that are stored in other bytes; returns its number.
    public mutating func stored(_ storage: WeightStorage?, _ shape: [Int], _ bytes: [UInt8]) -> Int {
        let index = constant(.float32, shape, scales: [], bytes)
        contents.tensors[index].storage = storage
        return index
    }

    /// Appends to section `tables`; returns the offset, a multiple of 4.
    public mutating func table<Value: FixedWidthInteger>(_ values: [Value]) -> Int {
        while contents.tables.count % 4 != 0 { contents.tables.append(0) }
        defer { contents.tables += littleEndian(values) }
        return contents.tables.count
    }

    public mutating func operation(_ kind: OperationKind, _ inputs: [Int], _ output: Int, _ parameters: [Int] = []) {
        contents.operations.append(
            OperationRecord(
                name: "operation\(contents.operations.count)", kind: kind, inputs: inputs, outputs: [output],
                parameters: parameters))
    }

    public mutating func operation(
        _ kind: OperationKind, _ inputs: [Int], outputs: [Int], _ parameters: [Int] = []
    ) {
        contents.operations.append(
            OperationRecord(
                name: "operation\(contents.operations.count)", kind: kind, inputs: inputs, outputs: outputs,
                parameters: parameters))
    }

    /// A graph of the operations from `first` on, whose ends are the tensors with their roles.
    public mutating func graph(_ name: String = "main", from first: Int = 0, inputs: [Int], outputs: [Int]) {
        contents.graphs.append(
            ModelGraphEntry(
                name: name, operations: first..<contents.operations.count, arenaSize: (arenaEnd + 63) / 64 * 64,
                inputs: inputs, outputs: outputs))
    }

    /// The file; arenas are cut to what the last tensor needs.
    public var file: [UInt8] {
        var contents = contents
        let end = contents.tensors.reduce(0) { max($0, $1.arenaEnd) }
        for index in contents.graphs.indices { contents.graphs[index].arenaSize = (end + 63) / 64 * 64 }
        return contents.file()
    }
}

/// The bytes of integers as files have them.
public func littleEndian<Value: FixedWidthInteger>(_ values: [Value]) -> [UInt8] {
    values.flatMap { value in withUnsafeBytes(of: value.littleEndian) { Array($0) } }
}
