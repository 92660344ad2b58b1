public import EdgeFormat
public import ModelGraph

/// Builds a graph node by node; shapes come from the operations' own rules.
public struct GraphWriter {
    private var graph: Graph

    init(name: String) {
        graph = Graph(name: name)
    }

    mutating func input(_ name: String, shape: [Int]) -> Graph.ValueID {
        let value = append(Graph.Value(name: name, type: TensorType(.float32, shape)))
        graph.inputs.append(value)
        return value
    }

    mutating func constant(_ name: String, shape: [Int], _ values: [Float]) -> Graph.ValueID {
        append(Graph.Value(name: name, type: TensorType(.float32, shape), constant: .float32(values)))
    }

    /// Adds a node with one output, which gets the node's name.
    public mutating func add(
        _ operation: some Operation, name: String, _ inputs: [Graph.ValueID]
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

    consuming func finish(output: Graph.ValueID, name: String) -> Graph {
        graph.values[output].name = name
        graph.outputs = [output]
        return graph
    }

    private mutating func append(_ value: Graph.Value) -> Graph.ValueID {
        graph.values.append(value)
        return graph.values.count - 1
    }
}
