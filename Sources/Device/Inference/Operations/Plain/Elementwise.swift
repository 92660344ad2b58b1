internal import EdgeFormat
internal import Kernels

/// A function of each element. A unit is a chunk.
final class PreparedFunction: PreparedOperation {
    private let parameters: FunctionParameters
    private let input: PlainView
    private let result: PlainView
    private let rows: BroadcastRows
    private let scratch: Scratch

    init(_ parameters: FunctionParameters, input: PlainView, result: PlainView, scratch: Scratch, output: TensorView) {
        self.parameters = parameters
        self.input = input
        self.result = result
        self.scratch = scratch
        rows = BroadcastRows([input.tensor.shape], to: result.tensor.shape)
        super.init(output: output, units: rows.units, cost: 16 * output.tensor.count, kernelName: "function_portable")
    }

    override func run(_ units: Range<Int>, part: Int) {
        let buffer = scratch.memory(part)
        let function = parameters.function.rawValue
        for unit in units {
            let (place, count) = rows.piece(unit)
            if input.isFloat {
                let x = input.reals(place, count, buffer)
                let isDirect = result.tensor.element == .float32
                let y = isDirect ? result.floats(place) : buffer.assumingMemoryBound(to: Float.self)
                plain_function_reals(function, parameters.a, parameters.b, x, y, count)
                if !isDirect { plain_store_reals(result.element, result.address(place), count, y) }
            } else {
                let x = input.wholes(place, count, buffer)
                let y = buffer.assumingMemoryBound(to: Int64.self)
                plain_function_wholes(function, x, y, count)
                plain_store_wholes(result.element, result.address(place), count, y)
            }
        }
    }
}

/// The same numbers in another type. A unit is a chunk.
final class PreparedConversion: PreparedOperation {
    private let input: PlainView
    private let result: PlainView
    private let rows: BroadcastRows
    private let scratch: Scratch

    init(input: PlainView, result: PlainView, scratch: Scratch, output: TensorView) {
        self.input = input
        self.result = result
        self.scratch = scratch
        rows = BroadcastRows([[input.tensor.count]], to: [input.tensor.count])
        super.init(output: output, units: rows.units, cost: 4 * output.tensor.count, kernelName: "conversion_portable")
    }

    override func run(_ units: Range<Int>, part: Int) {
        let buffer = scratch.memory(part)
        for unit in units {
            let (place, count) = rows.piece(unit)
            if input.element == result.element {
                result.address(place).copyMemory(from: input.address(place), byteCount: count * input.size)
            } else if input.isFloat {
                plain_store_reals(
                    result.element, result.address(place), count, input.reals(place, count, buffer))
            } else {
                plain_store_wholes(
                    result.element, result.address(place), count, input.wholes(place, count, buffer))
            }
        }
    }
}

/// A function of two elements. A unit is a chunk of a row.
final class PreparedArithmetic: PreparedOperation {
    private let function: Int32
    private let a: PlainView
    private let b: PlainView
    private let result: PlainView
    private let rows: BroadcastRows
    private let scratch: Scratch

    init(
        _ function: ArithmeticFunction, _ a: PlainView, _ b: PlainView, result: PlainView, scratch: Scratch,
        output: TensorView
    ) {
        self.function = function.rawValue
        self.a = a
        self.b = b
        self.result = result
        self.scratch = scratch
        rows = BroadcastRows([a.tensor.shape, b.tensor.shape], to: result.tensor.shape)
        super.init(output: output, units: rows.units, cost: 4 * output.tensor.count, kernelName: "arithmetic_portable")
    }

    override func run(_ units: Range<Int>, part: Int) {
        let buffer = scratch.memory(part)
        for unit in units {
            let (place, count) = rows.piece(unit)
            let (aStep, bStep) = (rows.innerSteps[0], rows.innerSteps[1])
            let (aPlace, bPlace) = (rows.place(0, unit), rows.place(1, unit))
            let (aCount, bCount) = (aStep == 0 ? 1 : count, bStep == 0 ? 1 : count)
            let last = buffer + 2 * Chunk.bytes
            if a.isFloat {
                let isDirect = result.tensor.element == .float32
                let y = isDirect ? result.floats(place) : last.assumingMemoryBound(to: Float.self)
                plain_arithmetic_reals(
                    function, a.reals(aPlace, aCount, buffer), aStep, b.reals(bPlace, bCount, buffer + Chunk.bytes),
                    bStep, y, count)
                if !isDirect { plain_store_reals(result.element, result.address(place), count, y) }
            } else {
                let y = last.assumingMemoryBound(to: Int64.self)
                plain_arithmetic_wholes(
                    function, a.wholes(aPlace, aCount, buffer), aStep, b.wholes(bPlace, bCount, buffer + Chunk.bytes),
                    bStep, y, count)
                plain_store_wholes(result.element, result.address(place), count, y)
            }
        }
    }
}

/// One of two elements by a truth value. A unit is a chunk of a row.
final class PreparedSelection: PreparedOperation {
    private let operands: [PlainView]
    private let result: PlainView
    private let rows: BroadcastRows

    /// - Parameter operands: truth values, what stands where they hold, what stands elsewhere.
    init(_ operands: [PlainView], result: PlainView, output: TensorView) {
        self.operands = operands
        self.result = result
        rows = BroadcastRows(operands.map { $0.tensor.shape }, to: result.tensor.shape)
        super.init(output: output, units: rows.units, cost: 4 * output.tensor.count, kernelName: "selection_portable")
    }

    override func run(_ units: Range<Int>, part: Int) {
        let size = result.size
        for unit in units {
            let (place, count) = rows.piece(unit)
            let conditions = operands[0].start + rows.place(0, unit)
            let (yes, no) = (operands[1].address(rows.place(1, unit)), operands[2].address(rows.place(2, unit)))
            let (conditionStep, yesStep, noStep) = (rows.innerSteps[0], rows.innerSteps[1], rows.innerSteps[2])
            var target = result.address(place)
            for index in 0..<count {
                let holds = conditions.load(fromByteOffset: index * conditionStep, as: UInt8.self) != 0
                let source = holds ? yes + index * yesStep * size : no + index * noStep * size
                Elements.copy(source, to: target, size: size)
                target += size
            }
        }
    }
}

/// Moves of one element.
enum Elements {
    /// - Parameter size: 1, 2, 4 or 8 bytes; both addresses are multiples of it.
    @inline(__always)
    static func copy(_ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, size: Int) {
        switch size {
        case 1: target.storeBytes(of: source.load(as: UInt8.self), as: UInt8.self)
        case 2: target.storeBytes(of: source.load(as: UInt16.self), as: UInt16.self)
        case 4: target.storeBytes(of: source.load(as: UInt32.self), as: UInt32.self)
        default: target.storeBytes(of: source.load(as: UInt64.self), as: UInt64.self)
        }
    }
}
