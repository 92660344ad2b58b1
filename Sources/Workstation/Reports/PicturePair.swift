public import EdgeFormat
import Evaluation
public import Imaging

/// The same sampling by the float and by the quantized model.
public struct PicturePair: Equatable, Sendable {
    /// What was asked for.
    public let label: String
    public let seed: UInt64
    /// Which picture of the seed.
    public let number: Int
    /// Peak signal to noise in dB; infinite for equal pictures.
    public let ratio: Double
    /// Pixels of each picture.
    public let width: Int
    public let height: Int
    /// PNG files: both pictures, and mid-grey plus four times quantized less float.
    public let float: [UInt8]
    public let quantized: [UInt8]
    public let difference: [UInt8]

    /// How much the difference is amplified.
    static let gain = 4

    /// - Throws: `EdgeError` when the pictures do not have the same shape, or PNG cannot be written.
    public init(
        label: String, seed: UInt64, number: Int = 0, float: Picture, quantized: Picture
    ) throws(EdgeError) {
        guard float.width == quantized.width, float.height == quantized.height, float.channels == quantized.channels
        else { throw EdgeError(.data, at: "report", "the pictures of a pair differ in shape") }
        self.label = label
        self.seed = seed
        self.number = number
        width = float.width
        height = float.height
        ratio = PeakSignalToNoise.ratio(float.bytes, quantized.bytes)
        let bytes = zip(float.bytes, quantized.bytes).map { UInt8(clamping: 128 + Self.gain * (Int($1) - Int($0))) }
        guard let difference = Picture(width: width, height: height, channels: float.channels, bytes: bytes) else {
            throw EdgeError(.data, at: "report", "the pictures of a pair cannot be subtracted")
        }
        self.float = try PictureFile.encodePNG(float)
        self.quantized = try PictureFile.encodePNG(quantized)
        self.difference = try PictureFile.encodePNG(difference)
    }
}
