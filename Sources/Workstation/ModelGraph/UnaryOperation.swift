import EdgeFormat

/// An operation that computes each element from one element. In 8 bits it is a table, in 16 bits an interpolated one.
public protocol UnaryOperation: Operation {
    func callAsFunction(_ x: Float) -> Float

    /// The function of each element; within a few units in the last place of `callAsFunction`.
    func apply(_ x: [Float]) -> [Float]

    /// What a table has for x: x itself or, outside the function's domain, the nearest number of it. Integers stand for
    /// a range around 0, so that a table has such entries although calibration never saw them.
    func tableArgument(_ x: Float) -> Float

    /// The function of an integer that is not quantized; nil where it has none.
    func integer(_ x: Int64) -> Int64?
}

extension UnaryOperation {
    public func apply(_ x: [Float]) -> [Float] { x.map { self($0) } }

    public func tableArgument(_ x: Float) -> Float { x }

    public func integer(_ x: Int64) -> Int64? { nil }

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] { try functionType(inputs) }

    /// The output of any function of one element.
    /// - Parameter parameters: of the function; a table cannot be made of what is not finite.
    func functionType(_ inputs: [TensorType], parameters: [Float] = []) throws(EdgeError) -> [TensorType] {
        for parameter in parameters where !parameter.isFinite {
            throw EdgeError(.data, at: "", "\(Self.name) with the parameter \(parameter), which is not finite")
        }
        let integers: [ElementType] = integer(0) == nil ? [] : [.int32, .int64, .uint8, .uint16]
        return try sameType(inputs, [.float32, .float16, .int8, .int16] + integers)
    }

    /// The table of this function between two quantizations of int8, each entry rounded half to even.
    public func table(from input: Quantization, to output: Quantization) -> Table {
        Table(
            function: Self.name,
            entries: (-128...127).map { output.quantize(self(tableArgument(input.dequantize(Int8($0))))) })
    }

    /// The table of this function between two quantizations of int16: entry k is half_even(f(s_in·x) / s_out) for
    /// x = 64·k − 32768, cut to ±32767.
    public func interpolatedTable(from input: Quantization, to output: Quantization) -> InterpolatedTable {
        InterpolatedTable(
            function: Self.name,
            entries: (0..<InterpolatedTable.entryCount).map {
                output.quantize(word: self(tableArgument(Float(64 * $0 - 32768) * input.scales[0])))
            })
    }

    public func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData] {
        if let x = inputs[0].data.reals { return [TensorData(outputs[0].element, reals: apply(x))] }
        if inputs[0].type.isPlain, integer(0) != nil, let x = inputs[0].data.wholes {
            return [TensorData(outputs[0].element, wholes: x.compactMap(integer))]
        }
        let (input, output) = (try inputs[0].type.activationQuantization, try outputs[0].activationQuantization)
        switch inputs[0].data {
        case .int8(let x): return [.int8(table(from: input, to: output).apply(x))]
        case .int16(let x): return [.int16(interpolatedTable(from: input, to: output).apply(x))]
        default: throw notComputed(inputs)
        }
    }
}
