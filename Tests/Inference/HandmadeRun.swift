import EdgeFormat
import Inference
import TestSupport
import Testing

extension HandmadeModel {
    /// The graph's outputs for these inputs, one array of values a tensor: the same on every kernel set and number of
    /// threads.
    func run(_ inputs: [[Int]], graph: Int = 0) throws -> [[Int]] {
        let model = try Model(bytes: file, place: "handmade")
        var found: [[Int]]?
        for kernels in KernelSet.available {
            for threads in 1...3 {
                let session = try Session(model, graph: graph, kernels: kernels, threads: threads, sharedCost: 0)
                var bytes: [UInt8] = []
                for (index, values) in inputs.enumerated() {
                    bytes += session.input(index).tensor.element.bytes(values)
                }
                session.writeInputs(bytes)
                session.run()
                let outputs = (0..<session.outputCount).map { index in
                    session.output(index).tensor.element.values(session.output(index).bytes())
                }
                if let found { #expect(outputs == found, "\(kernels.name), \(threads) threads") }
                found = found ?? outputs
            }
        }
        return try #require(found)
    }

    /// Why a session on the file is refused, or nil.
    func refusal() -> String? {
        do throws(EdgeError) {
            _ = try Session(Model(bytes: file, place: "handmade"))
            return nil
        } catch {
            return error.line
        }
    }
}

extension ModelElement {
    func bytes(_ values: [Int]) -> [UInt8] {
        switch self {
        case .int8: values.map { UInt8(truncatingIfNeeded: $0) }
        case .int16: littleEndian(values.map { Int16(truncatingIfNeeded: $0) })
        default: littleEndian(values.map { Int32(truncatingIfNeeded: $0) })
        }
    }

    func values(_ bytes: [UInt8]) -> [Int] {
        stride(from: 0, to: bytes.count, by: size).map { offset in
            switch self {
            case .int8: Int(Int8(bitPattern: bytes[offset]))
            case .int16: Int(Int16(bitPattern: UInt16(bytes[offset]) | UInt16(bytes[offset + 1]) << 8))
            default: (0..<4).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
            }
        }
    }
}

/// Values drawn from a seed.
struct Draw {
    private var generator: SplitMix64

    init(_ seed: UInt64) { generator = SplitMix64(seed: seed) }

    mutating func integers(_ count: Int, _ range: ClosedRange<Int>) -> [Int] {
        (0..<count).map { _ in range.lowerBound + Int(generator.next() % UInt64(range.count)) }
    }

    mutating func bool() -> Bool { generator.next() & 1 == 1 }

    mutating func reals(_ count: Int, _ scale: Float) -> [Float] {
        integers(count, -1000...1000).map { Float($0) / 1000 * scale }
    }
}

/// half_even(cut(y)) + z of docs/arithmetic.md.
func rounded(_ y: Float, _ tensor: ModelTensor) -> Int {
    let low = Float(tensor.minimum - tensor.zeroPoint)
    let high = Float(tensor.maximum - tensor.zeroPoint)
    let bounded = y.isNaN ? low : min(max(y, low), high)
    return Int(bounded.rounded(.toNearestOrEven)) + tensor.zeroPoint
}
