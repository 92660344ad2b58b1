/// Which colour planes a model's input takes from a picture, in their order.
public enum InputColor: UInt8, Sendable {
    case grey = 1
    case rgb = 2
    case bgr = 3

    /// Bytes a pixel.
    public var channels: Int { self == .grey ? 1 : 3 }
}

/// The part of a picture that is resized to the model's input.
public enum InputCrop: Equatable, Sendable {
    /// The centred square of 0.875 of the short side where the picture's short side is larger than the model's
    /// longer one, else the whole picture.
    case automatic
    /// The whole picture.
    case whole
    /// The centred square of this share of the short side, in millionths (1 … 1,000,000).
    case square(millionths: UInt32)
}

/// The way from a camera frame to a model's input, the same integer arithmetic on the workstation and on the board
/// (docs/arithmetic.md): crop, antialiased resize, then one 256-byte table a channel that normalises and quantizes.
public struct InputPipeline: Equatable, Sendable {
    public var crop: InputCrop
    /// Size of the model's input in pixels.
    public var width: Int
    public var height: Int
    public var color: InputColor
    /// `color.channels` tables of 256 entries: pixel byte to the logical quantized value (signed).
    public var tables: [[Int8]]

    public init(crop: InputCrop, width: Int, height: Int, color: InputColor, tables: [[Int8]]) {
        self.crop = crop
        self.width = width
        self.height = height
        self.color = color
        self.tables = tables
    }
}
