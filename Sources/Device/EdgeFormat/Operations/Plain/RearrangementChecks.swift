/// Elements in other places: element (i₀, i₁, …) of the output is the input's element number Σ tableₖ[iₖ], or the fill
/// value where one of these is −1.
public struct RearrangementParameters: Equatable, Sendable {
    /// Byte offset in section `tables`, a multiple of 4, of the tables' Int32, axis after axis.
    public var offset: Int
    /// The bytes of what stands where no element of the input does, as the element's, the first in the low bits.
    public var fill: UInt64

    public init(offset: Int, fill: UInt64 = 0) {
        self.offset = offset
        self.fill = fill
    }

    /// The parameters as `OperationRecord` stores them.
    public var stored: [Int] {
        [offset, Int(Int32(truncatingIfNeeded: fill)), Int(Int32(truncatingIfNeeded: fill >> 32))]
    }

    /// Its bytes of section `tables`.
    public func bytes(_ shape: [Int]) -> Range<Int> { offset..<offset + 4 * shape.reduce(0, +) }

    init(_ context: OperationContext) throws(EdgeError) {
        try context.checkPlaces(inputs: 1...1)
        offset = context.parameter(0)
        let low = UInt32(bitPattern: context.record.parameters[1])
        fill = UInt64(UInt32(bitPattern: context.record.parameters[2])) << 32 | UInt64(low)
        let (input, output) = (context.input(0), context.output)
        guard input.element == output.element, input.border.isEmpty, output.border.isEmpty,
            input.isPlain == output.isPlain
        else { throw context.fail("needs the same type on both sides, and no border") }
        if !input.isPlain { try context.checkSameValues(input) }
        try context.checkTable(at: offset, bytes: bytes(output.shape).count, alignment: 4)
        var (place, last) = (offset, 0)
        for size in output.shape {
            var largest = 0
            for index in 0..<size {
                let entry = Int(context.tableEntry(at: place + 4 * index))
                guard entry >= -1 else { throw context.fail("has a place before the first") }
                largest = max(largest, entry)
            }
            place += 4 * size
            last += largest
        }
        guard last < input.count else { throw context.fail("reads element \(last) of \(input.count)") }
    }
}

/// 1 … 8 tensors of one type that differ along one axis alone, one after the other.
func checkPlainConcatenation(_ context: OperationContext) throws(EdgeError) -> Int {
    try context.checkPlain(inputs: 1...OperationRecord.inputLimit)
    let output = context.output
    let axis = try context.axis(0, of: output.shape)
    var size = 0
    for index in context.record.inputs.indices {
        let input = context.input(index)
        guard input.element == output.element, input.shape.count == output.shape.count else {
            throw context.fail("joins tensors of different types or ranks")
        }
        for other in output.shape.indices where other != axis && input.shape[other] != output.shape[other] {
            throw context.fail("joins tensors that differ along another axis")
        }
        size += input.shape[axis]
    }
    guard size == output.shape[axis] else { throw context.fail("has an output that is not as long as its inputs") }
    return axis
}

/// A weighted sum of neighbours along one axis, for each index of the output: linear, cubic and antialiased resizing.
public struct ResamplingParameters: Equatable, Sendable {
    public var axis: Int
    /// Byte offset in section `tables`, a multiple of 4: for each index along the output's axis three Int32, the first
    /// neighbour or −1, how many, and the number of the first one's weight; then the weights, Float.
    public var offset: Int
    /// Number of weights.
    public var weights: Int
    /// What stands where there is no neighbour.
    public var fill: Float

    public init(axis: Int, offset: Int, weights: Int, fill: Float = 0) {
        self.axis = axis
        self.offset = offset
        self.weights = weights
        self.fill = fill
    }

    /// The parameters as `OperationRecord` stores them.
    public var stored: [Int] { [axis, offset, weights, fill.stored] }

    /// Its bytes of section `tables`.
    public func bytes(_ shape: [Int]) -> Range<Int> { offset..<offset + 12 * shape[axis] + 4 * weights }

    init(_ context: OperationContext) throws(EdgeError) {
        try context.checkPlain(inputs: 1...1)
        let (input, output) = (context.input(0), context.output)
        try context.checkElements([input, output], [.float32])
        axis = try context.axis(0, of: output.shape)
        offset = context.parameter(1)
        weights = context.parameter(2)
        fill = context.real(3)
        guard weights >= 0 else { throw context.fail("has less than no weights") }
        try context.checkTable(at: offset, bytes: bytes(output.shape).count, alignment: 4)
        var shape = output.shape
        guard input.shape.count == shape.count else { throw context.fail("changes the number of axes") }
        shape[axis] = input.shape[axis]
        guard shape == input.shape else { throw context.fail("changes more than one axis") }
        for index in 0..<output.shape[axis] {
            let first = Int(context.tableEntry(at: offset + 12 * index))
            let count = Int(context.tableEntry(at: offset + 12 * index + 4))
            let weight = Int(context.tableEntry(at: offset + 12 * index + 8))
            guard first == -1 ? count == 0 : first >= 0 && count > 0 && first + count <= shape[axis],
                weight >= 0, weight + count <= weights
            else { throw context.fail("has neighbours outside its input, or no weights for them") }
        }
    }
}
