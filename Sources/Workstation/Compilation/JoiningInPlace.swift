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
                if fits(part, inside: whole), uses.readers[part] == 1, uses.writer[part].map(writesPixels) == true,
                    memory[part].owner == part, !sharing.contains(part)
                {
                    put(part, inside: whole, at: channel)
                }
                channel += tensors[part].channels
            }
        }
    }

    /// Whether the kernels of an operation write one pixel after the other, whatever lies between.
    private func writesPixels(_ operation: OperationRecord) -> Bool {
        OperationKind(rawValue: operation.kind)?.writesPixels == true
    }

    private func fits(_ part: Int, inside whole: Int) -> Bool {
        tensors[part].role == .temporary && tensors[part].isPicture && tensors[part].border.isEmpty
            && tensors[whole].isQuantized && tensors[whole].isPicture && !tensors[whole].isPart
            && tensors[whole].channels <= ModelTensor.pixelStrideLimit
    }
}

/// Who writes and reads each tensor.
private struct TensorUses {
    /// The operation that writes it.
    var writer: [OperationRecord?]
    /// How often it is read.
    var readers: [Int]

    init(_ operations: ArraySlice<OperationRecord>, count: Int) {
        writer = [OperationRecord?](repeating: nil, count: count)
        readers = [Int](repeating: 0, count: count)
        for operation in operations {
            for tensor in operation.inputs { readers[tensor] += 1 }
            for tensor in operation.outputs { writer[tensor] = operation }
        }
    }
}
