import EdgeFormat

/// A convolution to whose sums another tensor is added before they are clamped or rounded: the end of a residual block,
/// or a layer that gets a row of its own for each picture.
///
/// Inputs: x N·H·W·C, weights O·KH·KW·(C/groups), bias of O, and the addend, N·H'·W'·O or N·O. Output: N·H'·W'·O.
public struct ConvolutionAddition: Operation {
    public static let name = "convolution-addition"

    /// Its activation is that of the whole.
    public var convolution: Convolution

    public init(convolution: Convolution) {
        self.convolution = convolution
    }

    public var choosesWidth: Bool { true }

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        try expect(inputs, count: 4...4)
        let output = try convolution.outputTypes(of: Array(inputs[..<3]))[0]
        let addend = inputs[3]
        try expect(addend.element, [.float32, .int8, .int16])
        guard addend.element.isQuantized == output.element.isQuantized,
            addend.shape == output.shape || addend.shape == [output.shape[0], output.shape[3]]
        else {
            throw EdgeError(.data, at: "", "\(addend.text) cannot be added to \(output.text)")
        }
        return [output]
    }

    public func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData] {
        let weights = inputs[1].type
        switch (inputs[0].data, inputs[1].data) {
        case (.float32(let x), .float32(let w)):
            guard let addend = inputs[3].data.floats else { throw notComputed(inputs) }
            var plain = convolution
            plain.activation = .none
            var y = plain.floats(
                x, inputs[0].type.shape, w, weights.shape, inputs[2].data.floats, places: outputs[0].places)
            let place = AddendPlace(inputs[3].type, outputs[0])
            for index in y.indices { y[index] += addend[place(index)] }
            return [.float32(convolution.activation.applied(to: y, channels: weights.shape[0]))]
        case (.int8, .int8), (.int16, .int8):
            return [try integers(inputs, outputs[0])]
        default:
            throw notComputed(inputs)
        }
    }

    /// A product, a quotient (once), a product, a sum: four roundings before the last.
    private func integers(
        _ inputs: [(type: TensorType, data: TensorData)], _ output: TensorType
    ) throws(EdgeError) -> TensorData {
        let requantize = try Requantization(
            input: inputs[0].type, weights: inputs[1].type, output: output, activation: convolution.activation)
        let sums = try convolution.sums(Array(inputs[..<3]), places: output.places)
        let quantization = try inputs[3].type.activationQuantization
        guard let addend = inputs[3].data.centred(quantization.zeroPoint) else { throw notComputed(inputs) }
        let factor = quantization.scales[0] / (try output.activationQuantization.scales[0])
        let channels = output.shape[3]
        let place = AddendPlace(inputs[3].type, output)
        return TensorData(output.element, count: sums.count) { index in
            let steps = requantize.steps(sums[index], channel: index % channels)
            return requantize.rounded(steps + Float(addend[place(index)]) * factor, channel: index % channels)
        }
    }
}

/// Where the addend's element for an element of the output stands.
struct AddendPlace {
    private let channels: Int
    /// Elements of an output picture for which the addend has one row; 0 where it has the output's shape.
    private let picture: Int

    init(_ addend: TensorType, _ output: TensorType) {
        channels = output.shape[3]
        picture = addend.shape == output.shape ? 0 : output.shape[1] * output.shape[2] * channels
    }

    @inline(__always)
    func callAsFunction(_ index: Int) -> Int {
        picture == 0 ? index : index / picture * channels + index % channels
    }
}
