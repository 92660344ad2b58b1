// Operations whose indices are data: a negative index counts from the end, and what is still outside is cut to the nearest
// one while the operation runs.

/// What an update does to the element that it meets; the numbers stand in the file.
public enum ScatterUpdate: Int, CaseIterable, Sendable {
    case replace = 0
    case addition, multiplication, maximum, minimum

    fileprivate init(_ context: OperationContext, at index: Int) throws(EdgeError) {
        guard let reduction = ScatterUpdate(rawValue: context.parameter(index)) else {
            throw context.fail("has an unknown reduction")
        }
        self = reduction
    }
}

extension OperationContext {
    /// Data, indices and, for what is scattered, updates; the output has the data's type.
    fileprivate func checkIndexed(_ count: Int) throws(EdgeError) {
        try checkPlain(inputs: count...count)
        guard input(1).element.isIndex else { throw fail("has indices that are neither int32 nor int64") }
        guard output.element == input(0).element, count < 3 || input(2).element == output.element else {
            throw fail("changes the type")
        }
    }

    /// Indices for each axis but one stay within the data's.
    fileprivate func checkElementIndices() throws(EdgeError) -> Int {
        let (data, indices) = (input(0).shape, input(1).shape)
        let axis = try axis(0, of: data)
        guard indices.count == data.count,
            data.indices.allSatisfy({ $0 == axis || indices[$0] <= data[$0] })
        else { throw fail("has indices that do not fit its data") }
        return axis
    }
}

func checkGather(_ context: OperationContext) throws(EdgeError) -> Int {
    try context.checkIndexed(2)
    let data = context.input(0).shape
    let axis = try context.axis(0, of: data)
    try context.checkOutput(Array(data[..<axis]) + context.input(1).shape + Array(data[(axis + 1)...]))
    return axis
}

func checkGatherElements(_ context: OperationContext) throws(EdgeError) -> Int {
    try context.checkIndexed(2)
    let axis = try context.checkElementIndices()
    try context.checkOutput(context.input(1).shape)
    return axis
}

/// The last axis of the indices names an element of the data's axes after the batch's, or a part of them.
func checkGatherND(_ context: OperationContext) throws(EdgeError) -> Int {
    try context.checkIndexed(2)
    let (data, indices) = (context.input(0).shape, context.input(1).shape)
    let batch = context.parameter(0)
    guard let depth = indices.last, batch >= 0, batch < indices.count, batch + depth <= data.count,
        data[..<batch] == indices[..<batch]
    else { throw context.fail("has indices that do not fit its data") }
    try context.checkOutput(Array(indices.dropLast()) + Array(data[(batch + depth)...]))
    return batch
}

func checkScatterElements(_ context: OperationContext) throws(EdgeError) -> (ScatterUpdate, axis: Int) {
    try context.checkIndexed(3)
    let axis = try context.checkElementIndices()
    guard context.input(2).shape == context.input(1).shape else { throw context.fail("has not one update an index") }
    try context.checkOutput(context.input(0).shape)
    return (try ScatterUpdate(context, at: 1), axis)
}

func checkScatterND(_ context: OperationContext) throws(EdgeError) -> ScatterUpdate {
    try context.checkIndexed(3)
    let (data, indices) = (context.input(0).shape, context.input(1).shape)
    guard let depth = indices.last, depth <= data.count,
        context.input(2).shape == Array(indices.dropLast()) + Array(data[depth...])
    else { throw context.fail("has indices or updates that do not fit its data") }
    try context.checkOutput(data)
    return try ScatterUpdate(context, at: 0)
}
