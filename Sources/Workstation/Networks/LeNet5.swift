import EdgeFormat

extension Recipe {
    /// LeNet-5 (LeCun and others, 1998) as it is used today: ReLU, average pools, every filter sees every channel.
    /// 61,706 parameters for ten classes.
    public static let lenet5 = Recipe(
        name: "lenet5",
        summary: "LeNet-5 for handwritten digits: 32x32 grey, 61,706 parameters",
        input: PictureInput(width: 32, height: 32, color: .grey, mean: [0.1307], deviation: [0.3081]),
        settings: TrainingSettings(epochs: 3, batch: 64, method: .adam, learningRate: 0.004, shift: 1),
        labels: (0..<10).map { "\($0)" }
    ) { classes in
        [
            ConvolutionLayer("convolution1", filters: 6, window: 5, relu: true),
            PoolLayer("pool1", .average, window: 2),
            ConvolutionLayer("convolution2", filters: 16, window: 5, relu: true),
            PoolLayer("pool2", .average, window: 2),
            ConvolutionLayer("convolution3", filters: 120, window: 5, relu: true),
            FlattenLayer("flatten"),
            DenseLayer("dense1", outputs: 84, relu: true),
            DenseLayer("dense2", outputs: classes, relu: false),
        ]
    }
}
