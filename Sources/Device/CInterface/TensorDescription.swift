internal import CSwiftlet
internal import EdgeFormat
internal import Inference

/// An input or output as a `swiftlet_tensor` tells it.
struct TensorDescription {
    private let tensor: ModelTensor
    private let name: CText
    private let shape: [Int]

    init(_ tensor: ModelTensor, _ order: AxisOrder) {
        self.tensor = tensor
        name = CText(tensor.name)
        shape = tensor.shape(in: order)
    }

    func write(_ target: UnsafeMutablePointer<swiftlet_tensor>) {
        target.pointee = swiftlet_tensor()
        target.pointee.name = name.bytes
        target.pointee.element = swiftlet_element(rawValue: .init(tensor.element.rawValue))
        target.pointee.takes_floats = tensor.takesReals ? 1 : 0
        target.pointee.scale = tensor.scales.first ?? 0
        target.pointee.zero_point = Int32(tensor.zeroPoint)
        target.pointee.rank = shape.count
        target.pointee.count = tensor.count
        target.pointee.size = tensor.logicalSize
        withUnsafeMutableBytes(of: &target.pointee.shape) { bytes in
            let sizes = bytes.assumingMemoryBound(to: Int.self)
            for axis in sizes.indices { sizes[axis] = axis < shape.count ? shape[axis] : 1 }
        }
    }
}
