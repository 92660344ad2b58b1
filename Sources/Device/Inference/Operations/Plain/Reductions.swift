internal import EdgeFormat
internal import Kernels

/// One number of all elements along some axes. A unit is one result, or a chunk of neighbouring results where the last
/// axis stays. Elements are taken in row by row, whatever the threads.
final class PreparedReduction: PreparedOperation {
    private let kind: Int32
    private let input: PlainView
    private let result: PlainView
    private let scratch: Scratch
    /// Elements that one result is made of.
    private let count: Int
    /// The axes that stay, and those that go, without the last one of the input.
    private let kept: Axes
    private let reduced: Axes
    /// Elements of the last axis.
    private let last: Int
    private let keepsLast: Bool
    private let chunks: Int

    init(
        _ parameters: ReductionParameters, input: PlainView, result: PlainView, scratch: Scratch, output: TensorView
    ) {
        kind = parameters.kind.rawValue
        self.input = input
        self.result = result
        self.scratch = scratch
        let shape = input.tensor.shape
        let steps = Axes.rowMajor(shape)
        // Neighbouring axes that go the same way are one.
        var axes: [(size: Int, step: Int, isReduced: Bool)] = []
        for axis in shape.indices where shape[axis] != 1 {
            let isReduced = parameters.axes.contains(axis)
            if let before = axes.last, before.isReduced == isReduced {
                axes[axes.count - 1] = (before.size * shape[axis], steps[axis], isReduced)
            } else {
                axes.append((shape[axis], steps[axis], isReduced))
            }
        }
        let inner = axes.popLast() ?? (size: 1, step: 1, isReduced: false)
        last = inner.size
        keepsLast = !inner.isReduced
        chunks = keepsLast ? (last + Chunk.size - 1) / Chunk.size : 1
        let (stay, go) = (axes.filter { !$0.isReduced }, axes.filter { $0.isReduced })
        kept = Axes(sizes: stay.map { $0.size }, steps: stay.map { $0.step })
        reduced = Axes(sizes: go.map { $0.size }, steps: go.map { $0.step })
        count = input.tensor.count / output.tensor.count
        super.init(
            output: output, units: kept.count * chunks, cost: 2 * input.tensor.count, kernelName: "reduction_portable")
    }

    override func run(_ units: Range<Int>, part: Int) {
        let buffer = scratch.memory(part)
        for unit in units {
            let first = unit % chunks * Chunk.size
            let results = keepsLast ? min(Chunk.size, last - first) : 1
            let source = kept.place(unit / chunks) + first
            let target = keepsLast ? unit / chunks * last + first : unit
            if input.isFloat {
                reduceReals(source, results, to: target, buffer)
            } else {
                reduceWholes(source, results, to: target, buffer)
            }
        }
    }

    /// - Parameters:
    ///   - source: the first element of the first result.
    ///   - count: neighbouring results.
    private func reduceReals(_ source: Int, _ results: Int, to target: Int, _ buffer: UnsafeMutableRawPointer) {
        let sums = (buffer + Chunk.bytes).assumingMemoryBound(to: Double.self)
        sums.update(repeating: plain_reduction_start_reals(kind), count: results)
        for number in 0..<reduced.count {
            let start = source + reduced.place(number)
            if keepsLast {
                plain_reduce_reals(kind, input.reals(start, results, buffer), results, sums, 1)
                continue
            }
            for from in stride(from: 0, to: last, by: Chunk.size) {
                let length = min(Chunk.size, last - from)
                plain_reduce_reals(kind, input.reals(start + from, length, buffer), length, sums, 0)
            }
        }
        let divisor = kind == ReductionKind.mean.rawValue ? Double(count) : 1
        let values = buffer.assumingMemoryBound(to: Float.self)
        for index in 0..<results { values[index] = Float(sums[index] / divisor) }
        plain_store_reals(result.element, result.address(target), results, values)
    }

    private func reduceWholes(_ source: Int, _ results: Int, to target: Int, _ buffer: UnsafeMutableRawPointer) {
        let sums = (buffer + Chunk.bytes).assumingMemoryBound(to: Int64.self)
        sums.update(repeating: plain_reduction_start_wholes(kind), count: results)
        for number in 0..<reduced.count {
            let start = source + reduced.place(number)
            if keepsLast {
                plain_reduce_wholes(kind, input.wholes(start, results, buffer), results, sums, 1)
                continue
            }
            for from in stride(from: 0, to: last, by: Chunk.size) {
                let length = min(Chunk.size, last - from)
                plain_reduce_wholes(kind, input.wholes(start + from, length, buffer), length, sums, 0)
            }
        }
        if kind == ReductionKind.mean.rawValue {
            for index in 0..<results { sums[index] /= Int64(count) }
        }
        plain_store_wholes(result.element, result.address(target), results, sums)
    }
}

/// The index of the largest or smallest element along an axis. A unit is one result.
final class PreparedArgumentReduction: PreparedOperation {
    private let parameters: ArgumentReductionParameters
    private let input: PlainView
    private let scratch: Scratch
    private let size: Int
    /// Elements from one index of the axis to the next.
    private let step: Int

    init(_ parameters: ArgumentReductionParameters, input: PlainView, scratch: Scratch, output: TensorView) {
        self.parameters = parameters
        self.input = input
        self.scratch = scratch
        size = input.tensor.shape[parameters.axis]
        step = input.tensor.shape[(parameters.axis + 1)...].product
        super.init(
            output: output, units: output.tensor.count, cost: 4 * input.tensor.count,
            kernelName: "argument_reduction_portable")
    }

