/// A record of section `output`: what one of a graph's outputs means.
public struct ModelOutput: Sendable {
    public enum Meaning: Equatable, Sendable {
        /// Nothing but numbers.
        case values
        /// One logit a class. Scores are a softmax of them by 256 Int32 in section `tables`:
        /// round(2²³·exp(−scale·d)).
        case logits(exponentials: [Int32])
        /// One probability a class.
        case probabilities
        /// A picture that the labels can be asked for; since 1.1.
        case picture
    }

    /// Index of the output tensor.
    public var tensor: Int
    public var meaning: Meaning
    /// One a class, or none; for a picture any number.
    public var labels: [String]

    public init(tensor: Int, meaning: Meaning, labels: [String]) {
        self.tensor = tensor
        self.meaning = meaning
        self.labels = labels
    }

    static let recordSize = 32
    /// Records of a file at most.
    public static let limit = 64

    init(_ record: ByteReader, section: ByteReader, tensors: [ModelTensor], texts: ByteReader, tables: ByteReader)
        throws(EdgeError)
    {
        tensor = Int(try record.load(UInt32.self, at: 0))
        guard tensor < tensors.count, tensors[tensor].role == .output else {
            throw EdgeError(.data, at: record.place, "names a tensor that is no output")
        }
        switch try record.load(UInt16.self, at: 4) {
        case 0: meaning = .values
        case 1 where tensors[tensor].isQuantized && tensors[tensor].element == .int8:
            let bytes = try tables.slice(at: UInt64(try record.load(UInt32.self, at: 16)), size: 1024)
            var exponentials: [Int32] = []
            for index in 0..<256 {
                let entry = Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * index, as: Int32.self))
                guard entry >= 0, entry <= 1 << 23 else {
                    throw EdgeError(.data, at: record.place, "has a table that is no softmax")
                }
                exponentials.append(entry)
            }
            guard exponentials[0] == 1 << 23 else {
                throw EdgeError(.data, at: record.place, "has a table that is no softmax")
            }
            meaning = .logits(exponentials: exponentials)
        case 2: meaning = .probabilities
        case 3: meaning = .picture
        default: throw EdgeError(.data, at: record.place, "has an unknown meaning")
        }
        let count = Int(try record.load(UInt32.self, at: 8))
        guard count == 0 || count == tensors[tensor].count || meaning == .picture, count <= 65_536 else {
            throw EdgeError(.data, at: record.place, "has \(count) labels for \(tensors[tensor].count) classes")
        }
        let offset = UInt64(try record.load(UInt32.self, at: 12))
        let list = ByteReader(try section.slice(at: offset, size: UInt64(8 * count)), place: record.place)
        labels = []
        for index in 0..<count {
            labels.append(
                try texts.text(
                    at: list.load(UInt32.self, at: 8 * index), size: list.load(UInt32.self, at: 8 * index + 4)))
        }
    }

    /// - Parameters:
    ///   - labelOffset: where the list of labels stands in this section.
    ///   - tableOffset: where the exponentials stand in section `tables`.
    func write(_ out: inout ByteWriter, labelOffset: Int, tableOffset: Int) {
        out.append(UInt32(tensor))
        switch meaning {
        case .values: out.append(UInt16(0))
        case .logits: out.append(UInt16(1))
        case .probabilities: out.append(UInt16(2))
        case .picture: out.append(UInt16(3))
        }
        out.append(UInt16(0))
        out.append(UInt32(labels.count))
        out.append(UInt32(labelOffset))
        out.append(UInt32(tableOffset))
        for _ in 0..<3 { out.append(UInt32(0)) }
    }
}
