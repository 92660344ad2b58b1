import EdgeFormat

/// A network as values and the nodes that compute them, in execution order.
///
/// A graph holds float networks and quantized ones alike: a node computes in the arithmetic of its values' types.
/// Passes never edit a graph in place; they return another one.
public struct Graph: Equatable, Sendable {
    /// An index into `values`.
    public typealias ValueID = Int

    public struct Value: Equatable, Sendable {
        public var name: String
        public var type: TensorType
        /// The elements of a constant, or of a state before the first run; nil for what is given or computed.
        public var constant: TensorData?
        /// Of a state: the value that it has in the next run. A state is the graph's memory from one run to the next.
        public var next: ValueID?
        /// Of an input or output: axis k in the model's file is axis `sourceAxes[k]` here; nil where they are the same.
        public var sourceAxes: [Int]?
        /// Of a result that has fewer rows than places for them: the value that says how many.
        public var rowCount: ValueID?
        /// Of a batch norm's result, or of a layer's that took the norm in: what training saw of its channels (the last
        /// axis), before addend and activation of the layer; nil where the file does not say.
        public var trained: ChannelStatistics?
        /// Of constant float32 weights that a file is to hold in fewer bits: how. The constant is what those stand for.
        public var storage: WeightStorage?

        public init(name: String, type: TensorType, constant: TensorData? = nil) {
            self.name = name
            self.type = type
            self.constant = constant
        }
    }

    public struct Node: Equatable, Sendable {
        public var name: String
        public var operation: any Operation
        public var inputs: [ValueID]
        public var outputs: [ValueID]

        public init(name: String, operation: any Operation, inputs: [ValueID], outputs: [ValueID]) {
            self.name = name
            self.operation = operation
            self.inputs = inputs
            self.outputs = outputs
        }

        public static func == (a: Node, b: Node) -> Bool {
            a.name == b.name && a.inputs == b.inputs && a.outputs == b.outputs && a.operation.isEqual(to: b.operation)
        }
    }

    public var name: String
    public var values: [Value] = []
    /// Every node's inputs are given, constant, or an output of an earlier node.
    public var nodes: [Node] = []
    public var inputs: [ValueID] = []
    public var outputs: [ValueID] = []
    /// What the file says about the network: `swiftlet.input.mean` and the like (docs/recipes.md).
    public var metadata: [String: String] = [:]

    public init(name: String) {
        self.name = name
    }
}

/// One kind of computation with its parameters. An operation is one file: parameters, shape rule, and the definition of
/// its arithmetic, for floats and, where it has one, for quantized integers.
public protocol Operation: Equatable, Sendable {
    /// The field's name of the operation, for example `convolution`.
    static var name: String { get }

    /// The types of the outputs (shape and element; quantization is the quantizer's business).
    /// - Throws: `EdgeError` when the inputs do not fit.
    func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType]

    /// Whether a quantized output may have 8 or 16 bits, whatever the input has: the graph's value decides.
    var choosesWidth: Bool { get }

    /// The same operation where the first axis, the samples, has another length.
    func batched(from old: Int, to new: Int) -> Self

    /// Computes the outputs: float arithmetic when `inputs[0]` is float32, docs/arithmetic.md when it is quantized.
    /// - Parameters:
    ///   - inputs: of types that `outputTypes` accepts, with data of just those types.
    ///   - outputs: the types wanted, with the quantization that integer arithmetic rounds to.
    /// - Throws: `EdgeError` when a quantization is missing or does not fit.
    func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData]
}

extension Operation {
    public var choosesWidth: Bool { false }

    public func batched(from old: Int, to new: Int) -> Self { self }

    func isEqual(to other: any Operation) -> Bool { (other as? Self) == self }
}
