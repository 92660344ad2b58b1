/// A golden vector: an input and what every operation made of it on the workstation.
public struct GoldenVector: Equatable, Sendable {
    public enum Input: Equatable, Sendable {
        /// Bytes of SplitMix64 from this seed, little-endian, for all inputs in order.
        case seed(UInt64)
        /// The logical bytes of all inputs in order, at most 64 KiB.
        case stored([UInt8])
    }

    public struct Digests: Equatable, Sendable {
        /// XXH3-64 of the operation's logical output.
        public var output: UInt64
        /// XXH3-64 of its constants: its constant inputs' bytes in order, then its tables.
        public var constants: UInt64

        public init(output: UInt64, constants: UInt64) {
            self.output = output
            self.constants = constants
        }
    }

    /// Index of the graph.
    public var graph: Int
    public var input: Input
    /// One for each operation of the graph.
    public var digests: [Digests]
    /// The logical bytes of the graph's outputs in order.
    public var outputs: [UInt8]

    public init(graph: Int, input: Input, digests: [Digests], outputs: [UInt8]) {
        self.graph = graph
        self.input = input
        self.digests = digests
        self.outputs = outputs
    }

    static let recordSize = 64

    init(_ record: ByteReader, section: ByteReader, graphs: [ModelGraphEntry]) throws(EdgeError) {
        graph = Int(try record.load(UInt32.self, at: 4))
        guard graph < graphs.count else { throw EdgeError(.data, at: record.place, "names a graph that is not there") }
        switch try record.load(UInt32.self, at: 0) {
        case 0: input = .seed(try record.load(UInt64.self, at: 8))
        case 1:
            let size = try record.load(UInt64.self, at: 24)
            guard size <= 65_536 else { throw EdgeError(.data, at: record.place, "stores an input of over 64 KiB") }
            input = .stored(Array(try section.slice(at: record.load(UInt64.self, at: 16), size: size)))
        default: throw EdgeError(.data, at: record.place, "has an unknown kind of input")
        }
        let count = graphs[graph].operations.count
        let list = ByteReader(
            try section.slice(at: record.load(UInt64.self, at: 32), size: UInt64(16 * count)), place: record.place)
        digests = []
        for index in 0..<count {
            digests.append(
                Digests(
                    output: try list.load(UInt64.self, at: 16 * index),
                    constants: try list.load(UInt64.self, at: 16 * index + 8)))
        }
        outputs = Array(try section.slice(at: record.load(UInt64.self, at: 40), size: record.load(UInt64.self, at: 48)))
    }

    /// The section of all vectors.
    static func section(_ vectors: [GoldenVector]) -> [UInt8] {
        var out = ByteWriter()
        out.appendRecordHead(size: recordSize, count: vectors.count)
        var data = ByteWriter()
        let start = RecordReader.headSize + vectors.count * recordSize
        for vector in vectors {
            var stored: [UInt8] = []
            var seed: UInt64 = 0
            switch vector.input {
            case .seed(let value): seed = value
            case .stored(let bytes): stored = bytes
            }
            out.append(UInt32(stored.isEmpty ? 0 : 1))
            out.append(UInt32(vector.graph))
            out.append(seed)
            out.append(UInt64(start + data.count))
            out.append(UInt64(stored.count))
            data.append(stored)
            out.append(UInt64(start + data.count))
            for digests in vector.digests {
                data.append(digests.output)
                data.append(digests.constants)
            }
            out.append(UInt64(start + data.count))
            out.append(UInt64(vector.outputs.count))
            data.append(vector.outputs)
            out.append(UInt64(0))
        }
        out.append(data.bytes)
        return out.bytes
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): the generator of golden inputs and of everything seeded in the format.
public struct SplitMix64: Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// `count` bytes, each value's in little-endian order.
    public mutating func bytes(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 7)
        while bytes.count < count {
            let value = next()
            for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * shift))) }
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }
}
