import ModelGraph

/// The time embedding of a diffusion model as files hold it: Cast of int64 steps, Unsqueeze at axis 1, Mul by constant
/// frequencies, Sin and Cos of that, Concat of both. It becomes one node of a type that files do not have.
struct TimeEmbeddingPattern {
    /// The node's type; its attribute `frequencies` holds what the steps are multiplied by.
    static let type = "TimeEmbedding"

    private let nodes: [ONNXNode]
    private let constants: [String: ONNXTensor]
    private var producers: [String: Int] = [:]
    private var readers: [String: Int] = [:]

    init(_ nodes: [ONNXNode], constants: [String: ONNXTensor], outputs: [String]) {
        self.nodes = nodes
        var constants = constants
        for (index, node) in nodes.enumerated() {
            for name in node.inputs { readers[name, default: 0] += 1 }
            for name in node.outputs { producers[name] = index }
            if node.type == "Constant", case .tensor(.success(let tensor)) = node.attributes["value"],
                let name = node.outputs.first
            {
                constants[name] = tensor
            }
        }
        for name in outputs { readers[name, default: 0] += 1 }
        self.constants = constants
    }

    func replaced() -> [ONNXNode] {
        var result: [ONNXNode?] = nodes
        for (index, node) in nodes.enumerated() where node.type == "Concat" && node.inputs.count == 2 {
            guard let match = match(node) else { continue }
            for part in match.parts { result[part] = nil }
            var embedding = node
            (embedding.type, embedding.inputs) = (Self.type, [match.steps])
            embedding.attributes = ["frequencies": .floats(match.frequencies)]
            result[index] = embedding
        }
        return result.compactMap { $0 }
    }

    private func match(_ node: ONNXNode) -> (steps: String, frequencies: [Float], parts: [Int])? {
        guard case .int(let axis) = node.attributes["axis"], axis == 1 || axis == -1,
            let sine = producer(node.inputs[0], "Sin", readers: 1),
            let cosine = producer(node.inputs[1], "Cos", readers: 1),
            nodes[sine].inputs == nodes[cosine].inputs,
            let product = producer(nodes[sine].inputs[0], "Mul", readers: 2), nodes[product].inputs.count == 2
        else { return nil }
        for (column, factors) in [(0, 1), (1, 0)] {
            guard let unsqueeze = producer(nodes[product].inputs[column], "Unsqueeze", readers: 1),
                axes(of: nodes[unsqueeze]) == [1], let cast = producer(nodes[unsqueeze].inputs[0], "Cast", readers: 1),
                let tensor = constants[nodes[product].inputs[factors]], let frequencies = tensor.data.floats,
                tensor.shape.last == frequencies.count, tensor.shape.count <= 2,
                case .int(1) = nodes[cast].attributes["to"]
            else { continue }
            return (nodes[cast].inputs[0], frequencies, [sine, cosine, product, unsqueeze, cast])
        }
        return nil
    }

    /// The node of a type that computes a name which is read so often.
    private func producer(_ name: String, _ type: String, readers count: Int) -> Int? {
        guard readers[name] == count, let node = producers[name], nodes[node].type == type,
            nodes[node].inputs.first?.isEmpty == false
        else { return nil }
        return node
    }

    private func axes(of node: ONNXNode) -> [Int]? {
        if case .ints(let axes) = node.attributes["axes"] { return axes.map { $0 == -1 ? 1 : $0 } }
        guard node.inputs.count > 1 else { return nil }
        return constants[node.inputs[1]]?.data.wholes?.map { $0 == -1 ? 1 : Int($0) }
    }
}
