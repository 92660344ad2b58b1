public import EdgeFormat

/// What goes into a file besides the graph.
public struct CompilationOptions: Sendable {
    public var meta = Meta()
    /// How a picture becomes the first input; nil where the input is no picture.
    public var pipeline: InputPipeline?
    /// One name a class, or none.
    public var labels: [String] = []
    /// Kernel sets that the file carries packed weights for.
    public var packedSets: [UInt16] = []
    /// Logical bytes of a real input for a golden vector; left out where it is over 64 KiB.
    public var goldenInput: [Int8]?
    /// Seeds of the drawn golden vectors.
    public var goldenSeeds: [UInt64] = [1, 2]

    public init() {}
}
