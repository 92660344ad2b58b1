import EdgeFormat

/// How an update meets the element that is there. Of several updates of one element the later ones come later.
public enum ScatterReduction: String, CaseIterable, Sendable {
    case none, addition, multiplication, maximum, minimum

    fileprivate var arithmetic: Arithmetic? {
        switch self {
        case .none: nil
        case .addition: Arithmetic(.addition)
        case .multiplication: Arithmetic(.multiplication)
        case .maximum: Arithmetic(.maximum)
        case .minimum: Arithmetic(.minimum)
        }
    }
}

/// The data with single elements updated: each at its update's place but for the axis, where the index says which.
/// Inputs: data, indices, and updates of the indices' shape.
public struct ScatterElements: Operation {
    public static let name = "scatter-elements"

    /// From 0.
    public var axis: Int
    public var reduction: ScatterReduction

    public init(axis: Int, reduction: ScatterReduction = .none) {
        self.axis = axis
        self.reduction = reduction
    }

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        try expect(inputs, count: 3...3)
        let (data, indices, updates) = (inputs[0], inputs[1], inputs[2])
        try expectIndices(indices)
        try expectWithin(indices.shape, data.shape, axis)
        guard updates.shape == indices.shape, updates.element == data.element else {
            throw EdgeError(.data, at: "", "updates are \(updates.text) for indices \(indices.text)")
        }
        return [TensorType(data.element, data.shape)]
    }

    public func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData] {
        guard let indices = inputs[1].data.indices else { throw notComputed(inputs) }
        let places = elementPlaces(indices, inputs[1].type.shape, data: inputs[0].type.shape, axis)
        return [try inputs[0].data.updated(places, by: inputs[2].data, reduction)]
    }
}

/// The data with slices updated, each by the row of indices that names it. Inputs: data, indices …·K, and updates of the
/// indices' shape without K, then the data's axes that they do not name.
public struct ScatterND: Operation {
    public static let name = "scatter-nd"

    public var reduction: ScatterReduction

    public init(reduction: ScatterReduction = .none) {
        self.reduction = reduction
    }

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        try expect(inputs, count: 3...3)
        let (data, indices, updates) = (inputs[0], inputs[1], inputs[2])
        try expectIndices(indices)
        guard let depth = indices.shape.last, depth <= data.shape.count,
            updates.shape == Array(indices.shape.dropLast() + data.shape[depth...]), updates.element == data.element
        else { throw EdgeError(.data, at: "", "updates are \(updates.text) for indices \(indices.text)") }
        return [TensorType(data.element, data.shape)]
    }

    public func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData] {
        guard let indices = inputs[1].data.indices else { throw notComputed(inputs) }
        let starts = sliceStarts(indices, inputs[1].type.shape, data: inputs[0].type.shape)
        let size = inputs[0].type.shape[(inputs[1].type.shape.last ?? 0)...].reduce(1, *)
        let places = starts.flatMap { start in start..<start + size }
        return [try inputs[0].data.updated(places, by: inputs[2].data, reduction)]
    }
}

extension TensorData {
    /// The elements with those at some places updated, one update after the other.
    fileprivate func updated(
        _ places: [Int], by updates: TensorData, _ reduction: ScatterReduction
    ) throws(EdgeError) -> TensorData {
        guard let arithmetic = reduction.arithmetic else {
            // The last update of a place stands.
            var sources = Array(0..<count)
            for (index, place) in places.enumerated() { sources[place] = count + index }
            return followed(by: updates).gathered(sources)
        }
        let scalar = TensorType(elementType, [1])
        if var reals, let new = updates.reals {
            for (place, update) in zip(places, new) {
                let pair = [(scalar, TensorData.float32([reals[place]])), (scalar, .float32([update]))]
                reals[place] = try arithmetic.evaluate(pair, outputs: [scalar])[0].reals?[0] ?? 0
            }
            return TensorData(elementType, reals: reals)
        }
        guard var wholes, let new = updates.wholes else { return self }
        for (place, update) in zip(places, new) {
            let pair = [(scalar, TensorData.int64([wholes[place]])), (scalar, .int64([update]))]
            wholes[place] = try arithmetic.evaluate(pair, outputs: [scalar])[0].wholes?[0] ?? 0
        }
        return TensorData(elementType, wholes: wholes)
    }
}
