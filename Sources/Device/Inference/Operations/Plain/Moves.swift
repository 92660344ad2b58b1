internal import EdgeFormat
internal import Kernels

/// Elements in other places, by a table for each axis. A unit is one run of neighbours, or a row of single elements.
final class PreparedRearrangement: PreparedOperation {
    private let input: UnsafeMutableRawPointer
    private let size: Int
    private let fill: UInt64
    /// In the file: the tables, Int32, axis after axis.
    private let tables: UnsafeRawBufferPointer
    /// Sizes of the axes before a unit, and where their tables begin.
    private let outer: [(size: Int, table: Int)]
    /// Elements a unit, and where its table begins; nil where they are neighbours in the input too.
    private let length: Int
    private let inner: Int?
    /// The first element of every run.
    private let base: Int

    /// - Parameter fill: as in memory.
    init(
        _ tables: UnsafeRawBufferPointer, fill: UInt64, input: UnsafeMutableRawPointer, output: TensorView
    ) {
        self.tables = tables
        self.fill = fill
        self.input = input
        size = output.tensor.element.size
        var axes: [(size: Int, table: Int)] = []
        var place = 0
        for size in output.tensor.shape {
            axes.append((size, place))
            place += size
        }
        var (run, base) = (1, 0)
        while let axis = axes.last, let first = Self.firstOfRun(tables, axis, step: run) {
            run *= axis.size
            base += first
            axes.removeLast()
        }
        self.base = base
        if run == 1, let axis = axes.popLast() {
            (length, inner) = (axis.size, axis.table)
        } else {
            (length, inner) = (run, nil)
        }
        outer = axes
        super.init(
            output: output, units: axes.reduce(1) { $0 * $1.size }, cost: output.tensor.logicalSize,
            kernelName: "rearrangement_portable")
    }

    /// The first entry of an axis whose entries are `step` apart, so that whole runs behind it are one; nil of others.
    private static func firstOfRun(
        _ tables: UnsafeRawBufferPointer, _ axis: (size: Int, table: Int), step: Int
    ) -> Int? {
        let first = entry(tables, axis.table)
        guard first >= 0 else { return nil }
        for index in 1..<max(axis.size, 1) where entry(tables, axis.table + index) != first + index * step {
            return nil
        }
        return first
    }

    private static func entry(_ tables: UnsafeRawBufferPointer, _ index: Int) -> Int {
        Int(Int32(littleEndian: tables.loadUnaligned(fromByteOffset: 4 * index, as: Int32.self)))
    }

    override func run(_ units: Range<Int>, part: Int) {
        for unit in units {
            let target = output.start + unit * length * size
            let source = start(unit)
            if let inner {
                for index in 0..<length {
                    let entry = source < 0 ? -1 : Self.entry(tables, inner + index)
                    move(entry < 0 ? -1 : source + entry, to: target + index * size)
                }
            } else if source >= 0 {
                target.copyMemory(from: input + source * size, byteCount: length * size)
            } else {
                for index in 0..<length { move(-1, to: target + index * size) }
            }
        }
    }

    /// The element that the tables of the outer axes name, or −1.
    private func start(_ unit: Int) -> Int {
        var (rest, place) = (unit, base)
        for axis in outer.reversed() {
            let entry = Self.entry(tables, axis.table + rest % axis.size)
            if entry < 0 { return -1 }
            place += entry
            rest /= axis.size
        }
        return place
    }

    @inline(__always)
    private func move(_ place: Int, to target: UnsafeMutableRawPointer) {
        guard place < 0 else { return Elements.copy(input + place * size, to: target, size: size) }
        switch size {
        case 1: target.storeBytes(of: UInt8(truncatingIfNeeded: fill), as: UInt8.self)
        case 2: target.storeBytes(of: UInt16(truncatingIfNeeded: fill), as: UInt16.self)
        case 4: target.storeBytes(of: UInt32(truncatingIfNeeded: fill), as: UInt32.self)
        default: target.storeBytes(of: fill, as: UInt64.self)
        }
    }
}

/// Tensors one after the other along an axis. A unit is what lies behind one index of the axes before it.
final class PreparedPlainConcatenation: PreparedOperation {
    private let inputs: [PlainView]
    /// For each input the bytes that lie behind one index of the axes before.
    private let runs: [Int]

    init(_ inputs: [PlainView], axis: Int, output: TensorView) {
        self.inputs = inputs
        runs = inputs.map { $0.size * $0.tensor.shape[axis...].product }
        super.init(
            output: output, units: output.tensor.shape[..<axis].product, cost: output.tensor.logicalSize,
            kernelName: "concatenation_portable")
    }

    override func run(_ units: Range<Int>, part: Int) {
        let length = runs.reduce(0, +)
        for unit in units {
            var target = output.start + unit * length
            for index in inputs.indices {
                let source = inputs[index].start + unit * runs[index]
                if source != target { target.copyMemory(from: source, byteCount: runs[index]) }
                target += runs[index]
            }
        }
    }
}

/// A weighted sum of neighbours along one axis. A unit is one index of the axis and of those before it.
final class PreparedResampling: PreparedOperation {
    private let input: PlainView
    private let parameters: ResamplingParameters
    /// In the file: first neighbour, count and first weight of each index, then the weights.
    private let table: UnsafeRawBufferPointer
    private let inner: Int

    init(_ table: UnsafeRawBufferPointer, _ parameters: ResamplingParameters, input: PlainView, output: TensorView) {
        self.table = table
        self.parameters = parameters
        self.input = input
        inner = output.tensor.shape[(parameters.axis + 1)...].product
        super.init(
            output: output, units: output.tensor.count / inner, cost: 8 * output.tensor.count,
            kernelName: "resampling_portable")
    }

    override func run(_ units: Range<Int>, part: Int) {
        let (size, from) = (output.tensor.shape[parameters.axis], input.tensor.shape[parameters.axis])
        for unit in units {
            let target = (output.start + 4 * unit * inner).assumingMemoryBound(to: Float.self)
            let first = entry(3 * (unit % size))
            target.update(repeating: first < 0 ? parameters.fill : 0, count: inner)
            let source = input.floats((unit / size * from + max(first, 0)) * inner)
            let weight = 3 * size + entry(3 * (unit % size) + 2)
            for neighbour in 0..<entry(3 * (unit % size) + 1) {
                let bits = table.loadUnaligned(fromByteOffset: 4 * (weight + neighbour), as: UInt32.self)
                plain_add_scaled_f32(
                    target, Float(bitPattern: UInt32(littleEndian: bits)), source + neighbour * inner, inner)
            }
        }
    }

    private func entry(_ index: Int) -> Int {
        Int(Int32(littleEndian: table.loadUnaligned(fromByteOffset: 4 * index, as: Int32.self)))
    }
}
