internal import EdgeFormat
internal import Kernels

/// What matrix products and convolutions share: sums of products of floats, or of 32-bit integers.
struct ProductSums {
    let isFloat: Bool
    private let bias: PlainView?
    private let bounds: FloatBounds

    /// Columns and depth of a block of the right matrix, which stays near the processor while rows pass.
    static let columns = 64
    static let depth = 256
    /// Rows that the kernel takes at once.
    static let rows = 4

    init(isFloat: Bool, bias: PlainView?, bounds: FloatBounds) {
        self.isFloat = isFloat
        self.bias = bias
        self.bounds = bounds
    }

    /// Begins sums: with the bias of their columns, or 0.
    func begin(_ sums: UnsafeMutableRawPointer, column: Int, count: Int) {
        if let bias {
            sums.copyMemory(from: bias.address(column), byteCount: 4 * count)
        } else {
            sums.initializeMemory(as: UInt8.self, repeating: 0, count: 4 * count)
        }
    }

    /// Cuts sums to the bounds.
    func end(_ sums: UnsafeMutableRawPointer, count: Int) {
        guard !bounds.isEndless else { return }
        let values = sums.assumingMemoryBound(to: Float.self)
        plain_function_reals(ScalarFunction.clip.rawValue, bounds.lower, bounds.upper, values, values, count)
    }

    func add(_ arguments: inout plain_products_arguments) {
        if isFloat { plain_products_f32(&arguments) } else { plain_products_s32(&arguments) }
    }
}

/// Products of matrices. A unit is a block of rows by a block of columns of one product.
final class PreparedMatrixProduct: PreparedOperation {
    private let a: PlainView
    private let b: PlainView
    private let sums: ProductSums
    /// The left and the right matrix of each product.
    private let aBatch: Axes
    private let bBatch: Axes
    private let rows: Int
    private let depth: Int
    private let columns: Int
    private let rowBlocks: Int
    private let columnBlocks: Int

    private static let blockRows = 32

    init(_ sums: ProductSums, _ a: PlainView, _ b: PlainView, output: TensorView) {
        self.a = a
        self.b = b
        self.sums = sums
        let shape = output.tensor.shape
        let batch = Array(shape.dropLast(2))
        rows = shape[shape.count - 2]
        columns = shape[shape.count - 1]
        let depth = b.tensor.shape[b.tensor.shape.count - 2]
        self.depth = depth
        aBatch = Self.batch(a.tensor.shape, batch, matrix: rows * depth)
        bBatch = Self.batch(b.tensor.shape, batch, matrix: depth * columns)
        rowBlocks = (rows + Self.blockRows - 1) / Self.blockRows
        columnBlocks = (columns + ProductSums.columns - 1) / ProductSums.columns
        super.init(
            output: output, units: output.tensor.count / (rows * columns) * rowBlocks * columnBlocks,
            cost: output.tensor.count * depth, kernelName: "matrix_product_portable")
    }

    /// Where the matrices of an operand lie, by product.
    /// - Parameter size: elements of a matrix.
    private static func batch(_ shape: [Int], _ batch: [Int], matrix size: Int) -> Axes {
        var steps = Axes.broadcast(shape.dropLast(2), to: batch)
        for axis in steps.indices { steps[axis] *= size }
        return Axes(sizes: batch, steps: steps)
    }

    override func run(_ units: Range<Int>, part: Int) {
        for unit in units {
            let product = unit / (rowBlocks * columnBlocks)
            let column = unit / rowBlocks % columnBlocks * ProductSums.columns
            let row = unit % rowBlocks * Self.blockRows
            run(product, row..<min(row + Self.blockRows, rows), column, min(ProductSums.columns, columns - column))
        }
    }

