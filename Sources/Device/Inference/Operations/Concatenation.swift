internal import EdgeFormat

/// Channels side by side. A unit is one output row.
final class PreparedConcatenation: PreparedOperation {
    private let inputs: [TensorView]

    init(_ inputs: [TensorView], output: TensorView) {
        self.inputs = inputs
        super.init(
            output: output, units: output.lines, cost: output.tensor.logicalSize, kernelName: "concatenation_portable")
    }

    override func run(_ units: Range<Int>, part: Int) {
        for line in units {
            var place = output.line(line)
            for input in inputs {
                let size = input.pixelPitch
                let source = input.line(line)
                for column in 0..<output.tensor.width {
                    (place + column * output.pixelPitch).copyMemory(from: source + column * size, byteCount: size)
                }
                place += size
            }
        }
    }
}
