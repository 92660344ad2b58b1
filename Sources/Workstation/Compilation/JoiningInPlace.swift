import EdgeFormat

// Concatenations that copy nothing.
extension FileParts {
    /// Lets what a concatenation joins be written where it belongs, wherever that is possible: when a convolution or pool
    /// writes it and nothing else reads it.
    /// - Parameter range: operations of a graph whose tensors are all known.
    mutating func joinInPlace(_ range: Range<Int>) {
        let uses = TensorUses(operations[range], count: tensors.count)
        let sharing = Set(memory.indices.filter { memory[$0].owner != $0 }.map { memory[$0].owner })
        for operation in operations[range] where operation.kind == OperationKind.concatenation.rawValue {
            let whole = operation.outputs[0]
            var channel = 0
            for part in operation.inputs {
                if fits(part, inside: whole), uses.readers[part] == 1, uses.writer[part]?.writesPixels == true,
                    memory[part].owner == part, !sharing.contains(part)
                {
                    put(part, inside: whole, at: channel)
                }
                channel += tensors[part].channels
            }
        }
    }

    private func fits(_ part: Int, inside whole: Int) -> Bool {
        tensors[part].role == .temporary && tensors[part].isPicture && tensors[part].border.isEmpty
            && tensors[whole].isQuantized && tensors[whole].isPicture && !tensors[whole].isPart
            && tensors[whole].channels <= ModelTensor.pixelStrideLimit
    }
}

/// What writes each tensor, and how often it is read.
private struct TensorUses {
    /// The kind of the operation that writes it.
    var writer: [OperationKind?]
    var readers: [Int]

    init(_ operations: ArraySlice<OperationRecord>, count: Int) {
        writer = [OperationKind?](repeating: nil, count: count)
        readers = [Int](repeating: 0, count: count)
        for operation in operations {
            for tensor in operation.inputs { readers[tensor] += 1 }
            for tensor in operation.outputs { writer[tensor] = OperationKind(rawValue: operation.kind) }
        }
    }
}
