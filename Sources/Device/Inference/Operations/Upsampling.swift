internal import EdgeFormat

/// Each pixel repeated. A unit is one input row, which becomes `factorY` output rows.
final class PreparedUpsampling: PreparedOperation {
    private let parameters: UpsamplingParameters
    private let input: TensorView

    init(_ parameters: UpsamplingParameters, input: TensorView, output: TensorView) {
        self.parameters = parameters
        self.input = input
        super.init(
            output: output, units: input.lines, cost: output.tensor.logicalSize, kernelName: "upsampling_portable")
    }

    override func run(_ units: Range<Int>, part: Int) {
        let size = input.pixelPitch
        for line in units {
            let source = input.line(line)
            let first = output.line(line * parameters.factorY)
            var target = first
            for column in 0..<input.tensor.width {
                for _ in 0..<parameters.factorX {
                    target.copyMemory(from: source + column * size, byteCount: size)
                    target += size
                }
            }
            for copy in 1..<max(parameters.factorY, 1) {
                (first + copy * output.rowPitch).copyMemory(from: first, byteCount: output.rowBytes)
            }
        }
    }
}
