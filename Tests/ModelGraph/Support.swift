import EdgeFormat
import ModelGraph

/// SplitMix64: the same numbers in every run.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func bytes(_ count: Int) -> [Int8] {
        (0..<count).map { _ in Int8.random(in: -128...127, using: &self) }
    }
}

/// Runs one operation by itself.
func evaluate(
    _ operation: some ModelGraph.Operation, _ inputs: [(TensorType, TensorData)], to quantization: Quantization? = nil
) throws -> (type: TensorType, data: TensorData) {
    var type = try operation.outputTypes(of: inputs.map(\.0))[0]
    type.quantization = quantization
    return (type, try operation.evaluate(inputs.map { (type: $0.0, data: $0.1) }, outputs: [type])[0])
}

/// A matrix written as in a book: `1 2;3 4`.
func matrix(_ text: String) -> (rows: Int, columns: Int, elements: [Float]) {
    let rows = text.split(separator: ";").map { $0.split(separator: " ").compactMap { Float($0) } }
    return (rows.count, rows[0].count, rows.flatMap { $0 })
}

/// Cross-correlates single-channel maps (channels interleaved here) with one filter, in float and in int8 with exact
/// 32-bit sums; both must say the same.
func correlate(
    _ maps: [String], _ kernels: [[String]], strides: Extent = .one, padding: Padding = .none
) throws -> (shape: [Int], sums: [Float], integers: [Int32]) {
    let pictures = maps.map(matrix)
    let (height, width) = (pictures[0].rows, pictures[0].columns)
    let x = (0..<height * width).flatMap { place in pictures.map { $0.elements[place] } }
    let filters = kernels.map { $0.map(matrix) }
    let (rows, columns) = (filters[0][0].rows, filters[0][0].columns)
    let w = filters.flatMap { filter in (0..<rows * columns).flatMap { at in filter.map { $0.elements[at] } } }
    let shape = [1, height, width, maps.count]
    let weightShape = [kernels.count, rows, columns, maps.count]
    let operation = Convolution(strides: strides, padding: padding)
    let floats = try evaluate(
        operation, [(TensorType(.float32, shape), .float32(x)), (TensorType(.float32, weightShape), .float32(w))])
    let unit = Quantization(scale: 1, zeroPoint: 3)
    let sums = try operation.sums(
        [
            (TensorType(.int8, shape, quantization: unit), .int8(x.map { Int8($0) + 3 })),
            (
                TensorType(.int8, weightShape, quantization: Quantization(scale: 1, zeroPoint: 0)),
                .int8(w.map { Int8($0) })
            ),
        ], places: Extent(floats.type.shape[1], floats.type.shape[2]))
    return (floats.type.shape, floats.data.floats ?? [], sums)
}
