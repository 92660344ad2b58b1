/// What an operation's checks may look at.
struct OperationContext {
    let record: OperationRecord
    let tensors: [ModelTensor]
    /// Section `tables`.
    let tables: UnsafeRawBufferPointer
    /// Section `weights`.
    let weights: UnsafeRawBufferPointer
    let place: String

    func fail(_ sentence: String) -> EdgeError { EdgeError(.data, at: place, sentence) }

    func input(_ index: Int) -> ModelTensor { tensors[record.inputs[index]] }
    var output: ModelTensor { tensors[record.outputs[0]] }
    func parameter(_ index: Int) -> Int { Int(record.parameters[index]) }
    /// A parameter that is the bits of a Float.
    func real(_ index: Int) -> Float { Float(bitPattern: UInt32(bitPattern: record.parameters[index])) }

    /// The operands that every kind has: one output, which is written and lies apart from the activations that are read.
    /// - Parameters:
    ///   - optional: how many more inputs there may be, all of them or none.
    ///   - activations: which inputs are no constants.
    func checkOperands(inputs count: Int, optional: Int = 0, activations: [Int] = [0]) throws(EdgeError) {
        guard record.inputs.count == count || record.inputs.count == count + optional, record.outputs.count == 1 else {
            throw fail(
                "has \(record.inputs.count) inputs and \(record.outputs.count) outputs; \(count) and 1 are needed")
        }
        guard output.role != .constant else { throw fail("reads or writes a constant as activation") }
        guard output.role != .input, output.role != .state else {
            throw fail("writes an input or a state of the graph")
        }
        for index in activations {
            guard input(index).role != .constant else { throw fail("reads or writes a constant as activation") }
            guard record.inputs[index] != record.outputs[0] else { throw fail("reads and writes the same tensor") }
            guard !isInPlace(index), !input(index).isApart(from: output) else { continue }
            try checkOverlap(input(index))
        }
    }

    /// Whether it is what a concatenation joins, and lies there already.
    func isInPlace(_ index: Int) -> Bool {
        let before = record.inputs[..<index].map { tensors[$0] }
        switch OperationKind(rawValue: record.kind) {
        case .concatenation:
            return input(index).isPart && input(index).lies(inside: output, at: before.reduce(0) { $0 + $1.channels })
        case .plainConcatenation:
            guard case .arena(let from) = input(index).home, case .arena(let to) = output.home,
                (0...output.shape.count).contains(parameter(0))
            else { return false }
            return output.shape.prefix(parameter(0)).allSatisfy { $0 == 1 }
                && from == to + before.reduce(0) { $0 + $1.logicalSize }
        default: return false
        }
    }

    /// Tensors inside wider ones: what works pixel by pixel may write and read them.
    func checkParts(_ kind: OperationKind) throws(EdgeError) {
        guard kind.writesPixels || !record.outputs.contains(where: { tensors[$0].isPart }),
            kind.readsPixels || !record.inputs.contains(where: { tensors[$0].isPart })
        else { throw fail("reads or writes a tensor that lies inside a wider one") }
    }

    /// Reading what another thread writes would make results depend on kernels and threads. A table may work in place:
    /// it reads each value before it writes it.
    private func checkOverlap(_ input: ModelTensor) throws(EdgeError) {
        guard case .arena(let from) = input.home, case .arena(let to) = output.home else { return }
        guard from < output.arenaEnd, to < input.arenaEnd else { return }
        let isTable =
            record.kind == OperationKind.table.rawValue || record.kind == OperationKind.interpolatedTable.rawValue
        guard isTable, from == to, input.border == output.border else {
            throw fail("writes over the tensor that it reads")
        }
    }

    /// The kinds of 1.0 that no other type than int8 goes through.
    func checkEightBits() throws(EdgeError) {
        guard input(0).isQuantized, input(0).element == .int8, output.isQuantized, output.element == .int8 else {
            throw fail("computes with int8 alone")
        }
    }

