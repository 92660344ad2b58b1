internal import EdgeFormat
internal import Kernels
internal import Platform

/// The weights of one graph that the file stores in fewer bits, as the floats that they stand for: one piece of memory,
/// each tensor in it once, however many operations read it.
final class ExpandedWeights {
    /// Nil where the graph has none.
    private let memory: ReservedMemory?
    /// For each of the model's tensors, where its floats begin, in bytes; nil for what lies elsewhere.
    private let offsets: [Int?]

    /// - Parameter graph: index of the entry point.
    /// - Throws: `EdgeError` when the system does not have so much memory.
    init(_ file: ModelFile, graph: Int) throws(EdgeError) {
        var offsets = [Int?](repeating: nil, count: file.tensors.count)
        var size = 0
        for operation in file.operations[file.graphs[graph].operations] {
            for index in operation.inputs where offsets[index] == nil && file.tensors[index].storage != nil {
                offsets[index] = size
                size += (file.tensors[index].logicalSize + 63) / 64 * 64
            }
        }
        self.offsets = offsets
        memory = size == 0 ? nil : try ReservedMemory(bytes: size, for: "expanded weights")
        for index in file.tensors.indices {
            guard let target = floats(index), let storage = file.tensors[index].storage else { continue }
            storage.expand(file.constant(index), file.tensors[index].shape, to: target)
        }
    }

    /// The floats of a tensor; nil where it is not stored in fewer bits.
    func floats(_ tensor: Int) -> UnsafeMutablePointer<Float>? {
        guard let memory, let offset = offsets[tensor] else { return nil }
        return (memory.base + offset).assumingMemoryBound(to: Float.self)
    }
}

extension WeightStorage {
    /// Writes the floats that stored elements stand for.
    /// - Parameter bytes: of a tensor of this shape.
    fileprivate func expand(_ bytes: UnsafeRawBufferPointer, _ shape: [Int], to target: UnsafeMutablePointer<Float>) {
        guard let source = bytes.baseAddress else { return }
        let count = bytes.count / element.size
        plain_load_reals(Int32(element.rawValue), source, 1, count, target)
        guard case .int8(let scales, _) = self else { return }
        let pitch = scales.count == 1 ? count : pitch(shape)
        var (start, channel) = (0, 0)
        while start < count {
            let scale = scales[channel]
            for place in start..<start + pitch { target[place] *= scale }
            start += pitch
            channel = channel + 1 == scales.count ? 0 : channel + 1
        }
    }
}