    override func run(_ units: Range<Int>, part: Int) {
        let buffer = scratch.memory(part)
        let indices = output.start.assumingMemoryBound(to: Int64.self)
        for unit in units {
            let start = unit / step * size * step + unit % step
            indices[unit] =
                input.isFloat
                ? best(start, buffer.assumingMemoryBound(to: Float.self)) { place, count, values in
                    plain_load_reals(input.element, input.address(place), step, count, values)
                }
                : best(start, buffer.assumingMemoryBound(to: Int64.self)) { place, count, values in
                    plain_load_wholes(input.element, input.address(place), step, count, values)
                }
        }
    }

    @inline(__always)
    private func best<Number: Comparable>(
        _ start: Int, _ values: UnsafeMutablePointer<Number>, _ load: (Int, Int, UnsafeMutablePointer<Number>) -> Void
    ) -> Int64 {
        var (best, index) = (values[0], 0)
        for from in stride(from: 0, to: size, by: Chunk.size) {
            let count = min(Chunk.size, size - from)
            load(start + from * step, count, values)
            if from == 0 { best = values[0] }
            for offset in 0..<count {
                let value = values[offset]
                let isBetter = parameters.isMaximum ? value > best : value < best
                guard isBetter || parameters.selectsLast && value == best else { continue }
                (best, index) = (value, from + offset)
            }
        }
        return Int64(index)
    }
}

/// Softmax over the last axis, or its logarithm. A unit is one row.
final class PreparedPlainSoftmax: PreparedOperation {
    private let input: PlainView
    private let isLogarithm: Bool
    private let length: Int

    init(isLogarithm: Bool, input: PlainView, output: TensorView) {
        self.isLogarithm = isLogarithm
        self.input = input
        length = output.tensor.shape.last ?? 1
        super.init(
            output: output, units: output.tensor.count / length, cost: 32 * output.tensor.count,
            kernelName: "softmax_portable")
    }

    override func run(_ units: Range<Int>, part: Int) {
        let results = output.start.assumingMemoryBound(to: Float.self)
        for unit in units {
            plain_softmax_f32(
                input.floats(unit * length), results + unit * length, length, isLogarithm ? 1 : 0)
        }
    }
}

/// The k best elements along the last axis, best first, of equal ones the first. A unit is one row. The indices are kept in
/// a heap with the worst on top, in the memory of the output.
final class PreparedTopK: PreparedOperation {
    private let isLargest: Bool
    private let input: PlainView
    private let values: PlainView
    private let indices: UnsafeMutablePointer<Int64>
    private let length: Int
    private let count: Int

    init(isLargest: Bool, input: PlainView, values: PlainView, indices: PlainView, output: TensorView) {
        self.isLargest = isLargest
        self.input = input
        self.values = values
        self.indices = indices.start.assumingMemoryBound(to: Int64.self)
        length = input.tensor.shape.last ?? 1
        count = values.tensor.shape.last ?? 1
        super.init(
            output: output, units: values.tensor.count / count, cost: 16 * input.tensor.count,
            kernelName: "top_k_portable")
    }

    override func run(_ units: Range<Int>, part: Int) {
        for unit in units {
            let heap = indices + unit * count
            let row = unit * length
            for index in 0..<count { heap[index] = Int64(index) }
            for top in stride(from: count / 2 - 1, through: 0, by: -1) { sink(top, heap, count, row) }
            for index in count..<max(length, count) where precedes(Int64(index), heap[0], row) {
                heap[0] = Int64(index)
                sink(0, heap, count, row)
            }
            for end in stride(from: count - 1, to: 0, by: -1) {
                (heap[0], heap[end]) = (heap[end], heap[0])
                sink(0, heap, end, row)
            }
            for index in 0..<count {
                let source = input.address(row + Int(heap[index]))
                Elements.copy(source, to: values.address(unit * count + index), size: input.size)
            }
        }
    }

    /// Lets the entry `top` of the first `count` sink below those that are worse.
    private func sink(_ top: Int, _ heap: UnsafeMutablePointer<Int64>, _ count: Int, _ row: Int) {
        var place = top
        while 2 * place + 1 < count {
            var child = 2 * place + 1
            if child + 1 < count, precedes(heap[child], heap[child + 1], row) { child += 1 }
            guard precedes(heap[place], heap[child], row) else { return }
            (heap[place], heap[child]) = (heap[child], heap[place])
            place = child
        }
    }

    /// Whether one element of a row comes before another one.
    private func precedes(_ i: Int64, _ j: Int64, _ row: Int) -> Bool {
        if input.isFloat {
            var (a, b): (Float, Float) = (0, 0)
            plain_load_reals(input.element, input.address(row + Int(i)), 1, 1, &a)
            plain_load_reals(input.element, input.address(row + Int(j)), 1, 1, &b)
            return a == b ? i < j : isLargest ? a > b : a < b
        }
        var (a, b): (Int64, Int64) = (0, 0)
        plain_load_wholes(input.element, input.address(row + Int(i)), 1, 1, &a)
        plain_load_wholes(input.element, input.address(row + Int(j)), 1, 1, &b)
        return a == b ? i < j : isLargest ? a > b : a < b
    }
}
