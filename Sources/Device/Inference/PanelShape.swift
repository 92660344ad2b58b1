public import EdgeFormat
internal import Kernels

/// How the weights of a convolution or dense layer lie in panels of 16 output channels (`weight_layout` in Kernels.h).
/// Packing is portable code: any host packs for any kernel set.
public struct PanelShape: Sendable {
    /// The layouts by the numbers that stand in `.edge` files.
    public enum Layout: UInt32, Sendable {
        /// Runs of 4 depths a channel.
        case quads = 1
        /// Runs of 2 depths a channel.
        case pairs = 2

        var run: Int { self == .quads ? 4 : 2 }
    }

    public let layout: Layout
    public let channels: Int
    /// Runs of input bytes that lie apart in memory: kernel rows, or single places where columns are dilated.
    public let taps: Int
    /// Weights a tap.
    public let depth: Int

    static let panelChannels = 16

    public init(layout: Layout, channels: Int, taps: Int, depth: Int) {
        self.layout = layout
        self.channels = channels
        self.taps = taps
        self.depth = depth
    }

    /// The layout that a kernel set's convolution reads.
    public static func layout(of set: UInt16) -> Layout? {
        Layout(rawValue: UInt32(kernel_set_layout(Int32(set)).rawValue))
    }

    /// `depth` rounded up to whole runs.
    public var paddedDepth: Int { (depth + layout.run - 1) / layout.run * layout.run }
    public var panels: Int { (channels + Self.panelChannels - 1) / Self.panelChannels }
    /// Bytes of a panel.
    public var panelSize: Int { taps * paddedDepth * Self.panelChannels }
    /// Bytes of all panels.
    public var size: Int { panels * panelSize }

    /// Packs canonical weights, channel by channel, tap by tap.
    /// - Parameters:
    ///   - weights: `channels` × `taps` × `depth` signed bytes.
    ///   - packed: `size` bytes; missing channels and depths become zero.
    public func pack(_ weights: UnsafeRawBufferPointer, into packed: UnsafeMutableRawBufferPointer) {
        packed.initializeMemory(as: UInt8.self, repeating: 0)
        let run = layout.run
        for channel in 0..<channels {
            let panel = channel / Self.panelChannels * panelSize
            let lane = channel % Self.panelChannels
            for tap in 0..<taps {
                let source = (channel * taps + tap) * depth
                let target = panel + tap * paddedDepth * Self.panelChannels
                for index in 0..<depth {
                    let place = target + (index / run * Self.panelChannels + lane) * run + index % run
                    packed[place] = weights[source + index]
                }
            }
        }
    }

    /// Packs into a new array.
    public func packed(_ weights: UnsafeRawBufferPointer) -> [UInt8] {
        var out = [UInt8](repeating: 0, count: size)
        out.withUnsafeMutableBytes { pack(weights, into: $0) }
        return out
    }
}

extension PanelShape {
    /// The panels of a convolution's or dense layer's weights.
    init(layout: Layout, weights: ModelTensor, parameters: ModelOperation.Parameters) {
        let shape = weights.shape
        switch parameters {
        case .convolution(let convolution) where convolution.dilationX == 1,
            .convolutionAddition(let convolution) where convolution.dilationX == 1:
            self.init(layout: layout, channels: shape[0], taps: shape[1], depth: shape[2] * shape[3])
        case .convolution, .convolutionAddition:
            self.init(layout: layout, channels: shape[0], taps: shape[1] * shape[2], depth: shape[3])
        default:
            self.init(layout: layout, channels: shape[0], taps: 1, depth: shape[1])
        }
    }

    /// The panels of an operation's weights for a kernel set, or nil where it has none.
    public init?(set: UInt16, operation: ModelOperation, tensors: [ModelTensor]) {
        switch operation.kind {
        case .convolution, .dense, .convolutionAddition:
            guard let setLayout = Self.layout(of: set) else { return nil }
            // Kernels for inputs of 16 bits read pairs whatever the set.
            let layout = tensors[operation.inputs[0]].element == .int16 ? Layout.pairs : setLayout
            self.init(layout: layout, weights: tensors[operation.inputs[1]], parameters: operation.parameters)
        default: return nil
        }
    }
}
