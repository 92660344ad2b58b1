import EdgeFormat
import ModelGraph

extension Rearrangement {
    /// Zeros between the pixels of a picture, as many as strides leave, and around it: what a transposed convolution's kernel,
    /// turned around, slides over.
    /// - Parameters:
    ///   - shape: N·H·W·C.
    ///   - pads: rows and columns around it; fewer than none cut some off.
    static func spread(_ shape: [Int], strides: Extent, pads: Padding) throws(EdgeError) -> Rearrangement {
        for pad in [pads.top, pads.left, pads.bottom, pads.right] where pad.magnitude > UInt(Shape.windowLimit) {
            throw EdgeError(.data, at: "", "padding \(pad) is outside ±\(Shape.windowLimit)")
        }
        func places(_ size: Int, _ stride: Int, _ before: Int, _ after: Int) -> [Int] {
            (-before..<max((size - 1) * stride + 1 + after, -before)).map { place in
                place >= 0 && place <= (size - 1) * stride && place % stride == 0 ? place / stride : -1
            }
        }
        return selection(
            "spread", shape,
            places: [
                Array(0..<shape[0]), places(shape[1], strides.height, pads.top, pads.bottom),
                places(shape[2], strides.width, pads.left, pads.right), Array(0..<shape[3]),
            ])
    }
}
