/// TFLite files as tests build them: tensors and operators are named by number.
struct TFLiteBuilder {
    /// Element types and operators by the schema's numbers.
    enum Element: UInt8 {
        case float32 = 0
        case float16, int32, uint8, int64, string, bool, int16, complex64, int8
    }
    enum Operator: Int32 {
        case add = 0
        case averagePool, concatenation, convolution, depthwise, depthToSpace, dequantize
        case dense = 9
        case logistic = 14
        case maxPool = 17
        case relu = 19
        case reshape = 22
        case lstm = 44
        case softmax = 25
        case spaceToDepth = 26
        case custom = 32
        case pad = 34
        case gather = 36
        case transpose = 39
        case mean = 40
        case squeeze = 43
        case stridedSlice = 45
        case topK = 48
        case split = 49
        case maximum = 55
        case argMax = 56
        case slice = 65
        case expandDimensions = 70
        case quantize = 114
        case whileLoop = 119
        case suppression4 = 120
        case suppression5 = 121
        case tile = 69
        case resizeLinear = 23
    }

    var tensors: [[Int: FlatValue]] = []
    var operators: [FlatValue] = []
    var codes: [FlatValue] = []
    var buffers: [FlatValue] = [.table([:])]
    var version: Int32 = 3

    /// Adds a tensor.
    /// - Parameter data: of a constant.
    mutating func tensor(
        _ shape: [Int32], _ element: Element = .float32, data: [UInt8]? = nil, scales: [Float] = [],
        zeroPoints: [Int64] = [], axis: Int32 = 0
    ) -> Int32 {
        var fields: [Int: FlatValue] = [
            0: .ints(shape), 1: .byte(element.rawValue), 3: .string("t\(tensors.count)"),
        ]
        if let data {
            fields[2] = .int(Int32(buffers.count))
            buffers.append(.table([0: .bytes(data)]))
        }
        if !scales.isEmpty {
            fields[4] = .table([2: .floats(scales), 3: .longs(zeroPoints), 6: .int(axis)])
        }
        tensors.append(fields)
        return Int32(tensors.count - 1)
    }

    /// Adds a tensor that keeps its elements from run to run.
    mutating func state(_ shape: [Int32]) -> Int32 {
        let number = tensor(shape)
        tensors[Int(number)][5] = .byte(1)
        return number
    }

    mutating func constant(_ shape: [Int32], _ floats: [Float]) -> Int32 {
        tensor(shape, data: floats.flatMap { littleEndian($0.bitPattern) })
    }

    mutating func constant(_ integers: [Int32], shape: [Int32]? = nil) -> Int32 {
        tensor(shape ?? [Int32(integers.count)], .int32, data: integers.flatMap { littleEndian($0) })
    }

    /// Adds an operator.
    /// - Parameters:
    ///   - inputs: −1 for one that is left out.
    ///   - options: their kind and fields.
    ///   - custom: the name of a custom operator.
    ///   - customOptions: its own, in its maker's format.
    mutating func node(
        _ kind: Operator, _ inputs: [Int32], _ outputs: [Int32], options: (UInt8, [Int: FlatValue])? = nil,
        custom: String? = nil, customOptions: [UInt8]? = nil, intermediates: [Int32]? = nil
    ) {
        var fields: [Int: FlatValue] = [
            0: .int(Int32(codes.count)), 1: .ints(inputs), 2: .ints(outputs),
        ]
        if let options { (fields[3], fields[4]) = (.byte(options.0), .table(options.1)) }
        if let customOptions { fields[5] = .bytes(customOptions) }
        if let intermediates { fields[8] = .ints(intermediates) }
        var code: [Int: FlatValue] = [0: .byte(UInt8(min(kind.rawValue, 127))), 3: .int(kind.rawValue)]
        if let custom { code[1] = .string(custom) }
        codes.append(.table(code))
        operators.append(.table(fields))
    }

    func file(_ inputs: [Int32], _ outputs: [Int32], subgraphs: Int = 1) -> [UInt8] {
        let graph = FlatValue.table([
            0: .tables(tensors.map { .table($0) }), 1: .ints(inputs), 2: .ints(outputs), 3: .tables(operators),
            4: .string("main"),
        ])
        let model = FlatValue.table([
            0: .int(version), 1: .tables(codes), 2: .tables([FlatValue](repeating: graph, count: subgraphs)),
            4: .tables(buffers),
        ])
        return FlatBufferWriter.file(model, identifier: "TFL3")
    }

    /// Options of a convolution: padding (0 as little as keeps the size, 1 none), strides, dilations, activation.
    static func convolution(
        padding: UInt8 = 1, stride: Int32 = 1, dilation: Int32 = 1, activation: UInt8 = 0
    ) -> (UInt8, [Int: FlatValue]) {
        (
            1,
            [
                0: .byte(padding), 1: .int(stride), 2: .int(stride), 3: .byte(activation), 4: .int(dilation),
                5: .int(dilation),
            ]
        )
    }

    static func pool(
        window: Int32, stride: Int32, padding: UInt8 = 1, activation: UInt8 = 0
    ) -> (UInt8, [Int: FlatValue]) {
        (
            5,
            [
                0: .byte(padding), 1: .int(stride), 2: .int(stride), 3: .int(window), 4: .int(window),
                5: .byte(activation),
            ]
        )
    }
}

func littleEndian<Integer: FixedWidthInteger>(_ value: Integer) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
}
