internal import EdgeFormat

/// Reals as integers that stand for them, or back. A unit is one picture, or all of what is none.
final class PreparedQuantization: PreparedOperation {
    private let reals: PlainView
    private let integers: TensorView
    private let isBack: Bool

    /// - Parameter isBack: from integers to reals.
    init(reals: PlainView, integers: TensorView, isBack: Bool, output: TensorView) {
        self.reals = reals
        self.integers = integers
        self.isBack = isBack
        super.init(
            output: output, units: integers.tensor.pictures, cost: 8 * output.tensor.count,
            kernelName: isBack ? "dequantization_portable" : "quantization_portable")
    }

    override func run(_ units: Range<Int>, part: Int) {
        let count = integers.pictureCount
        for picture in units {
            let values = reals.floats(picture * count)
            if isBack {
                integers.read(floats: UnsafeMutableBufferPointer(start: values, count: count), picture: picture)
            } else {
                integers.write(floats: UnsafeBufferPointer(start: values, count: count), picture: picture)
            }
        }
    }
}
