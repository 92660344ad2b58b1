public import ModelGraph

// Models whose source quantized them: float values know the integers that they are to be stored as.
extension Graph {
    /// Whether the model's source quantized it.
    public var isPrescribed: Bool {
        values.contains { $0.constant == nil && $0.type.element.isFloat && $0.type.quantization != nil }
    }

    /// The same network as floats alone.
    public func withoutPrescriptions() -> Graph {
        var graph = self
        for id in values.indices where values[id].type.element.isFloat { graph.values[id].type.quantization = nil }
        return graph
    }
}
