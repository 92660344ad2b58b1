public import EdgeFormat

/// LeNet-5 (LeCun and others, 1998) as it is used today: ReLU, average pools, every filter sees every channel.
public struct LeNet5: Architecture {
    public let input: [Int]
    public let classes: Int

    public init(input: [Int] = [32, 32, 1], classes: Int) {
        self.input = input
        self.classes = classes
    }

    public func build<Builder: NetworkBuilder>(
        _ x: Builder.Value, _ indices: [Builder.Indices], with builder: inout Builder
    ) throws(EdgeError) -> Builder.Value {
        let (five, two) = (SquareWindow(5), SquareWindow(2, stride: 2))
        var h = try builder.convolution("convolution1", x, filters: 6, window: five, relu: true)
        h = try builder.pool("pool1", h, .average, window: two)
        h = try builder.convolution("convolution2", h, filters: 16, window: five, relu: true)
        h = try builder.pool("pool2", h, .average, window: two)
        h = try builder.convolution("convolution3", h, filters: 120, window: five, relu: true)
        h = try builder.flatten("flatten", h)
        h = try builder.dense("dense1", h, outputs: 84, relu: true)
        return try builder.dense("dense2", h, outputs: classes)
    }
}

extension Recipe {
    /// 61,706 parameters for ten classes.
    public static let lenet5 = Recipe(
        name: "lenet5",
        summary: "LeNet-5 for handwritten digits: 32x32 grey, 61,706 parameters",
        task: .classification,
        input: PictureInput(width: 32, height: 32, color: .grey, mean: [0.1307], deviation: [0.3081]),
        settings: TrainingSettings(epochs: 3, batch: 64, method: .adam, learningRate: 0.004, shift: 1),
        labels: (0..<10).map { "\($0)" }
    ) { classes, _ in LeNet5(classes: classes) }
}
