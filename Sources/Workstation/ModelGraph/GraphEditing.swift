import EdgeFormat

extension Graph {
    /// The values that remember something from one run to the next.
    public var states: [ValueID] { values.indices.filter { values[$0].next != nil } }

    /// What a run leaves behind: outputs, and what states become.
    public var results: [ValueID] { outputs + values.compactMap(\.next) }

    /// Whether a value is the same in every run.
    public func isConstant(_ id: ValueID) -> Bool { values[id].constant != nil && values[id].next == nil }
}

// What passes are made of. Each function returns another graph.
extension Graph {
    /// The nodes that read a value, as indices into `nodes`.
    public func users(of value: ValueID) -> [Int] {
        nodes.indices.filter { nodes[$0].inputs.contains(value) }
    }

    /// The node that computes a value, as an index into `nodes`; nil for inputs and constants.
    public func producer(of value: ValueID) -> Int? {
        nodes.firstIndex { $0.outputs.contains(value) }
    }

    /// The graph in which every use of a value, also as an output, is a use of another one.
    public func replacing(_ value: ValueID, by other: ValueID) -> Graph {
        var graph = self
        for index in nodes.indices {
            graph.nodes[index].inputs = nodes[index].inputs.map { $0 == value ? other : $0 }
        }
        graph.outputs = outputs.map { $0 == value ? other : $0 }
        for state in states where values[state].next == value { graph.values[state].next = other }
        return graph
    }

    /// The same graph for `count` samples: the first axis of each input, 1 or the same number everywhere, becomes that,
    /// and every shape behind it follows.
    /// - Throws: `EdgeError` when the inputs have no such axis in common, or a node fixes the number.
    public func batched(_ count: Int) throws(EdgeError) -> Graph {
        guard let old = inputs.first.flatMap({ values[$0].type.shape.first }),
            inputs.allSatisfy({ values[$0].type.shape.first == old })
        else { throw EdgeError(.data, at: "graph '\(name)'", "its inputs have no number of samples in common") }
        var graph = self
        for id in inputs { graph.values[id].type.shape[0] = count }
        for index in nodes.indices {
            let operation = nodes[index].operation.batched(from: old, to: count)
            graph.nodes[index].operation = operation
            do throws(EdgeError) {
                let types = try operation.outputTypes(of: nodes[index].inputs.map { graph.values[$0].type })
                for (id, type) in zip(nodes[index].outputs, types) { graph.values[id].type.shape = type.shape }
            } catch {
                throw error.within("node '\(nodes[index].name)'")
            }
        }
        try graph.validate()
        return graph
    }

    /// The graph without nodes and values that no output or state depends on. Inputs and states stay. Values get new ids,
    /// in their order.
    public func removingDeadCode() -> Graph {
        var live = [Bool](repeating: false, count: values.count)
        for id in inputs + states + results + outputs.compactMap({ values[$0].rowCount }) { live[id] = true }
        var kept: [Node] = []
        for node in nodes.reversed() where node.outputs.contains(where: { live[$0] }) {
            for id in node.inputs + node.outputs { live[id] = true }
            kept.append(node)
        }
        var ids = [ValueID](repeating: 0, count: values.count)
        var graph = self
        graph.values = []
        for id in values.indices where live[id] {
            ids[id] = graph.values.count
            graph.values.append(values[id])
        }
        graph.nodes = kept.reversed().map { node in
            var node = node
            node.inputs = node.inputs.map { ids[$0] }
            node.outputs = node.outputs.map { ids[$0] }
            return node
        }
        for id in graph.values.indices {
            graph.values[id].rowCount = graph.values[id].rowCount.flatMap { live[$0] ? ids[$0] : nil }
            graph.values[id].next = graph.values[id].next.map { ids[$0] }
        }
        graph.inputs = inputs.map { ids[$0] }
        graph.outputs = outputs.map { ids[$0] }
        return graph
    }
}

// What importers and exporters build graphs with.
extension Graph {
    /// Adds an input.
    public mutating func addInput(_ name: String, _ type: TensorType) -> ValueID {
        values.append(Value(name: name, type: type))
        inputs.append(values.count - 1)
        return values.count - 1
    }

    /// Adds a constant.
    public mutating func addConstant(
        _ name: String, _ shape: [Int], _ data: TensorData, quantization: Quantization? = nil
    ) -> ValueID {
        let type = TensorType(data.elementType, shape, quantization: quantization)
        values.append(Value(name: name, type: type, constant: data))
        return values.count - 1
    }

    /// Adds a state whose elements are zeros before the first run. It keeps them until `next` is set.
    public mutating func addState(_ name: String, _ shape: [Int], _ element: ElementType) -> ValueID {
        let size = shape.reduce(element.size) { $0 * $1 }
        let zeros = TensorData(element, logicalBytes: [UInt8](repeating: 0, count: size))
        let id = addConstant(name, shape, zeros)
        values[id].next = id
        return id
    }

    /// Adds a node behind all others, with the outputs that its shape rule says.
    /// - Throws: `EdgeError` that names the node, when the inputs do not fit.
    public mutating func addAll(
        _ operation: any Operation, name: String, inputs: [ValueID], outputs names: [String]
    ) throws(EdgeError) -> [ValueID] {
        var types: [TensorType]
        do throws(EdgeError) {
            types = try operation.outputTypes(of: inputs.map { values[$0].type })
            guard types.count == names.count else {
                throw EdgeError(.data, at: "", "\(types.count) outputs instead of \(names.count)")
            }
        } catch {
            throw error.within("node '\(name)'")
        }
        let ids = Array(values.count..<values.count + types.count)
        values += zip(names, types).map { Value(name: $0, type: $1) }
        nodes.append(Node(name: name, operation: operation, inputs: inputs, outputs: ids))
        return ids
    }

    /// Adds a node of one output behind all others; the output's type comes from the operation's shape rule.
    /// - Parameters:
    ///   - name: of the node; its output is called `output`, or the same where that is nil.
    ///   - quantization: of a quantized output.
    ///   - element: int8 or int16, where the operation leaves the choice; nil for what the shape rule says.
    /// - Throws: `EdgeError` that names the node, when the inputs do not fit.
    public mutating func add(
        _ operation: any Operation, name: String, inputs: [ValueID], output: String? = nil,
        quantization: Quantization? = nil, element: ElementType? = nil
    ) throws(EdgeError) -> ValueID {
        var type: TensorType
        do throws(EdgeError) {
            let types = try operation.outputTypes(of: inputs.map { values[$0].type })
            guard types.count == 1 else { throw EdgeError(.data, at: "", "\(types.count) outputs instead of one") }
            type = types[0]
            if let element, element != type.element {
                guard operation.choosesWidth, element.isQuantized, type.element.isQuantized else {
                    throw EdgeError(.data, at: "", "\(element.rawValue) wanted, but \(type.text) is computed")
                }
                type.element = element
            }
        } catch {
            throw error.within("node '\(name)'")
        }
        values.append(
            Value(name: output ?? name, type: TensorType(type.element, type.shape, quantization: quantization)))
        nodes.append(Node(name: name, operation: operation, inputs: inputs, outputs: [values.count - 1]))
        return values.count - 1
    }
}
