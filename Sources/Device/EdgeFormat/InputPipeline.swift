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

/// What each value of a pixel's byte becomes: a table of 256 entries for each channel.
public enum InputTables: Equatable, Sendable {
    /// Logical quantized values (signed).
    case integers([[Int8]])
    /// Values of a plain float32 input.
    case floats([[Float]])

    /// Bytes of what a byte becomes.
    public var elementSize: Int { if case .floats = self { 4 } else { 1 } }
}

/// The way from a camera frame to a model's input, the same integer arithmetic on the workstation and on the board
/// (docs/imaging.md): crop, antialiased resize, then one table a channel that normalises and, where the input is one of
/// integers, quantizes.
public struct InputPipeline: Equatable, Sendable {
    /// Pixels a side at most.
    public static let sideLimit = 8192

    public var crop: InputCrop
    /// Size of the model's input in pixels.
    public var width: Int
    public var height: Int
    public var color: InputColor
    /// `color.channels` of them.
    public var tables: InputTables

    public init(crop: InputCrop, width: Int, height: Int, color: InputColor, tables: InputTables) {
        self.crop = crop
        self.width = width
        self.height = height
        self.color = color
        self.tables = tables
    }
}
