internal import EdgeFormat

/// Channels side by side. What lies where it belongs is there already; all else is copied. A unit is one output row.
final class PreparedConcatenation: PreparedOperation {
    /// What is copied, and where in a pixel it goes.
    private let copied: [(input: TensorView, place: Int)]

    init(_ inputs: [TensorView], output: TensorView) {
        var copied: [(input: TensorView, place: Int)] = []
        var channel = 0
        for input in inputs {
            if !input.tensor.isPart || !input.tensor.lies(inside: output.tensor, at: channel) {
                copied.append((input, channel * input.tensor.element.size))
            }
            channel += input.tensor.channels
        }
        self.copied = copied
        let bytes = copied.reduce(0) { $0 + $1.input.tensor.logicalSize }
        super.init(
            output: output, units: copied.isEmpty ? 1 : output.lines, cost: bytes,
            kernelName: copied.isEmpty ? "none" : "concatenation_portable")
    }

    override func run(_ units: Range<Int>, part: Int) {
        for line in units {
            for (input, place) in copied {
                let size = input.tensor.pixelSize
                let (source, target) = (input.line(line), output.line(line) + place)
                for column in 0..<output.tensor.width {
                    (target + column * output.pixelPitch).copyMemory(
                        from: source + column * input.pixelPitch, byteCount: size)
                }
            }
        }
    }
}
