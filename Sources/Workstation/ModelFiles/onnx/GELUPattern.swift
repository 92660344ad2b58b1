import EdgeFormat
import ModelGraph

/// The Gaussian error linear unit as files hold it that are older than its operator: x·½·(1 + erf(x/√2)), five nodes in
/// one of several orders. None of their results may be read by anything else.
struct GELUPattern {
    private let nodes: [ONNXNode]
    private var producers: [String: Int] = [:]
    /// The nodes that read a name, once for each time; nil for the model's own outputs.
    private var readers: [String: [Int?]] = [:]
    private var numbers: [String: Float] = [:]

    init(_ nodes: [ONNXNode], constants: [String: ONNXTensor], outputs: [String]) {
        self.nodes = nodes
        for (name, tensor) in constants { numbers[name] = tensor.scalar }
        for (index, node) in nodes.enumerated() {
            for name in node.inputs { readers[name, default: []].append(index) }
            for name in node.outputs { producers[name] = index }
            if node.type == "Constant", let name = node.outputs.first { numbers[name] = node.scalar }
        }
        for name in outputs { readers[name, default: []].append(nil) }
    }

    /// The nodes with one Gelu in the place of each pattern's last node.
    func replaced() -> [ONNXNode] {
        var result: [ONNXNode?] = nodes
        for index in nodes.indices {
            guard let (x, parts) = match(index), let last = parts.last else { continue }
            for part in parts { result[part] = nil }
            var unit = nodes[last]
            (unit.type, unit.inputs) = ("Gelu", [x])
            result[last] = unit
        }
        return result.compactMap { $0 }
    }

    /// What the unit is of, and its nodes, the one that gives the result last.
    private func match(_ erf: Int) -> (x: String, parts: [Int])? {
        guard isPlain(erf, "Erf", inputs: 1),
            let (x, scaling) = quotient(nodes[erf].inputs[0], by: Float(2).squareRoot()),
            let sum = reader(of: erf, "Add"), let one = partner(erf, in: sum), isNumber(one, 1)
        else { return nil }
        var parts = [scaling, erf, sum]
        var (last, hasX, hasHalf) = (sum, false, false)
        while !hasX || !hasHalf {
            guard let product = reader(of: last, "Mul"), let factor = partner(last, in: product) else { return nil }
            if factor == x, !hasX {
                hasX = true
            } else if isNumber(factor, 0.5), !hasHalf {
                hasHalf = true
            } else if !hasX, !hasHalf, let (half, halving) = quotient(factor, by: 2), half == x {
                (hasX, hasHalf) = (true, true)
                parts.append(halving)
            } else {
                return nil
            }
            parts.append(product)
            last = product
        }
        return (x, parts)
    }

    /// What a name that is read once is a quotient or product of with a constant, and the node that says so.
    private func quotient(_ name: String, by divisor: Float) -> (dividend: String, node: Int)? {
        guard readers[name]?.count == 1, let node = producers[name] else { return nil }
        if isPlain(node, "Div", inputs: 2), isNumber(nodes[node].inputs[1], divisor) {
            return (nodes[node].inputs[0], node)
        }
        guard isPlain(node, "Mul", inputs: 2) else { return nil }
        let (a, b) = (nodes[node].inputs[0], nodes[node].inputs[1])
        if isNumber(b, 1 / divisor) { return (a, node) }
        return isNumber(a, 1 / divisor) ? (b, node) : nil
    }

    /// The only node that reads a node's output, where it is of this type.
    private func reader(of node: Int, _ type: String) -> Int? {
        guard let found = readers[nodes[node].outputs[0]], found.count == 1, let reader = found[0],
            isPlain(reader, type, inputs: 2)
        else { return nil }
        return reader
    }

    /// The other operand of a node that reads another's output.
    private func partner(_ producer: Int, in reader: Int) -> String? {
        nodes[reader].inputs.first { $0 != nodes[producer].outputs[0] }
    }

    private func isPlain(_ index: Int, _ type: String, inputs: Int) -> Bool {
        let node = nodes[index]
        return node.type == type && (node.domain.isEmpty || node.domain == "ai.onnx") && node.attributes.isEmpty
            && node.inputs.count == inputs && node.outputs.count == 1
    }

    /// Whether a constant is a number, as far as half precision tells.
    private func isNumber(_ name: String, _ wanted: Float) -> Bool {
        guard let number = numbers[name] else { return false }
        return abs(number - wanted) <= wanted / 2000
    }
}

extension ONNXTensor {
    /// The only element of a scalar or of a list; nil of anything else.
    fileprivate var scalar: Float? {
        guard shape.count <= 1, let floats = data.floats, floats.count == 1 else { return nil }
        return floats[0]
    }
}

extension ONNXNode {
    /// The number that a Constant node gives.
    fileprivate var scalar: Float? {
        switch attributes.first?.value {
        case .tensor(.success(let tensor)) where attributes.count == 1: tensor.scalar
        case .float(let value) where attributes.count == 1: value
        default: nil
        }
    }
}
