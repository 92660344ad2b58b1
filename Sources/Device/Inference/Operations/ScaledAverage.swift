internal import EdgeFormat
internal import Kernels

/// An average pool between two scales: q = clamp(roundHalfEven(Float(Σ(x − z_in)) · (s_in / (s_out · n))) + z_out) for the n
/// pixels of a window. A unit is one output row of one picture.
final class PreparedScaledAverage: PreparedOperation {
    private let parameters: PoolParameters
    private let input: TensorView

    init(_ parameters: PoolParameters, input: TensorView, output: TensorView) {
        self.parameters = parameters
        self.input = input
        super.init(
            output: output, units: output.lines,
            cost: output.tensor.count * parameters.windowY * parameters.windowX, kernelName: "scaled_average_portable")
    }

    override func run(_ units: Range<Int>, part: Int) {
        for line in units { run(line: line) }
    }

    private func run(line: Int) {
        let tensor = output.tensor
        let picture = input.start + line / tensor.height * input.picturePitch
        let rows = clipped(
            line % tensor.height * parameters.strideY - parameters.padding.top, parameters.windowY, input.tensor.height)
        for column in 0..<tensor.width {
            let target = (output.line(line) + column * output.pixelPitch).assumingMemoryBound(to: activation_t.self)
            let columns = clipped(
                column * parameters.strideX - parameters.padding.left, parameters.windowX, input.tensor.width)
            // Padding that counts holds zeros: it adds nothing but its number.
            let inside = rows.count * columns.count
            let count = parameters.countsPadding ? parameters.windowY * parameters.windowX : inside
            let factor = input.scale / (output.scale * Float(count))
            for channel in 0..<tensor.channels {
                let steps = Float(sum(picture, rows, columns, channel)) * factor
                target[channel] = activation_t(truncatingIfNeeded: integer(steps))
            }
        }
    }

    /// Steps of the output's scale as an integer as it lies in memory.
    private func integer(_ steps: Float) -> Int32 {
        let (low, high) = (
            Float(output.memoryMinimum - output.memoryZeroPoint), Float(output.memoryMaximum - output.memoryZeroPoint)
        )
        let cut = steps > low ? (steps < high ? steps : high) : low
        return Int32(cut.rounded(.toNearestOrEven)) + output.memoryZeroPoint
    }

    private func sum(
        _ picture: UnsafeMutableRawPointer, _ rows: Range<Int>, _ columns: Range<Int>, _ channel: Int
    ) -> Int32 {
        var sum: Int32 = 0
        for row in rows {
            let line = (picture + row * input.rowPitch).assumingMemoryBound(to: activation_t.self)
            for column in columns {
                sum += Int32(line[column * input.pixelPitch + channel]) - input.memoryZeroPoint
            }
        }
        return sum
    }

    private func clipped(_ from: Int, _ size: Int, _ limit: Int) -> Range<Int> {
        max(from, 0)..<min(from + size, limit)
    }
}
