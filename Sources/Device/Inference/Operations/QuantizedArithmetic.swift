internal import EdgeFormat
internal import Kernels
internal import Platform

/// A tensor that arithmetic reads: in the arena or, where it is constant, in memory of its own.
struct ArithmeticOperand {
    let view: TensorView
    let owned: ReservedMemory?

    init(view: TensorView, owned: ReservedMemory?) {
        self.view = view
        self.owned = owned
    }

    /// A constant's logical bytes as they lie in memory.
    init(constant tensor: ModelTensor, _ bytes: UnsafeRawBufferPointer) throws(EdgeError) {
        let memory = try ReservedMemory(bytes: tensor.homeSize, for: "a constant")
        view = TensorView(tensor, at: memory.base)
        owned = memory
        view.write(bytes)
    }
}

/// A function of two tensors, broadcast. A unit is a few rows.
final class PreparedQuantizedArithmetic: PreparedOperation {
    private let a: ArithmeticOperand
    private let b: ArithmeticOperand
    private let walk: BroadcastWalk
    private let kernel: arithmetic_kernel
    /// Of the first row.
    private let first: arithmetic_arguments

    init(
        _ function: ArithmeticFunction, row: kernel_row, kernel: arithmetic_kernel, _ a: ArithmeticOperand,
        _ b: ArithmeticOperand, output: TensorView
    ) {
        self.a = a
        self.b = b
        self.kernel = kernel
        walk = BroadcastWalk(output, a.view, b.view)
        let factors = Self.factors(function, a.view.scale, b.view.scale, output.scale)
        first = arithmetic_arguments(
            function: function == .subtraction ? ArithmeticFunction.addition.rawValue : function.rawValue,
            a: a.view.start, b: b.view.start, a_is_16: a.view.is16, b_is_16: b.view.is16,
            a_zero_point: a.view.memoryZeroPoint, b_zero_point: b.view.memoryZeroPoint,
            a_step: walk.steps[1] == 0 ? 0 : 1, b_step: walk.steps[2] == 0 ? 0 : 1, a_stride: walk.strides[1],
            b_stride: walk.strides[2], a_factor: factors.a, b_factor: factors.b, output: output.start,
            output_stride: walk.strides[0], output_is_16: output.is16, zero_point: output.memoryZeroPoint,
            minimum: output.memoryMinimum, maximum: output.memoryMaximum, rows: 0, count: Int32(walk.count))
        super.init(
            output: output, units: walk.units, cost: 8 * output.tensor.count, kernelName: String(cString: row.name))
    }

    /// What the kernel multiplies by: a difference is a sum with the second sign turned.
    private static func factors(
        _ function: ArithmeticFunction, _ a: Float, _ b: Float, _ output: Float
    ) -> (a: Float, b: Float) {
        switch function {
        case .multiplication: (a * b / output, 1)
        case .subtraction: (a / output, -(b / output))
        default: (a / output, b / output)
        }
    }

    override func run(_ units: Range<Int>, part: Int) {
        for unit in units {
            let piece = walk.piece(unit)
            var arguments = first
            arguments.rows = Int32(piece.rows)
            arguments.output += walk.place(0, piece)
            arguments.a += walk.place(1, piece)
            arguments.b += walk.place(2, piece)
            kernel(&arguments)
        }
    }
}

/// How an output and the operands that broadcast to it are walked through: rows of values, many rows at a time. Axes that
/// all three walk through alike are taken together, as far as rows stay short enough to be shared among threads.
struct BroadcastWalk {
    /// Values a row.
    let count: Int
    /// Of output and operands: bytes from value to value, 0 where one serves for a row; and from row to row.
    let steps: [Int]
    let strides: [Int]
    /// Rows that follow each other at one stride, and those of a piece.
    private let rows: Int
    private let rowsAtOnce: Int
    /// The axes around rows, for output and operands.
    private let outer: [Axes]

    /// Values that a piece has at most, where a row is not longer.
    private static let limit = 4096

    /// - Parameter operands: of shapes that broadcast to the output's.
    init(_ output: TensorView, _ operands: TensorView...) {
        let views = [output] + operands
        let shape = output.tensor.shape
        var axes: [(size: Int, steps: [Int])] = []
        for axis in shape.indices.reversed() where shape[axis] != 1 {
            let own = views.map { $0.step(axis, of: shape) }
            guard let last = axes.last, last.size * shape[axis] <= Self.limit,
                views.indices.allSatisfy({ own[$0] == last.steps[$0] * last.size })
            else {
                axes.append((shape[axis], own))
                continue
            }
            axes[axes.count - 1].size *= shape[axis]
        }
        let none = (size: 1, steps: [Int](repeating: 0, count: views.count))
        // A row's values are neighbours, which those of one column with a border are not.
        let areNeighbours = axes.first.map { axis in
            views.indices.allSatisfy { axis.steps[$0] == 0 || axis.steps[$0] == views[$0].tensor.element.size }
        }
        if areNeighbours == false { axes.insert(none, at: 0) }
        let (row, line) = (axes.first ?? none, axes.count > 1 ? axes[1] : none)
        let around = Array(axes.dropFirst(2).reversed())
        (count, steps, rows, strides) = (row.size, row.steps, line.size, line.steps)
        rowsAtOnce = min(max(Self.limit / row.size, 1), line.size)
        outer = views.indices.map { view in Axes(sizes: around.map { $0.size }, steps: around.map { $0.steps[view] }) }
    }

    private var pieces: Int { (rows + rowsAtOnce - 1) / rowsAtOnce }

    var units: Int { pieces * outer[0].count }

    /// The rows of a unit.
    func piece(_ unit: Int) -> (outer: Int, first: Int, rows: Int) {
        let first = unit % pieces * rowsAtOnce
        return (unit / pieces, first, min(rowsAtOnce, rows - first))
    }

    /// Bytes from a tensor's first element to its first in a piece.
    func place(_ tensor: Int, _ piece: (outer: Int, first: Int, rows: Int)) -> Int {
        outer[tensor].place(piece.outer) + piece.first * strides[tensor]
    }
}

extension TensorView {
    /// Bytes along an axis of a shape that it broadcasts to: 0 where it has no such axis, or one element along it.
    fileprivate func step(_ axis: Int, of target: [Int]) -> Int {
        let own = axis - (target.count - tensor.shape.count)
        return own < 0 || tensor.shape[own] == 1 ? 0 : pitch(own)
    }
}