    /// Activations of 8 or 16 bits, in any combination.
    func checkActivations(_ inputs: [Int] = [0]) throws(EdgeError) {
        for tensor in inputs.map({ input($0) }) + [output] {
            guard tensor.isQuantized else {
                throw fail("computes with int8 and int16 alone")
            }
        }
    }

    /// Activations of 8 or 16 bits that an operation moves and does not change.
    func checkSameValues(_ tensor: ModelTensor) throws(EdgeError) {
        guard tensor.element == output.element, tensor.scales == output.scales, tensor.zeroPoint == output.zeroPoint
        else { throw fail("needs the same type, scale and zero point on both sides") }
    }

    /// Weights and bias of a convolution or dense layer: one bias and one scale an output channel.
    func checkWeights(channels: Int) throws(EdgeError) {
        let weights = input(1)
        let bias = input(2)
        guard weights.role == .constant, weights.element == .int8, bias.role == .constant, bias.element == .int32 else {
            throw fail("needs constant int8 weights and an int32 bias")
        }
        guard weights.zeroPoint == 0, weights.scales.count == 1 || weights.scales.count == channels else {
            throw fail("needs weights with one scale, or one a channel, and zero point 0")
        }
        guard bias.shape == [channels] else { throw fail("needs one bias for each of its \(channels) channels") }
    }

    /// The upper bounds of a layer's output channels, if there is such an operand: of the output's type, each within the
    /// output's own bounds.
    func checkUpperBounds(_ index: Int, channels: Int) throws(EdgeError) {
        guard record.inputs.count > index else { return }
        let bounds = input(index)
        guard bounds.role == .constant, bounds.isPlain, bounds.element == output.element, bounds.shape == [channels]
        else { throw fail("needs plain upper bounds of its output's type, one for each of its \(channels) channels") }
        guard case .weights(let offset) = bounds.home else { return }
        for channel in 0..<channels {
            let bound =
                bounds.element == .int8
                ? Int(weights.loadUnaligned(fromByteOffset: offset + channel, as: Int8.self))
                : Int(Int16(littleEndian: weights.loadUnaligned(fromByteOffset: offset + 2 * channel, as: Int16.self)))
            guard output.minimum <= bound, bound <= output.maximum else {
                throw fail("has an upper bound of \(bound), beyond its output's bounds")
            }
        }
    }

    /// One finite Float for each of the output's channels.
    func checkFactors(_ index: Int) throws(EdgeError) {
        let factors = input(index)
        guard factors.role == .constant, factors.element == .float32, factors.storage == nil,
            factors.shape == [output.channels]
        else {
            throw fail("needs one float32 for each of its \(output.channels) channels")
        }
        guard case .weights(let offset) = factors.home else { return }
        for channel in 0..<factors.count {
            let bits = weights.loadUnaligned(fromByteOffset: offset + 4 * channel, as: UInt32.self)
            guard Float(bitPattern: UInt32(littleEndian: bits)).isFinite else {
                throw fail("has a factor or an offset that is no number")
            }
        }
    }

    /// A table of so many bytes in section `tables`.
    func checkTable(at offset: Int, bytes: Int, alignment: Int = 1) throws(EdgeError) {
        guard offset >= 0, offset % alignment == 0, offset <= tables.count - bytes else {
            throw fail("has a table outside section tables")
        }
    }

    /// The Int32 at a byte offset of section `tables` that was checked.
    func tableEntry(at offset: Int) -> Int32 {
        Int32(littleEndian: tables.loadUnaligned(fromByteOffset: offset, as: Int32.self))
    }

    /// 256 Int32 of section `tables` that a softmax reads: from 2²³ down, none negative, so that no sum is zero.
    func checkExponentials(at offset: Int) throws(EdgeError) {
        try checkTable(at: offset, bytes: 1024, alignment: 4)
        for index in 0..<256 {
            let entry = tableEntry(at: offset + 4 * index)
            guard (0...1 << 23).contains(entry), index > 0 || entry == 1 << 23 else {
                throw fail("has a table that is no softmax")
            }
        }
    }
}
