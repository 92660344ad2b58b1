import EdgeFormat

/// Checked arithmetic on shapes. Whatever passes `elementCount` is so small that sums and products of a few of its
/// dimensions and of a window's parameters cannot overflow an Int.
public enum Shape {
    /// The most elements a value may have (1 GiB of floats).
    public static let elementLimit = 1 << 28
    /// The largest stride, dilation, window side or padding.
    public static let windowLimit = 1 << 16
    /// The most dimensions a value may have, as in a compiled file.
    public static let rankLimit = 6

    /// Number of elements of a shape.
    /// - Throws: `EdgeError` for a dimension below 1, too many dimensions, or more than `elementLimit` elements.
    public static func elementCount(_ shape: [Int]) throws(EdgeError) -> Int {
        guard shape.count <= rankLimit else {
            throw EdgeError(.data, at: "", "\(shape.count) dimensions; at most \(rankLimit) are supported")
        }
        var count = 1
        for dimension in shape {
            guard dimension >= 1 else {
                throw EdgeError(.data, at: "", "shape \(text(shape)) has a dimension below 1")
            }
            let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
            guard !overflow, product <= elementLimit else {
                throw EdgeError(.data, at: "", "shape \(text(shape)) has more than \(elementLimit) elements")
            }
            count = product
        }
        return count
    }

    /// `1x28x28x6`, or `scalar`.
    public static func text(_ shape: [Int]) -> String {
        shape.isEmpty ? "scalar" : shape.map { "\($0)" }.joined(separator: "x")
    }

    /// The dimensions of a picture, N·H·W·C.
    static func picture(_ type: TensorType, _ what: String) throws(EdgeError) -> (
        count: Int, height: Int, width: Int, channels: Int
    ) {
        _ = try elementCount(type.shape)
        guard type.shape.count == 4 else {
            throw EdgeError(.data, at: "", "\(what) has shape \(text(type.shape)); four dimensions are needed")
        }
        return (type.shape[0], type.shape[1], type.shape[2], type.shape[3])
    }
}

extension Operation {
    /// Checks the number of inputs of a node.
    func expect(_ inputs: [TensorType], count: ClosedRange<Int>) throws(EdgeError) {
        guard count.contains(inputs.count) else {
            throw EdgeError(.data, at: "", "\(Self.name) has \(inputs.count) inputs; \(count.lowerBound) are needed")
        }
    }

    /// The output of an operation of one input that changes neither shape nor element type.
    /// - Parameter elements: the ones that it takes.
    func sameType(
        _ inputs: [TensorType], _ elements: [ElementType] = [.float32, .int8]
    ) throws(EdgeError) -> [TensorType] {
        try expect(inputs, count: 1...1)
        _ = try Shape.elementCount(inputs[0].shape)
        try expect(inputs[0].element, elements)
        return [TensorType(inputs[0].element, inputs[0].shape)]
    }

    /// Checks an input's elements.
    func expect(_ element: ElementType, _ elements: [ElementType]) throws(EdgeError) {
        guard elements.contains(element) else {
            let names = elements.map(\.rawValue).joined(separator: " or ")
            throw EdgeError(.data, at: "", "\(Self.name) takes \(names), not \(element.rawValue)")
        }
    }

    /// Checks that weights and bias are of the types that go with the input's: all float32, or int8 and int32 where the
    /// input is int8 or int16. Plain integers of 32 bits go with their like.
    func expectLinear(_ inputs: [TensorType], outputs: Int) throws(EdgeError) {
        let element = inputs[0].element
        try expect(element, [.float32, .int8, .int16, .int32])
        guard inputs[1].element == (element.isQuantized ? .int8 : element) else {
            throw EdgeError(
                .data, at: "", "weights are \(inputs[1].element.rawValue) where the input is \(element.rawValue)")
        }
        guard inputs.count == 3 else { return }
        let wanted: ElementType = element == .float32 ? .float32 : .int32
        guard inputs[2].element == wanted, inputs[2].shape == [outputs] else {
            throw EdgeError(
                .data, at: "",
                "bias is \(inputs[2].element.rawValue) \(Shape.text(inputs[2].shape)); "
                    + "\(wanted.rawValue) \(outputs) is needed")
        }
    }

    /// The output type of a pool. Padding smaller than the window keeps a pixel of the picture in every window.
    func poolType(_ inputs: [TensorType], _ window: Window) throws(EdgeError) -> [TensorType] {
        _ = try sameType(inputs)
        let x = try Shape.picture(inputs[0], "the input")
        let places = try window.places(height: x.height, width: x.width)
        guard max(window.padding.top, window.padding.bottom) < window.size.height,
            max(window.padding.left, window.padding.right) < window.size.width
        else {
            throw EdgeError(.data, at: "", "a pool's padding must be smaller than its window")
        }
        guard window.dilations == .one || window.meetsPicture(x.height, x.width, places) else {
            throw EdgeError(.data, at: "", "a pool's dilated window lies beside the picture")
        }
        let shape = [x.count, places.height, places.width, x.channels]
        _ = try Shape.elementCount(shape)
        return [TensorType(inputs[0].element, shape)]
    }
}
