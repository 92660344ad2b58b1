public import EdgeFormat

// What a program that embeds a model needs: inputs set and outputs taken as reals or as elements, every size checked.
// An input or output is row-major in an order of axes, the source model's where none is said. The pointers of these calls
// are not kept.
extension Session {
    /// The number of the input of a name; nil where there is none.
    public func inputIndex(named name: String) -> Int? {
        (0..<inputCount).first { input($0).tensor.name.utf8.elementsEqual(name.utf8) }
    }

    /// The number of the output of a name; nil where there is none.
    public func outputIndex(named name: String) -> Int? {
        (0..<outputCount).first { output($0).tensor.name.utf8.elementsEqual(name.utf8) }
    }

    /// Sets an input to reals; integers with a scale get the nearest one, half to even, a NaN the zero point. Allocates
    /// nothing.
    /// - Throws: `EdgeError` of kind `usage` when there is no such input, its elements are integers that stand for
    ///   themselves, or the number of reals is not `tensor.count`.
    public func setInput(
        _ index: Int, reals: UnsafeBufferPointer<Float>, order: AxisOrder = .source
    ) throws(EdgeError) {
        let view = try checkedInput(index)
        try check(view.tensor, "input", reals: reals.count)
        view.write(reals: reals, in: order)
    }

    /// The same of an array.
    public func setInput(_ index: Int, reals: [Float], order: AxisOrder = .source) throws(EdgeError) {
        try reals.withUnsafeBufferPointer { (buffer) throws(EdgeError) in
            try setInput(index, reals: buffer, order: order)
        }
    }

    /// Sets an input to elements of its own type, given as their bytes, little-endian. Allocates nothing.
    /// - Throws: `EdgeError` of kind `usage` when there is no such input, the number of bytes is not
    ///   `tensor.logicalSize`, or one of a bool is neither 0 nor 1.
    public func setInput(
        _ index: Int, bytes: UnsafeRawBufferPointer, order: AxisOrder = .source
    ) throws(EdgeError) {
        let view = try checkedInput(index)
        try check(view.tensor, "input", bytes: bytes.count)
        guard view.tensor.element != .bool || bytes.allSatisfy({ $0 <= 1 }) else {
            throw usage(view.tensor, "input", "has a bool that is neither 0 nor 1")
        }
        view.write(bytes, in: order)
    }

    /// Sets an input to elements of its own type.
    /// - Throws: `EdgeError` of kind `usage` when there is no such input, or it has another type or number of elements.
    public func setInput<Value: TensorValue>(
        _ index: Int, elements: [Value], order: AxisOrder = .source
    ) throws(EdgeError) {
        try check(try checkedInput(index).tensor, "input", type: Value.element)
        try elements.withUnsafeBufferPointer { (buffer) throws(EdgeError) in
            try setInput(index, bytes: UnsafeRawBufferPointer(buffer), order: order)
        }
    }

    /// Copies an output as reals, after `run()` and before the next input is set. Allocates nothing.
    /// - Throws: `EdgeError` of kind `usage` when there is no such output, its elements are integers that stand for
    ///   themselves, or there is not room for exactly `tensor.count` reals.
    public func copyOutput(
        _ index: Int, reals: UnsafeMutableBufferPointer<Float>, order: AxisOrder = .source
    ) throws(EdgeError) {
        let view = try checkedOutput(index)
        try check(view.tensor, "output", reals: reals.count)
        view.read(reals: reals, in: order)
    }

    /// An output as reals; as `copyOutput(_:reals:order:)`.
    public func outputReals(_ index: Int, order: AxisOrder = .source) throws(EdgeError) -> [Float] {
        var reals = [Float](repeating: 0, count: try checkedOutput(index).tensor.count)
        try reals.withUnsafeMutableBufferPointer { (buffer) throws(EdgeError) in
            try copyOutput(index, reals: buffer, order: order)
        }
        return reals
    }

    /// Copies an output's elements as their bytes, little-endian, after `run()` and before the next input is set.
    /// Allocates nothing.
    /// - Throws: `EdgeError` of kind `usage` when there is no such output, or not room for exactly `tensor.logicalSize`
    ///   bytes.
    public func copyOutput(
        _ index: Int, bytes: UnsafeMutableRawBufferPointer, order: AxisOrder = .source
    ) throws(EdgeError) {
        let view = try checkedOutput(index)
        try check(view.tensor, "output", bytes: bytes.count)
        view.read(into: bytes, in: order)
    }

    /// An output's elements; as `copyOutput(_:bytes:order:)`.
    /// - Throws: `EdgeError` of kind `usage` when there is no such output, or it has another type of elements.
    public func outputElements<Value: TensorValue>(
        _ index: Int, as type: Value.Type = Value.self, order: AxisOrder = .source
    ) throws(EdgeError) -> [Value] {
        let view = try checkedOutput(index)
        try check(view.tensor, "output", type: Value.element)
        return [Value](unsafeUninitializedCapacity: view.tensor.count) { buffer, count in
            view.read(into: UnsafeMutableRawBufferPointer(buffer), in: order)
            count = view.tensor.count
        }
    }

    /// How much of an output's first stored axis counts, after `run()`: all of it, but of operations whose number of
    /// results is known after a run alone.
    /// - Throws: `EdgeError` of kind `usage` when there is no such output.
    public func outputRows(_ index: Int) throws(EdgeError) -> Int {
        let tensor = try checkedOutput(index).tensor
        let size = tensor.shape.first ?? 1
        guard let count = tensor.countTensor, let place = graph.outputs.firstIndex(of: count) else { return size }
        let rows = output(place).start.loadUnaligned(as: Int64.self)
        return Int(min(max(rows, 0), Int64(size)))
    }

    private func checkedInput(_ index: Int) throws(EdgeError) -> TensorView {
        guard (0..<inputCount).contains(index) else {
            throw EdgeError(.usage, at: model.path, "has no input number \(index), but \(inputCount)")
        }
        return input(index)
    }

    private func checkedOutput(_ index: Int) throws(EdgeError) -> TensorView {
        guard (0..<outputCount).contains(index) else {
            throw EdgeError(.usage, at: model.path, "has no output number \(index), but \(outputCount)")
        }
        return output(index)
    }

    private func check(_ tensor: ModelTensor, _ end: StaticString, reals count: Int) throws(EdgeError) {
        guard tensor.takesReals else {
            throw usage(tensor, end, "has elements of \(tensor.element.name), which stand for no reals")
        }
        guard count == tensor.count else {
            throw usage(tensor, end, "has \(tensor.count) values, not \(count)")
        }
    }

    private func check(_ tensor: ModelTensor, _ end: StaticString, bytes count: Int) throws(EdgeError) {
        guard count == tensor.logicalSize else {
            throw usage(tensor, end, "has \(tensor.logicalSize) bytes, not \(count)")
        }
    }

    private func check(_ tensor: ModelTensor, _ end: StaticString, type: ModelElement) throws(EdgeError) {
        guard type == tensor.element else {
            throw usage(tensor, end, "has elements of \(tensor.element.name), not of \(type.name)")
        }
    }

    private func usage(_ tensor: ModelTensor, _ end: StaticString, _ sentence: String) -> EdgeError {
        EdgeError(.usage, at: model.path, "\(end) '" + tensor.name + "' " + sentence)
    }
}
