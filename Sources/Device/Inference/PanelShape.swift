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
    /// Runs of input elements that lie apart in memory: kernel rows, or single places where columns are dilated, the
    /// channels fall into groups or others' channels lie between. Of a depthwise convolution the kernel's columns.
    public let taps: Int
    /// Weights a tap.
    public let depth: Int
    /// Runs of neighbouring channels, each with inputs and panels of its own.
    public let blocks: Int
    /// Groups of a convolution in each block. Where a channel meets an input of another group its weight is zero.
    let blockGroups: Int
    /// Whether the canonical weights have the taps inside the depths: kernel rows outside, columns inside.
    let tapsAreInside: Bool

    static let panelChannels = 16

    public init(
        layout: Layout, channels: Int, taps: Int, depth: Int, blocks: Int = 1, blockGroups: Int = 1,
        tapsAreInside: Bool = false
    ) {
        self.layout = layout
        self.channels = channels
        self.taps = taps
        self.depth = depth
        self.blocks = blocks
        self.blockGroups = blockGroups
        self.tapsAreInside = tapsAreInside
    }

    /// The layout that a kernel set's convolution reads.
    public static func layout(of set: UInt16) -> Layout? {
        Layout(rawValue: UInt32(kernel_set_layout(Int32(set)).rawValue))
    }

    /// `depth` rounded up to whole runs.
    public var paddedDepth: Int { (depth + layout.run - 1) / layout.run * layout.run }
    public var blockChannels: Int { channels / blocks }
    var blockPanels: Int { (blockChannels + Self.panelChannels - 1) / Self.panelChannels }
    public var panels: Int { blocks * blockPanels }
    /// Bytes of a panel.
    public var panelSize: Int { taps * paddedDepth * Self.panelChannels }
    /// Bytes of all panels.
    public var size: Int { panels * panelSize }

    /// Packs canonical weights: a channel's, for each tap and each input of its group.
    /// - Parameters:
    ///   - weights: `channels` × `taps` × `depth` / groups of a block signed bytes.
    ///   - packed: `size` bytes; missing channels and depths become zero.
    public func pack(_ weights: UnsafeRawBufferPointer, into packed: UnsafeMutableRawBufferPointer) {
        packed.initializeMemory(as: UInt8.self, repeating: 0)
        let run = layout.run
        let groupDepth = depth / blockGroups
        let groupChannels = blockChannels / blockGroups
        for channel in 0..<channels {
            let inBlock = channel % blockChannels
            let panel = channel / blockChannels * blockPanels + inBlock / Self.panelChannels
            let lane = inBlock % Self.panelChannels
            let firstDepth = inBlock / groupChannels * groupDepth
            for tap in 0..<taps {
                let target = panel * panelSize + tap * paddedDepth * Self.panelChannels
                for index in 0..<groupDepth {
                    let source =
                        tapsAreInside
                        ? (channel * groupDepth + index) * taps + tap : (channel * taps + tap) * groupDepth + index
                    let place = firstDepth + index
                    packed[target + (place / run * Self.panelChannels + lane) * run + place % run] = weights[source]
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
    /// The channels that one call of a kernel computes.
    struct ChannelTile {
        let first: Int
        let channels: Int
        /// The first one's panel.
        let panel: Int
        /// The first input element of a tap.
        let input: Int
    }

    /// Tiles of at most `size` channels, a multiple of a panel's; none reaches into two blocks.
    func tileCount(of size: Int) -> Int { blocks * ((blockChannels + size - 1) / size) }

    func tile(_ index: Int, of size: Int) -> ChannelTile {
        let blockTiles = (blockChannels + size - 1) / size
        let (block, start) = (index / blockTiles, index % blockTiles * size)
        return ChannelTile(
            first: block * blockChannels + start, channels: min(size, blockChannels - start),
            panel: block * blockPanels + start / Self.panelChannels, input: block * depth)
    }
}

extension PanelShape {
    /// The panels of a convolution's or dense layer's weights.
    init(layout: Layout, operation: ModelOperation, tensors: [ModelTensor]) {
        let shape = tensors[operation.inputs[1]].shape
        switch operation.parameters {
        case .convolution(let convolution), .convolutionAddition(let convolution):
            let (height, width, depth) = (shape[1], shape[2], shape[3])
            if operation.isDepthwise(tensors) {
                self.init(layout: layout, channels: shape[0], taps: width, depth: height, tapsAreInside: true)
            } else if convolution.tapsAreRows(of: tensors[operation.inputs[0]]) {
                self.init(layout: layout, channels: shape[0], taps: height, depth: width * depth)
            } else {
                let joined = Self.groupsOfAPanel(convolution.groups, channels: shape[0] / convolution.groups)
                self.init(
                    layout: layout, channels: shape[0], taps: height * width, depth: joined * depth,
                    blocks: convolution.groups / joined, blockGroups: joined)
            }
        default:
            self.init(layout: layout, channels: shape[0], taps: 1, depth: shape[1])
        }
    }

    /// Of so many groups of so many channels, how many share a panel: as many as fit, without a rest; at least one.
    private static func groupsOfAPanel(_ groups: Int, channels: Int) -> Int {
        var joined = max(1, min(groups, panelChannels / channels))
        while groups % joined != 0 { joined -= 1 }
        return joined
    }

    /// The panels of an operation's weights for a kernel set, or nil where it has none.
    public init?(set: UInt16, operation: ModelOperation, tensors: [ModelTensor]) {
        switch operation.kind {
        case .convolution, .dense, .convolutionAddition:
            guard let setLayout = Self.layout(of: set) else { return nil }
            // Kernels for inputs of 16 bits read pairs whatever the set.
            let layout = tensors[operation.inputs[0]].element == .int16 ? Layout.pairs : setLayout
            self.init(layout: layout, operation: operation, tensors: tensors)
        default: return nil
        }
    }
}

extension ConvolutionParameters {
    /// Whether the elements of a kernel row are neighbours in an input's memory.
    func tapsAreRows(of input: ModelTensor) -> Bool { dilationX == 1 && groups == 1 && !input.isPart }
}

extension ModelOperation {
    /// Whether it has 8 bits on both sides and nothing is added: what the fastest kernels are for.
    func isPlainConvolution(_ tensors: [ModelTensor]) -> Bool {
        kind != .convolutionAddition && tensors[inputs[0]].element == .int8 && tensors[output].element == .int8
    }

    /// Whether it is such a convolution of which each output channel reads one input channel.
    func isDepthwise(_ tensors: [ModelTensor]) -> Bool {
        guard case .convolution(let convolution) = parameters, isPlainConvolution(tensors) else { return false }
        return convolution.groups > 1 && convolution.groups == tensors[inputs[0]].channels
    }
}
