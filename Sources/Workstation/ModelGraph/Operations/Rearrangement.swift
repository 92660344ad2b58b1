import EdgeFormat

/// Elements of the input in other places: transposition, slice, repetition, padding and all else that treats each axis of
/// the result by itself. Element (i₀, i₁, …) is the input's element number Σ tableₖ[iₖ], or `fill` where one of these is −1.
public struct Rearrangement: Operation {
    public static let name = "rearrangement"

    /// What it is for, in the field's word: `transpose`, `slice`.
    public var purpose: String
    public var inputShape: [Int]
    /// An entry an index, for each axis of the result: elements of the input from its first one, or −1.
    public var tables: [[Int32]]
    /// What stands where no element of the input does: a real, or an integer that is not quantized.
    public var fill: Double

    public init(_ purpose: String, of inputShape: [Int], tables: [[Int32]], fill: Double = 0) {
        self.purpose = purpose
        self.inputShape = inputShape
        self.tables = tables
        self.fill = fill
    }

    public var shape: [Int] { tables.map(\.count) }

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        let type = try sameType(inputs, ElementType.allCases)[0]
        _ = try Shape.elementCount(shape)
        guard type.shape == inputShape else {
            throw EdgeError(.data, at: "", "\(purpose) is for \(Shape.text(inputShape)), not \(type.text)")
        }
        var last = 0
        for table in tables {
            guard table.allSatisfy({ $0 >= -1 }) else { throw EdgeError(.data, at: "", "a place before the first") }
            last += Int(table.max() ?? 0)
        }
        guard last < type.count else {
            throw EdgeError(.data, at: "", "\(purpose) reads element \(last) of \(type.count)")
        }
        return [TensorType(type.element, shape)]
    }

    public func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData] {
        try expectSameQuantization(inputs[0].type, outputs[0])
        return [inputs[0].data.gathered(places, fill: fillElement(inputs[0].type))]
    }

    /// Where it takes neighbouring channels of pictures, N·H·W·C, and all else as it is: the first of them.
    public var firstChannel: Int? {
        guard inputShape.count == 4, tables.count == 4, let channels = tables.last, let first = channels.first,
            first >= 0, channels.count < inputShape[3],
            channels == Self.run(channels.count, step: 1).map({ $0 + first })
        else { return nil }
        let steps = Strides.rowMajor(inputShape)
        let keepsPixels = (0..<3).allSatisfy { tables[$0] == Self.run(inputShape[$0], step: steps[$0]) }
        return keepsPixels ? Int(first) : nil
    }

    /// Where it takes neighbouring elements in their order: the first of them.
    public var firstOfPiece: Int? {
        var (first, step) = (0, 1)
        for table in tables.reversed() {
            guard let start = table.first, start >= 0, table == Self.run(table.count, step: step).map({ $0 + start })
            else { return nil }
            first += Int(start)
            step *= table.count
        }
        return first
    }

    private var places: [Int] {
        var places = [0]
        for table in tables {
            places = places.flatMap { place in table.map { place < 0 || $0 < 0 ? -1 : place + Int($0) } }
        }
        return places
    }

    /// `fill` as an element of a tensor: quantized where that is.
    public func fillElement(_ type: TensorType) -> TensorData {
        if !type.isPlain, let quantization = type.quantization, quantization.axis == nil {
            return type.element == .int16
                ? .int16([quantization.quantize(word: Float(fill))]) : .int8([quantization.quantize(Float(fill))])
        }
        guard !type.element.isFloat else { return TensorData(type.element, reals: [Float(fill)]) }
        return TensorData(type.element, wholes: [Int64(exactly: fill.rounded(.towardZero)) ?? 0])
    }

    /// Where the first axis is that of the samples on both sides, it gets the new length.
    public func batched(from old: Int, to new: Int) -> Rearrangement {
        let sample = inputShape.dropFirst().reduce(1, *)
        guard inputShape.first == old, tables.first == Self.run(old, step: sample) else { return self }
        var other = self
        other.inputShape[0] = new
        other.tables[0] = Self.run(new, step: sample)
        return other
    }
}