    private func run(_ product: Int, _ block: Range<Int>, _ column: Int, _ count: Int) {
        let results = output.start + 4 * (product * rows * columns + column)
        for row in block { sums.begin(results + 4 * row * columns, column: column, count: count) }
        for k in stride(from: 0, to: depth, by: ProductSums.depth) {
            let right = b.address(bBatch.place(product) + k * columns + column)
            for row in stride(from: block.lowerBound, to: block.upperBound, by: ProductSums.rows) {
                var arguments = plain_products_arguments(
                    sums: results + 4 * row * columns, sums_stride: columns,
                    a: a.address(aBatch.place(product) + row * depth + k), a_stride: depth, b: right, b_stride: columns,
                    rows: Int32(min(ProductSums.rows, block.upperBound - row)),
                    depth: Int32(min(ProductSums.depth, depth - k)), columns: Int32(count))
                sums.add(&arguments)
            }
        }
        for row in block { sums.end(results + 4 * row * columns, count: count) }
    }
}

/// The places of a window on a picture N·H·W·C that lie inside of it.
struct WindowPlaces {
    let parameters: WindowParameters
    let height: Int
    let width: Int
    let channels: Int

    init(_ parameters: WindowParameters, on input: ModelTensor) {
        self.parameters = parameters
        height = input.shape[1]
        width = input.shape[2]
        channels = input.shape[3]
    }

    /// The picture's row that tap `tap` of the window at output row `row` reads, or nil where there is none.
    func row(_ row: Int, tap: Int) -> Int? {
        let y = row * parameters.strideY - parameters.padding.top + tap * parameters.dilationY
        return (0..<height).contains(y) ? y : nil
    }

    /// The picture's column of tap `tap` at output column 0, which may lie outside.
    func column(tap: Int) -> Int { tap * parameters.dilationX - parameters.padding.left }

    /// The output columns, of `count`, at which tap `tap` lies inside the picture.
    func columns(tap: Int, of count: Int) -> Range<Int> {
        let (first, step) = (column(tap: tap), parameters.strideX)
        let from = first < 0 ? (-first + step - 1) / step : 0
        let end = first < width ? (width - 1 - first) / step + 1 : 0
        return min(from, count)..<max(min(from, count), min(end, count))
    }
}

/// A convolution of plain pictures. A unit is one output row of a picture by a block of a group's channels: for each tap of
/// the window, the pixels that it meets times the tap's matrix of weights.
final class PreparedPlainConvolution: PreparedOperation {
    private let places: WindowPlaces
    private let sums: ProductSums
    private let input: PlainView
    private let weights: PlainView
    private let groups: Int
    /// Output channels of a group, and blocks of them.
    private let channels: Int
    private let blocks: Int
    private let isDepthwise: Bool

    init(
        _ parameters: PlainConvolutionParameters, _ sums: ProductSums, input: PlainView, weights: PlainView,
        output: TensorView
    ) {
        self.sums = sums
        self.input = input
        self.weights = weights
        places = WindowPlaces(parameters.window, on: input.tensor)
        let shape = output.tensor.shape
        isDepthwise = sums.isFloat && weights.tensor.shape[2] == 1 && parameters.groups == shape[3]
        groups = isDepthwise ? 1 : parameters.groups
        channels = shape[3] / groups
        blocks = (channels + ProductSums.columns - 1) / ProductSums.columns
        super.init(
            output: output, units: shape[0] * shape[1] * groups * blocks,
            cost: output.tensor.count * weights.tensor.shape[..<3].product,
            kernelName: isDepthwise ? "depthwise_portable" : "convolution_portable")
    }

    override func run(_ units: Range<Int>, part: Int) {
        for unit in units {
            let line = unit / (groups * blocks)
            let group = unit / blocks % groups
            let first = unit % blocks * ProductSums.columns
            let count = min(ProductSums.columns, channels - first)
            run(line, group, channels: group * channels + first, count: count)
        }
    }

    private func run(_ line: Int, _ group: Int, channels first: Int, count: Int) {
        let shape = output.tensor.shape
        let (width, depth) = (shape[2], shape[3])
        let results = output.start + 4 * (line * width * depth + first)
        for column in 0..<width { sums.begin(results + 4 * column * depth, column: first, count: count) }
        let kernel = weights.tensor.shape
        for tapY in 0..<kernel[0] {
            guard let y = places.row(line % shape[1], tap: tapY) else { continue }
            let row = (line / shape[1] * places.height + y) * places.width
            for tapX in 0..<kernel[1] {
                let tap = weights.address((tapY * kernel[1] + tapX) * kernel[2] * depth + first)
                let columns = places.columns(tap: tapX, of: width)
                let pixel = row + places.column(tap: tapX)
                if isDepthwise {
                    addDepthwise(results, pixel, columns, tap, first, count)
                } else {
                    add(results, pixel, columns, tap, group * kernel[2], count)
                }
            }
        }
        for column in 0..<width { sums.end(results + 4 * column * depth, count: count) }
    }

