public import Compilation
public import EdgeFormat
public import ModelGraph
import Quantization

/// A graph that reads weights in every way there is: a convolution, a depthwise one, a dense layer, products of matrices from
/// both sides, rows of tables.
public struct StoredWeights {
    public private(set) var graph = Graph(name: "stored weights")
    private var draw: SplitMix64

    /// - Parameter seed: weights are drawn from.
    public init(seed: UInt64) throws(EdgeError) {
        draw = SplitMix64(seed: seed)
        let x = graph.addInput("x", TensorType(.float32, [1, 5, 4, 3]))
        try add(Convolution(padding: Padding(1), activation: .relu), [x, weights([6, 3, 3, 3]), weights([6])])
        try add(Convolution(groups: 3), [x, weights([3, 2, 2, 1]), weights([3])])
        let rows = graph.addInput("rows", TensorType(.float32, [2, 8]))
        try add(Dense(), [rows, weights([5, 8]), weights([5])])
        try add(MatrixProduct(), [rows, weights([8, 7])])
        let columns = graph.addInput("columns", TensorType(.float32, [2, 6, 3]))
        try add(MatrixProduct(), [weights([4, 6]), columns])
        let indices = graph.addInput("indices", TensorType(.int64, [3]))
        let chosen = graph.addConstant("chosen", [3], .int64([2, 0, 8]))
        try add(Embedding(), [chosen, weights([9, 5])])
        try add(Gather(axis: 1), [weights([4, 6, 5]), indices])
    }

    /// The weights of the graph in each precision that stores fewer bits, in one graph.
    public static func compiled() throws(EdgeError) -> CompiledModel {
        var options = CompilationOptions()
        options.meta[.name] = "stored weights"
        return try Compiler.compile(joined([.fp16, .bf16, .int8Weights]), options)
    }

    /// The same layers in several precisions side by side, on the same inputs.
    static func joined(_ precisions: [QuantizationRecipe.Precision]) throws(EdgeError) -> Graph {
        var all = Graph(name: "stored weights")
        for (seed, precision) in precisions.enumerated() {
            var recipe = QuantizationRecipe()
            recipe.precision = precision
            all.append(try StoredWeights(seed: UInt64(seed)).graph.storingWeights(recipe), precision.rawValue)
        }
        return all
    }

    /// Weights of sizes that differ by output channel and reach down to subnormal half floats.
    private mutating func weights(_ shape: [Int]) -> Graph.ValueID {
        let bytes = draw.bytes(2 * shape.reduce(1, *))
        let reals = stride(from: 0, to: bytes.count, by: 2).map { place in
            Float(Int8(bitPattern: bytes[place])) / 100 / Float(1 << Int(bytes[place + 1] % 24))
        }
        return graph.addConstant("weights\(graph.values.count)", shape, .float32(reals))
    }

    private mutating func add(
        _ operation: any ModelGraph.Operation, _ inputs: [Graph.ValueID]
    ) throws(EdgeError) {
        graph.outputs.append(try graph.add(operation, name: "node\(graph.nodes.count)", inputs: inputs))
    }
}

extension Graph {
    /// Adds another graph's nodes; its inputs are this one's where this one has some.
    fileprivate mutating func append(_ other: Graph, _ suffix: String) {
        let first = values.count
        let given = inputs
        func id(_ old: ValueID) -> ValueID {
            guard !given.isEmpty, let position = other.inputs.firstIndex(of: old) else { return first + old }
            return given[position]
        }
        for var value in other.values {
            value.name += "." + suffix
            values.append(value)
        }
        for node in other.nodes {
            nodes.append(
                Node(
                    name: node.name + "." + suffix, operation: node.operation, inputs: node.inputs.map(id),
                    outputs: node.outputs.map(id)))
        }
        if given.isEmpty { inputs = other.inputs.map(id) }
        outputs += other.outputs.map(id)
    }
}
