import EdgeFormat
import ModelGraph

/// Writes a network as a graph for one sample; shapes come from the operations' own rules. Without numbers for the
/// parameters it is how a network learns which it has.
struct GraphBuilder: NetworkBuilder {
    /// The parameters in the order of the architecture, each with a key of its own for the numbers it starts from.
    private(set) var declared: [(parameter: Parameter, key: (operation: UInt64, number: UInt64))] = []
    private var graph: Graph
    /// The numbers of parameter i; nil where only shapes are wanted.
    private let numbers: ((Int) -> [Float])?
    private var operations: UInt64 = 0
    private var parametersOfOperation: UInt64 = 0

    init(name: String, numbers: ((Int) -> [Float])?) {
        graph = Graph(name: name)
        self.numbers = numbers
    }

    /// The graph of an architecture.
    static func graph(
        of architecture: some Architecture, name: String, numbers: ((Int) -> [Float])?
    ) throws(EdgeError) -> (graph: Graph, builder: GraphBuilder) {
        var builder = GraphBuilder(name: name, numbers: numbers)
        let x = builder.input(architecture.inputName, .float32, [1] + architecture.input)
        let indices = architecture.indexNames.map { builder.input($0, .int64, [1]) }
        let output = try architecture.build(x, indices, with: &builder)
        builder.graph.values[output].name = architecture.outputName
        builder.graph.outputs = [output]
        return (builder.graph, builder)
    }

    func shape(of value: Graph.ValueID) -> [Int] { graph.values[value].type.shape }

    mutating func parameter(_ parameter: Parameter) throws(EdgeError) -> Graph.ValueID {
        do throws(EdgeError) {
            _ = try Shape.elementCount(parameter.shape)
        } catch {
            throw error.within("parameter '\(parameter.name)'")
        }
        let constant = TensorData.float32(numbers?(declared.count) ?? [])
        declared.append((parameter, (operations, parametersOfOperation)))
        parametersOfOperation += 1
        let type = TensorType(.float32, parameter.shape)
        return append(Graph.Value(name: parameter.name, type: type, constant: constant))
    }

    mutating func convolution(
        _ name: String, _ x: Graph.ValueID, weights: Graph.ValueID, bias: Graph.ValueID, window: SquareWindow,
        relu: Bool
    ) throws(EdgeError) -> Graph.ValueID {
        let (strides, padding) = (Extent(window.stride, window.stride), Padding(window.padding))
        let sums = try add(Convolution(strides: strides, padding: padding), name, [x, weights, bias])
        return relu ? try also(ReLU(), name + ".relu", sums) : sums
    }

    mutating func dense(
        _ name: String, _ x: Graph.ValueID, weights: Graph.ValueID, bias: Graph.ValueID, relu: Bool
    ) throws(EdgeError) -> Graph.ValueID {
        let sums = try add(Dense(), name, [x, weights, bias])
        return relu ? try also(ReLU(), name + ".relu", sums) : sums
    }

    mutating func pool(
        _ name: String, _ x: Graph.ValueID, _ kind: PoolKind, window: SquareWindow
    ) throws(EdgeError) -> Graph.ValueID {
        let (size, strides) = (Extent(window.size, window.size), Extent(window.stride, window.stride))
        let padding = Padding(window.padding)
        return switch kind {
        case .average: try add(AveragePool(window: size, strides: strides, padding: padding), name, [x])
        case .largest: try add(MaxPool(window: size, strides: strides, padding: padding), name, [x])
        }
    }

    mutating func flatten(_ name: String, _ x: Graph.ValueID) throws(EdgeError) -> Graph.ValueID {
        try add(Flatten(), name, [x])
    }

    mutating func activation(
        _ name: String, _ x: Graph.ValueID, _ kind: ActivationKind
    ) throws(EdgeError) -> Graph.ValueID {
        switch kind {
        case .relu: try add(ReLU(), name, [x])
        case .sigmoid: try add(Sigmoid(), name, [x])
        case .tanh: try add(Tanh(), name, [x])
        case .silu: try add(SiLU(), name, [x])
        }
    }

    mutating func groupNorm(
        _ name: String, _ x: Graph.ValueID, factors: Graph.ValueID, offsets: Graph.ValueID, groups: Int, silu: Bool
    ) throws(EdgeError) -> Graph.ValueID {
        let norm = GroupNormalization(groups: groups, epsilon: Self.normEpsilon)
        let normalized = try add(norm, name, [x, factors, offsets])
        return silu ? try also(SiLU(), name + ".silu", normalized) : normalized
    }

    func dropout(_ x: Graph.ValueID, rate: Float) -> Graph.ValueID { x }

    mutating func addition(
        _ name: String, _ a: Graph.ValueID, _ b: Graph.ValueID
    ) throws(EdgeError) -> Graph.ValueID { try add(Addition(), name, [a, b]) }

    mutating func rowAddition(
        _ name: String, _ x: Graph.ValueID, _ row: Graph.ValueID
    ) throws(EdgeError) -> Graph.ValueID { try add(Addition(), name, [x, row]) }

    mutating func concatenation(
        _ name: String, _ a: Graph.ValueID, _ b: Graph.ValueID
    ) throws(EdgeError) -> Graph.ValueID { try add(Concatenation(), name, [a, b]) }

    mutating func upsampling(
        _ name: String, _ x: Graph.ValueID, factor: Int
    ) throws(EdgeError) -> Graph.ValueID { try add(Upsampling(factor: Extent(factor, factor)), name, [x]) }

    mutating func embedding(
        _ name: String, _ indices: Graph.ValueID, table: Graph.ValueID
    ) throws(EdgeError) -> Graph.ValueID { try add(Embedding(), name, [indices, table]) }

    mutating func sinusoid(
        _ name: String, _ indices: Graph.ValueID, frequencies: [Float]
    ) throws(EdgeError) -> Graph.ValueID { try add(Sinusoid(frequencies: frequencies), name, [indices]) }

    // MARK: - Nodes

    private mutating func input(_ name: String, _ element: ElementType, _ shape: [Int]) -> Graph.ValueID {
        let value = append(Graph.Value(name: name, type: TensorType(element, shape)))
        graph.inputs.append(value)
        return value
    }

    /// Adds a node with one output, which gets the node's name.
    private mutating func add(
        _ operation: some Operation, _ name: String, _ inputs: [Graph.ValueID]
    ) throws(EdgeError) -> Graph.ValueID {
        operations += 1
        parametersOfOperation = 0
        return try node(operation, name, inputs)
    }

    /// Adds the node of a function that belongs to the operation before it.
    private mutating func also(
        _ operation: some Operation, _ name: String, _ input: Graph.ValueID
    ) throws(EdgeError) -> Graph.ValueID { try node(operation, name, [input]) }

    private mutating func node(
        _ operation: some Operation, _ name: String, _ inputs: [Graph.ValueID]
    ) throws(EdgeError) -> Graph.ValueID {
        let types: [TensorType]
        do throws(EdgeError) {
            types = try operation.outputTypes(of: inputs.map { graph.values[$0].type })
        } catch {
            throw error.within("layer '\(name)'")
        }
        let output = append(Graph.Value(name: name, type: types[0]))
        graph.nodes.append(Graph.Node(name: name, operation: operation, inputs: inputs, outputs: [output]))
        return output
    }

    private mutating func append(_ value: Graph.Value) -> Graph.ValueID {
        graph.values.append(value)
        return graph.values.count - 1
    }
}