    /// - Parameters:
    ///   - pixel: the tap's pixel of output column 0.
    ///   - channel: the group's first input channel.
    private func add(
        _ results: UnsafeMutableRawPointer, _ pixel: Int, _ columns: Range<Int>, _ tap: UnsafeMutableRawPointer,
        _ channel: Int, _ count: Int
    ) {
        let step = places.parameters.strideX
        let (depth, inputs) = (output.tensor.shape[3], weights.tensor.shape[2])
        for column in stride(from: columns.lowerBound, to: columns.upperBound, by: ProductSums.rows) {
            var arguments = plain_products_arguments(
                sums: results + 4 * column * depth, sums_stride: depth,
                a: input.address((pixel + column * step) * places.channels + channel), a_stride: step * places.channels,
                b: tap, b_stride: depth, rows: Int32(min(ProductSums.rows, columns.upperBound - column)),
                depth: Int32(inputs), columns: Int32(count))
            sums.add(&arguments)
        }
    }

    private func addDepthwise(
        _ results: UnsafeMutableRawPointer, _ pixel: Int, _ columns: Range<Int>, _ tap: UnsafeMutableRawPointer,
        _ channel: Int, _ count: Int
    ) {
        let depth = places.channels
        for column in columns {
            plain_multiply_add_f32(
                (results + 4 * column * depth).assumingMemoryBound(to: Float.self),
                input.floats((pixel + column * places.parameters.strideX) * depth + channel),
                tap.assumingMemoryBound(to: Float.self), count)
        }
    }
}

/// The largest number or the mean of windows. A unit is one output row of a picture.
final class PreparedPlainPool: PreparedOperation {
    private let parameters: PlainPoolParameters
    private let places: WindowPlaces
    private let input: PlainView

    init(_ parameters: PlainPoolParameters, input: PlainView, output: TensorView) {
        self.parameters = parameters
        self.input = input
        places = WindowPlaces(parameters.window, on: input.tensor)
        super.init(
            output: output, units: output.tensor.shape[0] * output.tensor.shape[1],
            cost: output.tensor.count * parameters.windowY * parameters.windowX, kernelName: "pool_portable")
    }

    override func run(_ units: Range<Int>, part: Int) {
        let (width, channels) = (output.tensor.shape[2], places.channels)
        for unit in units {
            for column in 0..<width {
                run(
                    unit, column,
                    (output.start + 4 * (unit * width + column) * channels).assumingMemoryBound(to: Float.self))
            }
        }
    }

    private func run(_ line: Int, _ column: Int, _ result: UnsafeMutablePointer<Float>) {
        let isMaximum = parameters.kind == .maximum
        let function = isMaximum ? ArithmeticFunction.maximum : ArithmeticFunction.addition
        let channels = places.channels
        let height = output.tensor.shape[1]
        result.update(repeating: isMaximum ? -.infinity : 0, count: channels)
        var count = 0
        for tapY in 0..<parameters.windowY {
            guard let y = places.row(line % height, tap: tapY) else { continue }
            let row = (line / height * places.height + y) * places.width
            for tapX in 0..<parameters.windowX {
                let x = places.column(tap: tapX) + column * parameters.window.strideX
                guard (0..<places.width).contains(x) else { continue }
                plain_arithmetic_reals(
                    function.rawValue, result, 1, input.floats((row + x) * channels), 1, result, channels)
                count += 1
            }
        }
        guard !isMaximum else { return }
        if parameters.kind == .averageWithPadding { count = parameters.windowY * parameters.windowX }
        var divisor = Float(max(count, 1))
        plain_arithmetic_reals(ArithmeticFunction.division.rawValue, result, 1, &divisor, 0, result, channels)
    }
}
