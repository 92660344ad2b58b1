import EdgeFormat

// Concatenations and slices of channels that copy nothing: what is joined is written where it belongs, and what is cut out
// is read where it lies, inside the pixels of a wider picture.
extension FileParts {
    /// A rearrangement that takes neighbouring channels of a picture, and all else as it is.
    struct ChannelSlice {
        /// Its operation.
        var operation: Int
        /// The first channel that it takes.
        var channel: Int
    }

    /// Lets operations write and read inside wider tensors, wherever all that touch a tensor can.
    /// - Parameters:
    ///   - range: operations of a graph whose tensors are all known.
    ///   - slices: those of them that take channels.
    /// - Returns: the slices whose results lie in what they are taken from, so that nothing is left to do.
    mutating func placeParts(_ range: Range<Int>, slices: [ChannelSlice]) -> Set<Int> {
        let placement = PartPlacement(self, range)
        var readable = slices.filter { placement.canBeRead(operations[$0.operation].outputs[0]) }
        while true {
            // Whether a tensor can hold a slice is known when it has its own place, which counts on the slice.
            var (attempt, next) = (self, placement)
            let failed = next.place(readable, in: &attempt)
            if failed.isEmpty {
                self = attempt
                return Set(readable.map(\.operation))
            }
            readable.removeAll { failed.contains($0.operation) }
        }
    }
}

/// Which tensors of a graph can lie inside which.
private struct PartPlacement {
    private let operations: [OperationRecord]
    private let range: Range<Int>
    /// For each tensor the operation that writes it, and those that read it.
    private var writer: [Int?]
    private var readers: [[Int]]
    /// Tensors of which others are views, or that are views themselves.
    private let viewed: Set<Int>
    private let isTemporaryPicture: [Bool]
    /// Slices that are no operations any more, and what their results are taken from.
    private var gone: Set<Int> = []
    private var sources: [Int: Int] = [:]

    init(_ parts: FileParts, _ range: Range<Int>) {
        operations = parts.operations
        self.range = range
        writer = [Int?](repeating: nil, count: parts.tensors.count)
        readers = [[Int]](repeating: [], count: parts.tensors.count)
        for index in range {
            for tensor in operations[index].inputs { readers[tensor].append(index) }
            for tensor in operations[index].outputs { writer[tensor] = index }
        }
        let views = parts.memory.indices.filter { parts.memory[$0].owner != $0 }
        viewed = Set(views + views.map { parts.memory[$0].owner })
        isTemporaryPicture = parts.tensors.map { $0.role == .temporary && $0.isPicture && $0.isQuantized }
    }

    /// Whether all that reads a tensor could read it inside another one.
    func canBeRead(_ part: Int) -> Bool { isTemporaryPicture[part] && !viewed.contains(part) && isReadByPixels(part) }

    private func isReadByPixels(_ part: Int) -> Bool {
        readers[part].allSatisfy { gone.contains($0) || kind($0)?.readsPixels == true }
    }

    /// Places what concatenations join, then slices.
    /// - Returns: the slices that could not be placed.
    mutating func place(_ slices: [FileParts.ChannelSlice], in parts: inout FileParts) -> Set<Int> {
        gone = Set(slices.map(\.operation))
        for slice in slices { sources[operations[slice.operation].outputs[0]] = operations[slice.operation].inputs[0] }
        // The widest first: what belongs to a part of another tensor lies there.
        for index in range.reversed() where kind(index) == .concatenation || kind(index) == .plainConcatenation {
            join(index, in: &parts)
        }
        var failed: Set<Int> = []
        for slice in slices {
            let operation = operations[slice.operation]
            if canHold(operation.inputs[0], operation.outputs[0], in: parts) {
                parts.put(operation.outputs[0], inside: operation.inputs[0], at: slice.channel)
            } else {
                failed.insert(slice.operation)
            }
        }
        shareBorders(in: &parts)
        return failed
    }

