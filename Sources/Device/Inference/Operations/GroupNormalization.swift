internal import EdgeFormat
internal import Kernels

/// What the two halves of a group norm share: for each picture and channel a factor and an offset.
final class GroupFactors {
    let factors: UnsafeMutablePointer<Float>
    let offsets: UnsafeMutablePointer<Float>
    /// Floats from one picture's to the next one's.
    let pitch: Int

    init(pictures: Int, channels: Int) {
        // A vector more than there are channels.
        pitch = channels + 16
        factors = UnsafeMutablePointer<Float>.allocate(capacity: pictures * pitch)
        factors.initialize(repeating: 0, count: pictures * pitch)
        offsets = UnsafeMutablePointer<Float>.allocate(capacity: pictures * pitch)
        offsets.initialize(repeating: 0, count: pictures * pitch)
    }

    deinit {
        factors.deallocate()
        offsets.deallocate()
    }
}

/// The first half of a group norm: mean and variance, and from them factors and offsets. A unit is one group of one
/// picture.
final class PreparedGroupStatistics: PreparedOperation {
    private let input: TensorView
    private let kernel: group_sums_kernel
    private let groups: Int
    private let gamma: UnsafeRawBufferPointer
    private let beta: UnsafeRawBufferPointer
    private let results: GroupFactors
    /// ε in units of the input's scale, squared.
    private let epsilon: Float
    /// s_y: the step of what is computed before a function, else of the output.
    private let step: Float

    init(
        _ parameters: GroupNormalizationParameters, row: kernel_row, kernel: group_sums_kernel,
        gamma: UnsafeRawBufferPointer, beta: UnsafeRawBufferPointer, input: TensorView, output: TensorView,
        results: GroupFactors
    ) {
        self.input = input
        self.kernel = kernel
        groups = parameters.groups
        self.gamma = gamma
        self.beta = beta
        self.results = results
        epsilon = parameters.epsilon / (input.scale * input.scale)
        step = parameters.tableOffset == nil ? output.scale : parameters.activationScale
        super.init(
            output: output, units: input.tensor.pictures * parameters.groups, cost: 4 * input.tensor.count,
            kernelName: String(cString: row.name))
    }

    override func run(_ units: Range<Int>, part: Int) {
        for unit in units { run(picture: unit / groups, group: unit % groups) }
    }

    private func run(picture: Int, group: Int) {
        let tensor = input.tensor
        let channels = tensor.channels / groups
        let first = group * channels
        var sum: Int64 = 0
        var squares: Int64 = 0
        withUnsafeMutablePointer(to: &sum) { sum in
            withUnsafeMutablePointer(to: &squares) { squares in
                var arguments = group_sums_arguments(
                    input: input.start + picture * input.picturePitch + first * tensor.element.size, is_16: input.is16,
                    row_stride: input.rowPitch, rows: Int32(tensor.height), columns: Int32(tensor.width),
                    pixel_stride: input.pixelPitch, channels: Int32(channels), zero_point: input.memoryZeroPoint,
                    sum: sum, square_sum: squares)
                kernel(&arguments)
            }
        }
        let count = Int64(tensor.height * tensor.width * channels)
        let number = Float(count)
        // Exact: a group has at most 2^16 values of 16 bits.
        let spread = count &* squares &- sum &* sum
        let mean = Float(sum) / number
        let variance = Float(spread) / (number * number)
        let inverse = 1 / (variance + epsilon).squareRoot()
        let factors = results.factors + picture * results.pitch
        let offsets = results.offsets + picture * results.pitch
        for channel in first..<first + channels {
            let factor = (real(gamma, channel) * inverse) / step
            factors[channel] = factor
            offsets[channel] = real(beta, channel) / step - mean * factor
        }
    }

    private func real(_ constants: UnsafeRawBufferPointer, _ channel: Int) -> Float {
        Float(
            bitPattern: UInt32(littleEndian: constants.loadUnaligned(fromByteOffset: 4 * channel, as: UInt32.self)))
    }
}

/// The second half: each value times its channel's factor plus its offset, and a function of that. A unit is one row.
final class PreparedNormalization: PreparedOperation {
    private let input: TensorView
    private let kernel: normalize_kernel
    private let statistics: GroupFactors
    /// The function's results as in memory, within the output's bounds; nil where there is none.
    private let table: UnsafeMutablePointer<UInt8>?

    /// - Parameter logical: the function's 4,096 bytes as the file has them, or empty.
    init(
        _ logical: UnsafeRawBufferPointer, row: kernel_row, kernel: normalize_kernel, input: TensorView,
        output: TensorView, statistics: GroupFactors
    ) {
        self.input = input
        self.kernel = kernel
        self.statistics = statistics
        if logical.isEmpty {
            table = nil
        } else {
            let entries = UnsafeMutablePointer<UInt8>.allocate(capacity: logical.count)
            for index in logical.indices {
                let result = Int(Int8(bitPattern: logical[index]))
                let clamped = min(max(result, output.tensor.minimum), output.tensor.maximum)
                (entries + index).initialize(to: UInt8(truncatingIfNeeded: clamped) ^ output.flip)
            }
            table = entries
        }
        super.init(
            output: output, units: output.lines, cost: 8 * output.tensor.count, kernelName: String(cString: row.name))
    }

    deinit { table?.deallocate() }

    override func run(_ units: Range<Int>, part: Int) {
        let tensor = output.tensor
        for line in units {
            let place = line / tensor.height * statistics.pitch
            var arguments = normalize_arguments(
                input: input.line(line), input_is_16: input.is16, input_zero_point: input.memoryZeroPoint,
                pixels: Int32(tensor.width), channels: Int32(tensor.channels), factors: statistics.factors + place,
                offsets: statistics.offsets + place, output: output.line(line), output_is_16: output.is16, table: table,
                zero_point: output.memoryZeroPoint, minimum: output.memoryMinimum, maximum: output.memoryMaximum)
            kernel(&arguments)
        }
    }
}
