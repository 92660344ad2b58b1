import EdgeFormat

/// Slices of a tensor by computed indices along one axis. Inputs: data, and indices (int32, int64) of any shape, negative
/// ones from the end. Output: the data's shape with the indices' in the axis' place.
public struct Gather: Operation {
    public static let name = "gather"

    /// From 0.
    public var axis: Int

    public init(axis: Int) {
        self.axis = axis
    }

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        try expect(inputs, count: 2...2)
        let (data, indices) = (inputs[0], inputs[1])
        try expectIndices(indices)
        guard data.shape.indices.contains(axis) else {
            throw EdgeError(.data, at: "", "there is no axis \(axis) in \(Shape.text(data.shape))")
        }
        let shape = data.shape[..<axis] + indices.shape + data.shape[(axis + 1)...]
        _ = try Shape.elementCount(Array(shape))
        return [TensorType(data.element, Array(shape))]
    }

    public func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData] {
        try expectSameQuantization(inputs[0].type, outputs[0])
        guard let indices = inputs[1].data.indices else { throw notComputed(inputs) }
        let shape = inputs[0].type.shape
        let inner = shape[(axis + 1)...].reduce(1, *)
        let outer = shape[..<axis].reduce(1, *)
        let chosen = indices.map { Self.place($0, of: shape[axis]) }
        let places = (0..<outer).flatMap { block in
            chosen.flatMap { index in (0..<inner).map { (block * shape[axis] + index) * inner + $0 } }
        }
        return [inputs[0].data.gathered(places)]
    }

    /// An index from the front. Outside the axis it is that of the nearest element.
    static func place(_ index: Int64, of size: Int) -> Int {
        min(max(Int(index) &+ (index < 0 ? size : 0), 0), size - 1)
    }
}

extension Operation {
    func expectIndices(_ type: TensorType) throws(EdgeError) {
        guard type.element == .int64 || type.element == .int32 else {
            throw EdgeError(.data, at: "", "the indices are \(type.text); int64 or int32 are needed")
        }
        _ = try Shape.elementCount(type.shape)
    }
}

/// One element for each index: that of the same place but for the axis, where the index says which. Inputs: data, and
/// indices of as many axes. Output: the indices' shape.
public struct GatherElements: Operation {
    public static let name = "gather-elements"

    /// From 0.
    public var axis: Int

    public init(axis: Int) {
        self.axis = axis
    }

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        try expect(inputs, count: 2...2)
        let (data, indices) = (inputs[0], inputs[1])
        try expectIndices(indices)
        try expectWithin(indices.shape, data.shape, axis)
        return [TensorType(data.element, indices.shape)]
    }

    public func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData] {
        try expectSameQuantization(inputs[0].type, outputs[0])
        guard let indices = inputs[1].data.indices else { throw notComputed(inputs) }
        let places = elementPlaces(indices, inputs[1].type.shape, data: inputs[0].type.shape, axis)
        return [inputs[0].data.gathered(places)]
    }
}

extension Operation {
    /// Checks that indices for single elements of an axis have the data's axes, none longer but that one.
    func expectWithin(_ indices: [Int], _ data: [Int], _ axis: Int) throws(EdgeError) {
        guard indices.count == data.count, data.indices.contains(axis),
            indices.indices.allSatisfy({ $0 == axis || indices[$0] <= data[$0] })
        else {
            throw EdgeError(
                .data, at: "",
                "indices of shape \(Shape.text(indices)) do not fit data of shape \(Shape.text(data)) at axis \(axis)")
        }
    }

    /// For each index the number of the data's element that it means.
    func elementPlaces(_ indices: [Int64], _ shape: [Int], data: [Int], _ axis: Int) -> [Int] {
        let steps = Strides.rowMajor(data)
        var others = steps
        others[axis] = 0
        return zip(Strides.places(shape, steps: others), indices).map { place, index in
            place + Gather.place(index, of: data[axis]) * steps[axis]
        }
    }
}

/// Slices of a tensor by rows of indices, each for as many leading axes behind the batch axes. Inputs: data, and indices
/// …·K. Output: the indices' shape without K, then the data's axes that they do not name.
public struct GatherND: Operation {
    public static let name = "gather-nd"

    /// Leading axes that data and indices have in common.
    public var batchAxes: Int

    public init(batchAxes: Int = 0) {
        self.batchAxes = batchAxes
    }

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        try expect(inputs, count: 2...2)
        let (data, indices) = (inputs[0], inputs[1])
        try expectIndices(indices)
        guard let depth = indices.shape.last, batchAxes >= 0, batchAxes < indices.shape.count,
            batchAxes + depth <= data.shape.count, data.shape[..<batchAxes] == indices.shape[..<batchAxes]
        else { throw EdgeError(.data, at: "", "\(indices.text) as indices of \(data.text)") }
        let shape = Array(indices.shape.dropLast() + data.shape[(batchAxes + depth)...])
        _ = try Shape.elementCount(shape)
        return [TensorType(data.element, shape)]
    }

    public func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData] {
        try expectSameQuantization(inputs[0].type, outputs[0])
        guard let indices = inputs[1].data.indices else { throw notComputed(inputs) }
        let starts = sliceStarts(indices, inputs[1].type.shape, data: inputs[0].type.shape, batchAxes: batchAxes)
        let size = inputs[0].type.shape[(batchAxes + (inputs[1].type.shape.last ?? 0))...].reduce(1, *)
        return [inputs[0].data.gathered(starts.flatMap { start in start..<start + size })]
    }
}

extension Operation {
    /// For each row of indices the number of the first element of the slice that it means.
    func sliceStarts(_ indices: [Int64], _ shape: [Int], data: [Int], batchAxes: Int = 0) -> [Int] {
        let depth = shape.last ?? 1
        let steps = Strides.rowMajor(data)
        let rows = indices.count / max(depth, 1)
        let batches = data[..<batchAxes].reduce(1, *)
        return (0..<rows).map { row in
            let batch = row / max(rows / batches, 1)
            let start = batch * data[batchAxes...].reduce(1, *)
            return (0..<depth).reduce(start) { place, k in
                let axis = batchAxes + k
                return place + Gather.place(indices[row * depth + k], of: data[axis]) * steps[axis]
            }
        }
    }
}
