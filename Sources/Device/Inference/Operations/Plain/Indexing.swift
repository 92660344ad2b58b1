internal import EdgeFormat
internal import Kernels

/// Slices of the data by an index each. A unit is one slice: what lies behind one index of the axis.
final class PreparedGather: PreparedOperation {
    private let data: PlainView
    private let indices: PlainView
    private let size: Int
    /// Bytes of a slice.
    private let length: Int

    init(axis: Int, data: PlainView, indices: PlainView, output: TensorView) {
        self.data = data
        self.indices = indices
        size = data.tensor.shape[axis]
        length = data.size * data.tensor.shape[(axis + 1)...].product
        super.init(
            output: output, units: output.tensor.logicalSize / length, cost: output.tensor.logicalSize,
            kernelName: "gather_portable")
    }

    override func run(_ units: Range<Int>, part: Int) {
        let count = indices.tensor.count
        for unit in units {
            let index = indices.index(unit % count, below: size)
            (output.start + unit * length).copyMemory(
                from: data.start + (unit / count * size + index) * length, byteCount: length)
        }
    }
}

/// The place of an element whose index along one axis is data, and along the others its own.
struct ElementIndices {
    private let indices: PlainView
    private let own: Axes
    private let size: Int
    private let step: Int

    init(_ indices: PlainView, axis: Int, of data: PlainView) {
        self.indices = indices
        var steps = Axes.rowMajor(data.tensor.shape)
        step = steps[axis]
        size = data.tensor.shape[axis]
        steps[axis] = 0
        own = Axes(sizes: indices.tensor.shape, steps: steps)
    }

    /// Of index number `number`.
    func place(_ number: Int) -> Int { own.place(number) + indices.index(number, below: size) * step }
}

/// One element an index. A unit is one.
final class PreparedGatherElements: PreparedOperation {
    private let data: PlainView
    private let places: ElementIndices

    init(axis: Int, data: PlainView, indices: PlainView, output: TensorView) {
        self.data = data
        places = ElementIndices(indices, axis: axis, of: data)
        super.init(
            output: output, units: output.tensor.count, cost: 8 * output.tensor.count,
            kernelName: "gather_elements_portable")
    }

    override func run(_ units: Range<Int>, part: Int) {
        for unit in units {
            Elements.copy(
                data.address(places.place(unit)), to: output.start + unit * data.size, size: data.size)
        }
    }
}

/// The place of a slice that a row of indices names.
struct SliceIndices {
    private let indices: PlainView
    private let depth: Int
    private let sizes: [Int]
    private let steps: [Int]
    /// Rows and elements of one index of the batch.
    private let rows: Int
    private let batchStep: Int
    /// Elements of a slice.
    let length: Int
    /// Rows of all.
    let count: Int

    init(_ indices: PlainView, batchAxes: Int, of data: PlainView) {
        self.indices = indices
        let shape = data.tensor.shape
        let depth = indices.tensor.shape.last ?? 1
        self.depth = depth
        sizes = Array(shape[batchAxes..<batchAxes + depth])
        steps = Array(Axes.rowMajor(shape)[batchAxes..<batchAxes + depth])
        length = shape[(batchAxes + depth)...].product
        batchStep = shape[batchAxes...].product
        count = indices.tensor.count / depth
        rows = count / shape[..<batchAxes].product
    }

    func place(_ row: Int) -> Int {
        var place = row / rows * batchStep
        for axis in 0..<depth { place += indices.index(row * depth + axis, below: sizes[axis]) * steps[axis] }
        return place
    }
}

/// One slice a row of indices. A unit is one.
final class PreparedGatherND: PreparedOperation {
    private let data: PlainView
    private let places: SliceIndices

    init(_ places: SliceIndices, data: PlainView, output: TensorView) {
        self.data = data
        self.places = places
        super.init(
            output: output, units: places.count, cost: output.tensor.logicalSize, kernelName: "gather_nd_portable")
    }

    override func run(_ units: Range<Int>, part: Int) {
        let size = places.length * data.size
        for unit in units {
            (output.start + unit * size).copyMemory(from: data.address(places.place(unit)), byteCount: size)
        }
    }
}

/// The data with updates at some places, one after the other. A single unit, since places may be named twice.
final class PreparedScatter: PreparedOperation {
    enum Places {
        case elements(ElementIndices)
        case slices(SliceIndices)
    }

    private let reduction: ScatterUpdate
    private let places: Places
    private let data: PlainView
    private let updates: PlainView
    private let result: PlainView
    private let scratch: Scratch

    init(
        _ reduction: ScatterUpdate, _ places: Places, data: PlainView, updates: PlainView, result: PlainView,
        scratch: Scratch, output: TensorView
    ) {
        self.reduction = reduction
        self.places = places
        self.data = data
        self.updates = updates
        self.result = result
        self.scratch = scratch
        super.init(
            output: output, units: 1, cost: output.tensor.logicalSize + 8 * updates.tensor.count,
            kernelName: "scatter_portable")
    }

    override func run(_ units: Range<Int>, part: Int) {
        guard !units.isEmpty else { return }
        let buffer = scratch.memory(part)
        result.start.copyMemory(from: data.start, byteCount: data.tensor.logicalSize)
        switch places {
        case .elements(let indices):
            for number in 0..<updates.tensor.count { update(indices.place(number), from: number, 1, buffer) }
        case .slices(let slices):
            for row in 0..<slices.count {
                let place = slices.place(row)
                for from in stride(from: 0, to: slices.length, by: Chunk.size) {
                    let count = min(Chunk.size, slices.length - from)
                    update(place + from, from: row * slices.length + from, count, buffer)
                }
            }
        }
    }

    private func update(_ place: Int, from update: Int, _ count: Int, _ buffer: UnsafeMutableRawPointer) {
        guard let function = reduction.function?.rawValue else {
            result.address(place).copyMemory(from: updates.address(update), byteCount: count * result.size)
            return
        }
        let (second, third) = (buffer + Chunk.bytes, buffer + 2 * Chunk.bytes)
        if result.isFloat {
            let sums = third.assumingMemoryBound(to: Float.self)
            plain_arithmetic_reals(
                function, result.reals(place, count, buffer), 1, updates.reals(update, count, second), 1, sums, count)
            plain_store_reals(result.element, result.address(place), count, sums)
        } else {
            let sums = third.assumingMemoryBound(to: Int64.self)
            plain_arithmetic_wholes(
                function, result.wholes(place, count, buffer), 1, updates.wholes(update, count, second), 1, sums, count)
            plain_store_wholes(result.element, result.address(place), count, sums)
        }
    }
}

extension ScatterUpdate {
    /// What becomes of an element and its update; nil where the update replaces it.
    fileprivate var function: ArithmeticFunction? {
        switch self {
        case .replace: nil
        case .addition: .addition
        case .multiplication: .multiplication
        case .maximum: .maximum
        case .minimum: .minimum
        }
    }
}
