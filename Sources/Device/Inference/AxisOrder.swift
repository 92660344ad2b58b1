public import EdgeFormat

/// The order of axes in which a tensor's values are given and taken.
public enum AxisOrder: Sendable {
    /// As in the model that was compiled, such as N·C·H·W of an ONNX network.
    case source
    /// As the file stores them: pictures N·H·W·C. Nothing needs to be moved.
    case stored
}

extension ModelTensor {
    /// The sizes in an order of axes.
    public func shape(in order: AxisOrder) -> [Int] {
        moves(order) ? sourceAxes.map { shape[$0] } : shape
    }

    /// Whether it can be set and taken as reals: floats, and integers with a scale.
    public var takesReals: Bool { isQuantized || element == .float32 || element == .float16 }

    /// Whether the order is another one than that of the elements in memory.
    func moves(_ order: AxisOrder) -> Bool { order == .source && !sourceAxes.isEmpty }
}

extension TensorView {
    /// Hands `body` the address of every element, row-major in an order of axes, with its number there.
    func forEachElement(in order: AxisOrder, _ body: (Int, UnsafeMutableRawPointer) -> Void) {
        let rank = tensor.shape.count
        guard rank > 0 else { return body(0, start) }
        let moves = tensor.moves(order)
        func axis(_ index: Int) -> Int { moves ? tensor.sourceAxes[index] : index }
        let inner = axis(rank - 1)
        let (size, step) = (tensor.shape[inner], pitch(inner))
        var number = 0
        for line in 0..<tensor.count / size {
            var (rest, address) = (line, start)
            for index in stride(from: rank - 2, through: 0, by: -1) {
                let (quotient, position) = rest.quotientAndRemainder(dividingBy: tensor.shape[axis(index)])
                address += position * pitch(axis(index))
                rest = quotient
            }
            for _ in 0..<size {
                body(number, address)
                number += 1
                address += step
            }
        }
    }

    /// Bytes in memory from one element to the next along an axis.
    func pitch(_ axis: Int) -> Int {
        guard tensor.isPicture else { return tensor.shape[(axis + 1)...].reduce(tensor.element.size, *) }
        return switch axis {
        case 0: tensor.picturePitch
        case 1: tensor.rowPitch
        case 2: tensor.pixelPitch
        default: tensor.element.size
        }
    }
}
