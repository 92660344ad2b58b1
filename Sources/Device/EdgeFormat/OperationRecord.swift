/// What an operation computes; the number stands in the file.
public enum OperationKind: UInt16, CaseIterable, Sendable {
    // Since format 1.0.
    case convolution = 1
    case dense = 2
    case averagePool = 3
    case maxPool = 4
    case table = 5
    case softmax = 6
    // Since format 1.1.
    case convolutionAddition = 7
    case groupNormalization = 8
    case interpolatedTable = 9
    case rescale = 10
    case upsampling = 11
    case concatenation = 12
    case addition = 13
    case embedding = 14
    case timeEmbedding = 15
    // Since format 1.2.
    case quantizedArithmetic = 16
    // Of plain tensors.
    case rearrangement = 17
    case plainConcatenation = 18
    case function = 19
    case conversion = 20
    case arithmetic = 21
    case selection = 22
    case reduction = 23
    case argumentReduction = 24
    case plainSoftmax = 25
    case matrixProduct = 26
    case plainConvolution = 27
    case plainPool = 28
    case gather = 29
    case gatherElements = 30
    case gatherND = 31
    case scatterElements = 32
    case scatterND = 33
    case topK = 34
    case nonMaximumSuppression = 35
    case resampling = 36
    case quantization = 37
    case dequantization = 38
    case detection = 39

    public var name: StaticString {
        switch self {
        case .convolution: "convolution"
        case .dense: "dense"
        case .averagePool: "average pool"
        case .maxPool: "max pool"
        case .table: "table"
        case .softmax: "softmax"
        case .convolutionAddition: "convolution with addend"
        case .groupNormalization: "group norm"
        case .interpolatedTable: "interpolated table"
        case .rescale: "rescale"
        case .upsampling: "up-sampling"
        case .concatenation: "concatenation"
        case .addition: "addition"
        case .embedding: "embedding"
        case .timeEmbedding: "time embedding"
        case .quantizedArithmetic: "quantized arithmetic"
        case .rearrangement: "rearrangement"
        case .plainConcatenation: "plain concatenation"
        case .function: "function"
        case .conversion: "conversion"
        case .arithmetic: "arithmetic"
        case .selection: "selection"
        case .reduction: "reduction"
        case .argumentReduction: "argument reduction"
        case .plainSoftmax: "plain softmax"
        case .matrixProduct: "matrix product"
        case .plainConvolution: "plain convolution"
        case .plainPool: "plain pool"
        case .gather: "gather"
        case .gatherElements: "gather elements"
        case .gatherND: "gather n-d"
        case .scatterElements: "scatter elements"
        case .scatterND: "scatter n-d"
        case .topK: "top k"
        case .nonMaximumSuppression: "non-maximum suppression"
        case .resampling: "resampling"
        case .quantization: "quantization"
        case .dequantization: "dequantization"
        case .detection: "detection"
        }
    }

    /// Whether results are written pixel by pixel, so that other tensors' channels may lie between.
    public var writesPixels: Bool {
        switch self {
        case .convolution, .convolutionAddition, .averagePool, .maxPool: true
        default: false
        }
    }

    /// Whether pictures are read pixel by pixel, so that other tensors' channels may lie between.
    public var readsPixels: Bool { writesPixels || self == .concatenation }
}

/// A record of section `operations`: kind, operands as indices into the tensors, and parameters that the kind gives a
/// meaning. Unchecked; `ModelOperation` is the checked form.
public struct OperationRecord: Sendable {
    public var name: String
    public var kind: UInt16
    public var inputs: [Int]
    public var outputs: [Int]
    public var parameters: [Int32]

    static let recordSize = 128
    static let limit = 1 << 16
    static let parameterCount = 16

    /// The most inputs that an operation has.
    public static let inputLimit = 8

    public init(name: String, kind: OperationKind, inputs: [Int], outputs: [Int], parameters: [Int] = []) {
        self.name = name
        self.kind = kind.rawValue
        self.inputs = inputs
        self.outputs = outputs
        self.parameters = parameters.map { Int32(truncatingIfNeeded: $0) }
        while self.parameters.count < Self.parameterCount { self.parameters.append(0) }
    }

    init(_ record: ByteReader, texts: ByteReader, tensorCount: Int) throws(EdgeError) {
        kind = try record.load(UInt16.self, at: 0)
        name = try texts.text(at: record.load(UInt32.self, at: 4), size: record.load(UInt32.self, at: 8))
        let inputCount = Int(try record.load(UInt8.self, at: 12))
        let outputCount = Int(try record.load(UInt8.self, at: 13))
        guard inputCount <= 8, outputCount <= 4 else {
            throw EdgeError(
                .data, at: record.place, "has \(inputCount) inputs and \(outputCount) outputs; 8 and 4 can be")
        }
        inputs = []
        outputs = []
        parameters = []
        for index in 0..<inputCount { inputs.append(Int(try record.load(UInt32.self, at: 16 + 4 * index))) }
        for index in 0..<outputCount { outputs.append(Int(try record.load(UInt32.self, at: 48 + 4 * index))) }
        for index in 0..<Self.parameterCount { parameters.append(try record.load(Int32.self, at: 64 + 4 * index)) }
        for index in inputs + outputs where index >= tensorCount {
            throw EdgeError(.data, at: record.place, "names tensor \(index) of \(tensorCount)")
        }
    }

    func write(_ out: inout ByteWriter, texts: inout TextPool) {
        let text = texts.addName(name)
        out.append(kind)
        out.append(UInt16(0))
        out.append(text.offset)
        out.append(text.size)
        out.append(UInt8(inputs.count))
        out.append(UInt8(outputs.count))
        out.append(UInt16(0))
        for index in 0..<8 { out.append(UInt32(index < inputs.count ? inputs[index] : 0)) }
        for index in 0..<4 { out.append(UInt32(index < outputs.count ? outputs[index] : 0)) }
        for parameter in parameters { out.append(parameter) }
    }
}
