internal import EdgeFormat
internal import Kernels
internal import Platform

/// What a convolution or dense kernel reads besides its input: packed weights, compensated biases, requantization scales,
/// upper bounds.
final class PanelWeights {
    let shape: PanelShape
    /// The first panel: in the file where it has the layout packed, else in memory of our own.
    let panels: UnsafePointer<Int8>
    /// One a channel; from each on as many can be read as its block has panels of channels.
    let bias: UnsafeMutablePointer<Int32>
    let scale: UnsafeMutablePointer<Float>
    /// What the results of each channel are at most: of an output of 8 bits as in memory.
    let maxima: UnsafeMutablePointer<activation_t>
    /// The same less the zero point, of 8 or 16 bits.
    let upper: UnsafeMutablePointer<Float>
    private let owned: ReservedMemory?

    /// - Parameters:
    ///   - packed: the weights as a packed section of the file has them, or nil to pack them now.
    /// - Throws: `EdgeError` when a sum or a result could pass 32 bits.
    init(
        _ shape: PanelShape, model: ModelFile, operation: ModelOperation, packed: UnsafeRawBufferPointer?
    ) throws(EdgeError) {
        self.shape = shape
        let canonical = model.constant(operation.inputs[1])
        if let packed, let base = packed.baseAddress {
            owned = nil
            panels = base.assumingMemoryBound(to: Int8.self)
        } else {
            let memory = try ReservedMemory(bytes: shape.size, for: "packed weights")
            shape.pack(canonical, into: UnsafeMutableRawBufferPointer(start: memory.base, count: shape.size))
            owned = memory
            panels = UnsafePointer(memory.base.bindMemory(to: Int8.self, capacity: shape.size))
        }
        let padded = shape.panels * PanelShape.panelChannels
        bias = UnsafeMutablePointer<Int32>.allocate(capacity: padded)
        bias.initialize(repeating: 0, count: padded)
        scale = UnsafeMutablePointer<Float>.allocate(capacity: padded)
        scale.initialize(repeating: 1, count: padded)
        maxima = UnsafeMutablePointer<activation_t>.allocate(capacity: padded)
        maxima.initialize(repeating: 0, count: padded)
        upper = UnsafeMutablePointer<Float>.allocate(capacity: padded)
        upper.initialize(repeating: 0, count: padded)
        fillBounds(model, operation)
        try fillChannels(model, operation, canonical)
    }

    deinit {
        bias.deallocate()
        scale.deallocate()
        maxima.deallocate()
        upper.deallocate()
    }

    /// The bounds that the operation has for each channel, or the output's own.
    private func fillBounds(_ model: ModelFile, _ operation: ModelOperation) {
        let output = model.tensors[operation.output]
        let given = operation.upperBounds.map { model.constant($0) }
        for channel in 0..<shape.channels {
            var bound = output.maximum
            if let given, output.element == .int8 {
                bound = Int(Int8(bitPattern: given[channel]))
            } else if let given {
                bound = Int(Int16(littleEndian: given.loadUnaligned(fromByteOffset: 2 * channel, as: Int16.self)))
            }
            maxima[channel] = activation_t(truncatingIfNeeded: bound + Int(activation_offset()))
            upper[channel] = Float(bound - output.zeroPoint)
        }
    }

    /// Requantization scales in single-precision steps, and biases that make up for the input's zero point in memory.
    private func fillChannels(
        _ model: ModelFile, _ operation: ModelOperation, _ canonical: UnsafeRawBufferPointer
    ) throws(EdgeError) {
        let input = model.tensors[operation.inputs[0]]
        let weights = model.tensors[operation.inputs[1]]
        let output = model.tensors[operation.output]
        let biases = model.constant(operation.inputs[2])
        let isWide = input.element == .int16
        let zeroPoint = isWide ? 0 : Int32(input.zeroPoint) &+ activation_offset()
        let perChannel = canonical.count / shape.channels
        for channel in 0..<shape.channels {
            var sum: Int32 = 0
            var magnitude: Int64 = 0
            for index in channel * perChannel..<(channel + 1) * perChannel {
                let weight = Int32(Int8(bitPattern: canonical[index]))
                sum &+= weight
                magnitude += Int64(weight.magnitude)
            }
            let stored = Int32(littleEndian: biases.loadUnaligned(fromByteOffset: 4 * channel, as: Int32.self))
            let weightScale = weights.scales[weights.scales.count == 1 ? 0 : channel]
            scale[channel] = (input.scales[0] * weightScale) / output.scales[0]
            let bound = (isWide ? 32_767 : 255) * magnitude + Int64(stored.magnitude)
            guard scale[channel] > 0 else {
                throw EdgeError(
                    .data, at: "operation '\(operation.name)'", "channel \(channel) has a requantization scale of 0")
            }
            // In single precision, as the kernel rounds it.
            guard bound < 1 << 31, Float(bound) * scale[channel] < 0x1p31 else {
                throw EdgeError(
                    .data, at: "operation '\(operation.name)'",
                    "channel \(channel) could pass 32 bits; quantize the model again")
            }
            bias[channel] = stored &- zeroPoint &* sum
        }
    }
}
