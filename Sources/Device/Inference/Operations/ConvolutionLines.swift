internal import EdgeFormat

/// Where a convolution's or dense layer's output pixels lie, line by line, and where each finds its input. A line is an
/// output row of one picture, or all rows of a dense layer.
struct ConvolutionLines {
    /// The first input byte of the first output pixel.
    let start: UnsafeMutableRawPointer
    /// Bytes between the inputs of neighbouring pictures, output rows and pixels.
    let pictureStep: Int
    let rowStep: Int
    let pixelStep: Int
    /// Bytes of an input element.
    let elementSize: Int
    /// From a pixel's first byte to each of its taps.
    let tapOffsets: [Int]
    /// Lines a picture, and of all.
    let rows: Int
    let count: Int
    /// Pixels a line.
    let pixels: Int
    /// Bytes between neighbouring pixels of the output.
    let outputStep: Int
    private let target: TensorView

    /// A convolution's: neighbouring columns of a kernel row are neighbours in memory, so an undilated row is one tap
    /// where all channels are read.
    init(
        _ parameters: ConvolutionParameters, kernelHeight: Int, kernelWidth: Int, input: TensorView, output: TensorView
    ) {
        let pixel = input.pixelPitch
        start = input.start - parameters.padding.top * input.rowPitch - parameters.padding.left * pixel
        pictureStep = input.picturePitch
        rowStep = parameters.strideY * input.rowPitch
        pixelStep = parameters.strideX * pixel
        elementSize = input.tensor.element.size
        var offsets: [Int] = []
        let columns = parameters.tapsAreRows(of: input.tensor) ? 1 : kernelWidth
        for y in 0..<kernelHeight {
            for x in 0..<columns {
                offsets.append(y * parameters.dilationY * input.rowPitch + x * parameters.dilationX * pixel)
            }
        }
        tapOffsets = offsets
        rows = output.tensor.height
        count = output.lines
        pixels = output.tensor.width
        outputStep = output.pixelPitch
        target = output
    }

    /// A dense layer's: one line, whose pixels are the rows, each of one tap.
    /// - Parameters:
    ///   - inputs: values of a row, and of a row of the output.
    init(dense inputs: Int, outputs: Int, input: TensorView, output: TensorView) {
        start = input.start
        pictureStep = 0
        rowStep = 0
        elementSize = input.tensor.element.size
        pixelStep = inputs * elementSize
        tapOffsets = [0]
        rows = 1
        count = 1
        pixels = input.tensor.count / inputs
        outputStep = outputs * output.tensor.element.size
        target = output
    }

    func input(_ line: Int) -> UnsafeMutableRawPointer {
        start + line / rows * pictureStep + line % rows * rowStep
    }

    func output(_ line: Int) -> UnsafeMutableRawPointer {
        target.start + line / rows * target.picturePitch + line % rows * target.rowPitch
    }

    /// The tap offsets as kernels read them; the caller frees them.
    func allocateTapOffsets() -> UnsafeMutablePointer<Int32> {
        let offsets = UnsafeMutablePointer<Int32>.allocate(capacity: tapOffsets.count)
        for (index, offset) in tapOffsets.enumerated() {
            (offsets + index).initialize(to: Int32(truncatingIfNeeded: offset))
        }
        return offsets
    }
}