    private func join(_ index: Int, in parts: inout FileParts) {
        let whole = operations[index].outputs[0]
        let isPlain = kind(index) == .plainConcatenation
        let roots = operations[index].inputs.map { root($0, in: parts) }
        var place = 0
        for (part, root) in zip(operations[index].inputs, roots) {
            let size = isPlain ? parts.tensors[part].count : parts.tensors[part].channels
            defer { place += size }
            // What another input shares memory with has its place there.
            guard !parts.tensors[part].isPart, roots.filter({ $0 == root }).count == 1 else { continue }
            if isPlain {
                if isJoinedInOnePiece(index, in: parts), isPiece(part, in: parts) {
                    parts.move(part, inside: whole, at: place)
                }
            } else if parts.memory[part].owner != part {
                if isJoinedInOnePiece(index, in: parts), isPiece(part, in: parts), isReadByPixels(part) {
                    parts.move(part, inside: whole, at: place)
                    parts.put(part, inside: whole, at: place)
                }
            } else if writer[part].flatMap(kind)?.writesPixels == true, canBeRead(part), canHold(whole, part, in: parts)
            {
                parts.put(part, inside: whole, at: place)
            }
        }
    }

    /// The tensor in whose memory one lies, or will lie when slices have their places.
    private func root(_ tensor: Int, in parts: FileParts) -> Int {
        var tensor = tensor
        while let source = sources[tensor] { tensor = source }
        return parts.memory[tensor].owner
    }

    /// Whether a concatenation's inputs lie one after the other in its output.
    private func isJoinedInOnePiece(_ index: Int, in parts: FileParts) -> Bool {
        let whole = parts.tensors[operations[index].outputs[0]]
        let isPlain = kind(index) == .plainConcatenation
        let axis = isPlain ? Int(operations[index].parameters[0]) : whole.shape.count - 1
        return whole.border.isEmpty && (isPlain || whole.isPicture) && whole.shape[..<axis].allSatisfy { $0 == 1 }
            && (isPlain || whole.channels <= ModelTensor.pixelStrideLimit)
    }

    /// Whether a tensor is all of some memory that may lie anywhere, in one piece.
    private func isPiece(_ part: Int, in parts: FileParts) -> Bool {
        let (owner, offset) = parts.memory[part]
        let tensor = parts.tensors[owner]
        return offset == 0 && tensor.role == .temporary && writer[owner] != nil && tensor.border.isEmpty
            && !tensor.isPart && tensor.homeSize == parts.tensors[part].homeSize
            && parts.tensors[part].role == .temporary
    }

    /// Whether a tensor's pixels can hold a part, and its border be as wide as the part's readers ask for.
    private func canHold(_ whole: Int, _ part: Int, in parts: FileParts) -> Bool {
        let owner = parts.memory[whole].owner
        let (outer, tensor) = (parts.tensors[owner], parts.tensors[whole])
        guard tensor.isQuantized, tensor.isPicture, max(tensor.channels, outer.channels) <= ModelTensor.pixelStrideLimit
        else { return false }
        // A view's memory is in one piece, without a border.
        if owner != whole, !tensor.isPart {
            return parts.tensors[part].border.isEmpty && outer.border.isEmpty && !outer.isPart
        }
        // What holds pieces has none either: one pixel.
        let isPixel = tensor.shape.dropLast().allSatisfy { $0 == 1 }
        return outer.border.union(parts.tensors[part].border) == outer.border || !isPixel && canHaveBorder(owner)
    }

    private func canHaveBorder(_ tensor: Int) -> Bool {
        guard let writer = writer[tensor], !viewed.contains(tensor) else { return false }
        return ([writer] + readers[tensor]).allSatisfy { gone.contains($0) || kind($0)?.takesBorders == true }
    }

    /// Gives each tensor that holds parts, and the parts, the widest border that any of them needs.
    private func shareBorders(in parts: inout FileParts) {
        let inside = parts.tensors.indices.filter { parts.tensors[$0].isPart }
        for part in inside { parts.widenBorder(of: parts.memory[part].owner, to: parts.tensors[part].border) }
        for part in inside { parts.widenBorder(of: part, to: parts.tensors[parts.memory[part].owner].border) }
    }

    private func kind(_ operation: Int) -> OperationKind? { OperationKind(rawValue: operations[operation].kind) }
}

extension OperationKind {
    /// Whether quantized pictures on both sides may have borders, whoever needs them.
    fileprivate var takesBorders: Bool {
        switch self {
        case .convolution, .convolutionAddition, .averagePool, .maxPool, .table, .groupNormalization, .rescale,
            .upsampling, .concatenation, .addition, .quantizedArithmetic:
            true
        default: false
        }
    }
}
