import EdgeFormat
import ModelGraph

/// What a recurrent layer reads step by step: samples · steps · width, or steps first.
struct TFLiteSequence {
    let value: Graph.ValueID
    let width: Int
    let length: Int
    let samples: Int
    let isTimeMajor: Bool

    /// The most steps: each becomes operations of its own.
    static let lengthLimit = 4096

    /// Where a step's samples stand among the rows, one a sample and step, that the sequence is.
    func rows(of step: Int) -> [Int] {
        (0..<samples).map { isTimeMajor ? step * samples + $0 : $0 * length + step }
    }

    /// The shape of as many rows, in the order of the sequence.
    func shape(width: Int) -> [Int] { (isTimeMajor ? [length, samples] : [samples, length]) + [width] }
}

/// What tells constants apart.
struct SharedConstant: Hashable {
    let element: ElementType
    let shape: [Int]
    let bytes: [UInt8]
}

// What recurrent layers are unrolled with.
extension TFLiteImporter {
    /// The sequence that a node reads.
    mutating func sequence(_ node: TFLiteOperator, isTimeMajor: Bool) throws(EdgeError) -> TFLiteSequence {
        let x = try input(node)
        let shape = shape(x)
        guard shape.count == 3, shape.allSatisfy({ $0 >= 1 }) else {
            throw EdgeError(.data, at: "", "a sequence of shape \(Shape.text(shape)); three dimensions are needed")
        }
        let (length, samples) = isTimeMajor ? (shape[0], shape[1]) : (shape[1], shape[0])
        guard length <= TFLiteSequence.lengthLimit else {
            throw EdgeError(
                .data, at: "", "a sequence of \(length) steps; at most \(TFLiteSequence.lengthLimit) are supported")
        }
        return TFLiteSequence(
            value: x, width: shape[2], length: length, samples: samples, isTimeMajor: isTimeMajor)
    }

    /// The sequence's rows in floats.
    mutating func floatRows(_ sequence: TFLiteSequence, _ name: String) throws(EdgeError) -> Graph.ValueID {
        var x = sequence.value
        if type(x).quantization != nil { x = try compute(Dequantize(), [x], name + ".dequantized") }
        return try compute(
            Reshape(shape: [sequence.length * sequence.samples, sequence.width]), [x], name + ".rows")
    }

    /// A step's state from the one before, at the first step from that of the last run. The results stand in the order of
    /// the sequence, also where it is read from its end.
    mutating func unroll<State>(
        _ sequence: TFLiteSequence, from first: State, backwards: Bool = false,
        _ advance: (inout TFLiteImporter, _ step: Int, State) throws(EdgeError) -> State
    ) throws(EdgeError) -> [State] {
        var states = [first]
        for count in 0..<sequence.length {
            let last = states[count]
            states.append(try advance(&self, backwards ? sequence.length - 1 - count : count, last))
        }
        states.removeFirst()
        return backwards ? states.reversed() : states
    }

    /// What a layer remembers from one run to the next, zeros at first: samples × width.
    mutating func state(
        _ name: String, _ sequence: TFLiteSequence, width: Int, _ element: ElementType = .float32
    ) -> Graph.ValueID {
        result.addState(name, [sequence.samples, width], element)
    }

    /// What the steps gave, samples × width each, as one sequence.
    mutating func join(
        _ steps: [Graph.ValueID], _ sequence: TFLiteSequence, _ name: String
    ) throws(EdgeError) -> Graph.ValueID {
        let (width, element) = (shape(steps[0])[1], type(steps[0]).element)
        var parts = steps
        while parts.count > 1 {
            parts = try stride(from: 0, to: parts.count, by: Self.partLimit).map { (first) throws(EdgeError) in
                let group = Array(parts[first..<min(first + Self.partLimit, parts.count)])
                return try compute(
                    Concatenation(axis: sequence.isTimeMajor ? 0 : 1), group, name + ".joined", element)
            }
        }
        return try compute(Reshape(shape: sequence.shape(width: width)), parts, name + ".sequence", element)
    }

    /// The most operands of a concatenation.
    private static var partLimit: Int { 1024 }

    /// Adds floats as the node's output, in integers where the file has those.
    mutating func finish(_ node: TFLiteOperator, _ floats: Graph.ValueID, output: Int = 0) throws(EdgeError) {
        let isQuantized = try outputType(node, output).quantization != nil
        try add(isQuantized ? Quantize() : Identity(), for: node, output: output, [floats])
    }

    /// Adds an operation of plain values.
    mutating func compute(
        _ operation: any Operation, _ inputs: [Graph.ValueID], _ name: String, _ element: ElementType = .float32
    ) throws(EdgeError) -> Graph.ValueID {
        try add(operation, name: name, inputs, TensorType(element, []))
    }

    /// Some rows and neighbouring columns of a matrix.
    mutating func part(
        _ matrix: Graph.ValueID, rows: [Int]? = nil, columns: Range<Int>, _ name: String
    ) throws(EdgeError) -> Graph.ValueID {
        let shape = shape(matrix)
        let places = [rows ?? Array(0..<shape[0]), Array(columns)]
        if places[0].count == shape[0], places[1].count == shape[1] { return matrix }
        return try compute(
            Rearrangement.selection("slice", shape, places: places), [matrix], name, type(matrix).element)
    }

    /// A constant that unrolled steps have in common: the same numbers are one value of the graph.
    mutating func shared(_ data: TensorData, _ shape: [Int] = []) -> Graph.ValueID {
        let key = SharedConstant(element: data.elementType, shape: shape, bytes: data.logicalBytes)
        if let known = shared[key] { return known }
        let id = result.addConstant("constant.\(shared.count)", shape, data)
        shared[key] = id
        return id
    }

    /// A constant operand's reals.
    /// - Parameter shape: what it must be; nil for any size.
    mutating func reals(
        _ node: TFLiteOperator, _ index: Int, _ what: String, _ shape: [Int?]
    ) throws(EdgeError) -> TFLiteConstant {
        var constant = try constant(node, index, what)
        guard constant.shape.count == shape.count, !constant.shape.contains(0),
            zip(constant.shape, shape).allSatisfy({ $1 == nil || $0 == $1 })
        else {
            throw EdgeError(.data, at: "", "\(what) of shape \(Shape.text(constant.shape)) do not fit the layer")
        }
        guard let reals = constant.reals else {
            throw EdgeError(.data, at: "", "\(what) are integers without a scale")
        }
        constant.data = .float32(reals)
        return constant
    }
}

extension TFLiteOperator {
    /// The fused activation of a recurrent layer; nil for none.
    func recurrentActivation(_ field: Int) throws(EdgeError) -> (any UnaryOperation)? {
        switch try options?.byte(field) ?? 0 {
        case 0: return nil
        case 1: return ReLU()
        case 2: return Clip(minimum: -1, maximum: 1)
        case 3: return Clip(minimum: 0, maximum: 6)
        case 4: return Tanh()
        case let other: throw EdgeError(.data, at: "", "fused activation \(other) is not supported")
        }
    }
}
