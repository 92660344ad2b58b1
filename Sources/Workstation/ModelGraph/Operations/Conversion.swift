import EdgeFormat

/// The same numbers in another element type. Floats become integers towards zero, cut to the type's range; a truth value
/// is whether a number is not 0.
public struct Conversion: Operation {
    public static let name = "conversion"

    public var element: ElementType

    public init(to element: ElementType) {
        self.element = element
    }

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        [TensorType(element, try sameType(inputs, ElementType.allCases)[0].shape)]
    }

    public func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData] {
        guard inputs[0].type.isPlain else { throw notComputed(inputs) }
        if inputs[0].type.element == element { return [inputs[0].data] }
        if let reals = inputs[0].data.reals { return [TensorData(element, reals: reals)] }
        guard let wholes = inputs[0].data.wholes else { throw notComputed(inputs) }
        return [TensorData(element, wholes: wholes)]
    }
}
