// What the operations of plain tensors have in common.
extension OperationContext {
    func output(_ index: Int) -> ModelTensor { tensors[record.outputs[index]] }

    /// Plain operands, in the arena or constant, and plain outputs that lie apart from them and from each other.
    func checkPlain(inputs: ClosedRange<Int>, outputs: Int = 1) throws(EdgeError) {
        try checkPlaces(inputs: inputs, outputs: outputs)
        for index in record.inputs + record.outputs where !tensors[index].isPlain {
            throw fail("has an operand with a scale, which stands for reals")
        }
    }

    /// So many operands; the outputs are written, and lie apart from what is read and from each other.
    func checkPlaces(inputs: ClosedRange<Int>, outputs: Int = 1) throws(EdgeError) {
        guard inputs.contains(record.inputs.count), record.outputs.count == outputs else {
            throw fail(
                "has \(record.inputs.count) inputs and \(record.outputs.count) outputs, which do not fit its kind")
        }
        for (number, index) in record.outputs.enumerated() {
            let output = tensors[index]
            guard output.role == .temporary || output.role == .output else {
                throw fail("writes a constant or an input of the graph")
            }
            for index in record.inputs.indices where output.overlaps(input(index)) && !isInPlace(index) {
                throw fail("writes over the tensor that it reads")
            }
            for other in record.outputs.prefix(number) where output.overlaps(tensors[other]) {
                throw fail("writes two tensors in one place")
            }
        }
    }

    /// NumPy's rule: operands are aligned at their last axes with the output, and each size is the output's or 1.
    func checkBroadcast(_ inputs: [Int]) throws(EdgeError) {
        let shape = output.shape
        for index in inputs {
            let operand = input(index).shape
            guard operand.count <= shape.count,
                zip(operand, shape.suffix(operand.count)).allSatisfy({ $0 == 1 || $0 == $1 })
            else { throw fail("has an operand that does not fit its output") }
        }
    }

    /// Tensors of one element type.
    func checkElements(_ tensors: [ModelTensor], _ elements: [ModelElement]) throws(EdgeError) {
        for tensor in tensors {
            guard elements.contains(tensor.element), tensor.element == tensors[0].element else {
                throw fail("does not compute with \(tensor.element.name) and these operands")
            }
        }
    }

    /// A parameter that numbers an axis.
    func axis(_ index: Int, of shape: [Int]) throws(EdgeError) -> Int {
        guard shape.indices.contains(parameter(index)) else { throw fail("has no axis \(parameter(index))") }
        return parameter(index)
    }

    /// A parameter that is 0 or 1.
    func flag(_ index: Int) throws(EdgeError) -> Bool {
        guard (0...1).contains(parameter(index)) else { throw fail("has a parameter that is neither 0 nor 1") }
        return parameter(index) == 1
    }

    func checkOutput(_ shape: [Int]) throws(EdgeError) {
        guard output.shape == shape else { throw fail("has an output shape that does not follow from its input") }
    }
}

extension ModelTensor {
    /// Whether two tensors of the arena share memory.
    fileprivate func overlaps(_ other: ModelTensor) -> Bool {
        guard case .arena(let start) = home, case .arena(let otherStart) = other.home else { return false }
        return start < other.arenaEnd && otherStart < arenaEnd
    }
}

extension ModelElement {
    public var isFloat: Bool { self == .float32 || self == .float16 }

    /// An index in memory: of 32 or 64 bits.
    var isIndex: Bool { self == .int32 || self == .int64 }
}

/// Bounds that float results are cut to; infinite where there are none.
public struct FloatBounds: Equatable, Sendable {
    public var lower: Float
    public var upper: Float

    public init(lower: Float = -.infinity, upper: Float = .infinity) {
        self.lower = lower
        self.upper = upper
    }

    public var isEndless: Bool { lower == -.infinity && upper == .infinity }

    /// As `OperationRecord` stores them.
    public var stored: [Int] { [lower.stored, upper.stored] }

    init(_ context: OperationContext, at index: Int) throws(EdgeError) {
        lower = context.real(index)
        upper = context.real(index + 1)
        guard lower <= upper else { throw context.fail("has clamp bounds that leave no value") }
        // Sums of integers wrap and are not cut.
        guard isEndless || context.output.element == .float32 else { throw context.fail("cuts integers") }
    }
}

extension Float {
    /// Its bits as a parameter of `OperationRecord`.
    public var stored: Int { Int(Int32(bitPattern: bitPattern)) }
}