extension Rearrangement {
    /// Axis k of the result is axis `order[k]` of the input.
    public static func transpose(_ shape: [Int], _ order: [Int]) -> Rearrangement {
        let steps = Strides.rowMajor(shape)
        return Rearrangement("transpose", of: shape, tables: order.map { axis in run(shape[axis], step: steps[axis]) })
    }

    /// `counts[k]` elements of axis k, the first at `starts[k]`, each `steps[k]` after the one before; all within.
    public static func slice(_ shape: [Int], starts: [Int], steps: [Int], counts: [Int]) -> Rearrangement {
        let strides = Strides.rowMajor(shape)
        return Rearrangement(
            "slice", of: shape,
            tables: shape.indices.map { axis in
                (0..<counts[axis]).map { Int32((starts[axis] + $0 * steps[axis]) * strides[axis]) }
            })
    }

    /// The input broadcast to a shape that it fits.
    public static func expansion(_ shape: [Int], to target: [Int]) -> Rearrangement {
        let padded = [Int](repeating: 1, count: target.count - shape.count) + shape
        let steps = Strides.rowMajor(padded)
        return Rearrangement(
            "expand", of: shape, tables: target.indices.map { run(target[$0], step: padded[$0] == 1 ? 0 : steps[$0]) })
    }

    /// The input `repeats[k]` times along axis k.
    public static func tiling(_ shape: [Int], repeats: [Int]) -> Rearrangement {
        let steps = Strides.rowMajor(shape)
        return Rearrangement(
            "tile", of: shape,
            tables: shape.indices.map { axis in
                (0..<shape[axis] * repeats[axis]).map { Int32($0 % shape[axis] * steps[axis]) }
            })
    }

    /// How elements outside the input are found.
    public enum PadMode: String, Sendable {
        case constant, reflect, edge, wrap
        /// As `reflect`, the edge itself repeated.
        case symmetric
    }

    /// Elements added before and after; negative amounts cut. Every mode but `constant` needs an element on each axis.
    public static func pad(
        _ shape: [Int], before: [Int], after: [Int], mode: PadMode, fill: Double = 0
    ) -> Rearrangement {
        let steps = Strides.rowMajor(shape)
        return Rearrangement(
            "pad", of: shape,
            tables: shape.indices.map { axis in
                (-before[axis]..<max(shape[axis] + after[axis], -before[axis])).map { index in
                    let place = mode.place(index, size: shape[axis])
                    return place < 0 ? -1 : Int32(place * steps[axis])
                }
            }, fill: fill)
    }

    /// The elements of each axis at the places given, −1 for `fill`.
    public static func selection(
        _ purpose: String, _ shape: [Int], places: [[Int]], fill: Double = 0
    ) -> Rearrangement {
        let steps = Strides.rowMajor(shape)
        return Rearrangement(
            purpose, of: shape,
            tables: shape.indices.map { axis in places[axis].map { $0 < 0 ? -1 : Int32($0 * steps[axis]) } },
            fill: fill)
    }

    private static func run(_ count: Int, step: Int) -> [Int32] { (0..<count).map { Int32($0 * step) } }
}

extension Rearrangement.PadMode {
    /// The element of an axis that stands at an index inside or outside of it; −1 for none.
    fileprivate func place(_ index: Int, size: Int) -> Int {
        if (0..<size).contains(index) { return index }
        switch self {
        case .constant: return -1
        case .edge: return index < 0 ? 0 : size - 1
        case .wrap: return ((index % size) + size) % size
        case .reflect:
            guard size > 1 else { return 0 }
            let period = 2 * (size - 1)
            let place = ((index % period) + period) % period
            return place < size ? place : period - place
        case .symmetric:
            let place = ((index % (2 * size)) + 2 * size) % (2 * size)
            return place < size ? place : 2 * size - 1 - place
        }
    }
}
