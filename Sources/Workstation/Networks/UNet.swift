public import EdgeFormat
import Foundation

/// A U-Net that predicts the noise in a picture (Ho and others, 2020): residual blocks with group norm at three sizes,
/// the time step and the label added in every one of them, and a skip from each size down to the same size up.
public struct UNet: Architecture {
    public let input: [Int]
    /// The label of this number stands for "none".
    public let classes: Int
    /// Number of sines and cosines of the time step, a multiple of 8; the channels follow from it. A multiple of
    /// 16 keeps every group of a norm within one half of a skip.
    public let width: Int
    /// Share of the values that each block drops while training.
    public let dropout: Float

    public init(input: [Int] = [32, 32, 1], classes: Int, width: Int, dropout: Float = 0.1) {
        self.input = input
        self.classes = classes
        self.width = width
        self.dropout = dropout
    }

    public var inputName: String { "x" }
    public var indexNames: [String] { ["t", "label"] }
    public var outputName: String { "noise" }

    /// The channels of the whole picture, of its half and of its quarter.
    var channels: (whole: Int, half: Int, quarter: Int) { (width / 2, 2 * width, 3 * width) }

    /// Radians a time step, from 1 down to nearly 1/10,000.
    var frequencies: [Float] {
        (0..<width / 2).map { Float(pow(10_000, -Double($0) / Double(width / 2))) }
    }

    /// Groups of eight channels.
    private func groups(_ channels: Int) -> Int { max(1, channels / 8) }

    public func build<Builder: NetworkBuilder>(
        _ x: Builder.Value, _ indices: [Builder.Indices], with builder: inout Builder
    ) throws(EdgeError) -> Builder.Value {
        let (whole, half, quarter) = channels
        let (three, narrowing) = (SquareWindow(3, padding: 1), SquareWindow(3, stride: 2, padding: 1))
        let e = try embedding(time: indices[0], label: indices[1], with: &builder)

        var h = try builder.convolution("first", x, filters: whole, window: three)
        let first = try block("down0", h, e, whole, with: &builder)
        h = try builder.convolution("narrow0", first, filters: whole, window: narrowing)
        let second = try block("down1", h, e, half, with: &builder)
        h = try builder.convolution("narrow1", second, filters: half, window: narrowing)
        let third = try block("down2", h, e, quarter, with: &builder)

        h = try block("middle", third, e, quarter, with: &builder)
        h = try builder.concatenation("skip2", h, third)
        h = try block("up2", h, e, quarter, with: &builder)
        h = try builder.convolution("widen1", h, filters: half, window: three)
        h = try builder.upsampling("upsample1", h, factor: 2)
        h = try builder.concatenation("skip1", h, second)
        h = try block("up1", h, e, half, with: &builder)
        h = try builder.convolution("widen0", h, filters: whole, window: three)
        h = try builder.upsampling("upsample0", h, factor: 2)
        h = try builder.concatenation("skip0", h, first)
        h = try block("up0", h, e, whole, with: &builder)

        h = try builder.groupNorm("last.norm", h, groups: groups(whole), silu: true)
        // Zeros: the first prediction is 0, and every gradient begins here.
        return try builder.convolution("last", h, filters: input[2], window: three, start: .zeros)
    }

    /// What is known of time step and label, N·4·width.
    private func embedding<Builder: NetworkBuilder>(
        time: Builder.Indices, label: Builder.Indices, with builder: inout Builder
    ) throws(EdgeError) -> Builder.Value {
        let size = 4 * width
        var e = try builder.sinusoid("time", time, frequencies: frequencies)
        e = try builder.dense("time.dense1", e, outputs: size)
        e = try builder.activation("time.silu", e, .silu)
        e = try builder.dense("time.dense2", e, outputs: size)
        let label = try builder.embedding("label.embedding", label, rows: classes + 1, width: size)
        e = try builder.addition("embedding", e, label)
        return try builder.activation("embedding.silu", e, .silu)
    }

    /// A residual block: norm, SiLU and convolution twice, the embedding added in between, the input at the end.
    private func block<Builder: NetworkBuilder>(
        _ name: String, _ x: Builder.Value, _ e: Builder.Value, _ outputs: Int, with builder: inout Builder
    ) throws(EdgeError) -> Builder.Value {
        let inputs = builder.shape(of: x).last ?? outputs
        let three = SquareWindow(3, padding: 1)
        let rectified = Parameter.Start.rectified(inputs: 9 * inputs)
        var h = try builder.groupNorm(name + ".norm1", x, groups: groups(inputs), silu: true)
        h = try builder.convolution(
            name + ".convolution1", h, filters: outputs, window: three, start: rectified)
        let row = try builder.dense(name + ".embedding", e, outputs: outputs)
        h = try builder.rowAddition(name + ".shift", h, row)
        h = try builder.groupNorm(name + ".norm2", h, groups: groups(outputs), silu: true)
        h = builder.dropout(h, rate: dropout)
        // Zeros: a block begins as its shortcut.
        h = try builder.convolution(name + ".convolution2", h, filters: outputs, window: three, start: .zeros)
        let shortcut =
            inputs == outputs
            ? x : try builder.convolution(name + ".shortcut", x, filters: outputs, window: SquareWindow(1))
        return try builder.addition(name, h, shortcut)
    }
}

extension Recipe {
    /// About 0.94 million parameters at the usual width.
    public static let ddpm = Recipe(
        name: "ddpm",
        summary: "U-Net that draws digits out of noise (DDPM): 32x32 grey, label or none, 0.94 million parameters",
        task: .denoising,
        input: PictureInput(
            width: 32, height: 32, color: .grey, mean: [0.5], deviation: [0.5], fit: .centred),
        settings: TrainingSettings(
            epochs: 8, batch: 64, method: .adam, learningRate: 0.001, shift: 0, width: 32),
        labels: (0..<10).map { "\($0)" }
    ) { classes, width in UNet(classes: classes, width: width) }
}
