public import EdgeFormat
public import ModelGraph

/// Runs a float graph on samples and notes what the quantizer has to know of every value, in memory that does not grow
/// with the number of samples.
public struct Calibration: Sendable {
    private let interpreter: ReferenceInterpreter
    private let method: RangeMethod
    /// By value: the functions that alone read it; empty where anything else does.
    private let functions: [[any UnaryOperation]]
    private var observers: [ValueObserver]

    /// - Parameters:
    ///   - method: how `byteRanges` are to be found.
    ///   - arithmetic: how the graph's sums are computed.
    public init(
        _ graph: Graph, method: RangeMethod = .minMax, _ arithmetic: SumArithmetic = .inOrder
    ) throws(EdgeError) {
        interpreter = try ReferenceInterpreter(graph, arithmetic)
        self.method = method
        let functions = graph.values.indices.map { graph.functions(of: $0) }
        self.functions = functions
        let layers = Set(graph.nodes.filter(\.hasWeights).flatMap(\.outputs))
        observers = functions.enumerated().map { id, functions in
            ValueObserver(
                countsValues: method.needsHistogram || !functions.isEmpty, watchesChannels: layers.contains(id))
        }
    }

    /// By value: what was seen, which 16 bits reach over; nil for constants and before the first sample.
    public var ranges: [ValueRange?] { observers.map(\.range) }

    /// By value: the range that 8 bits stand for.
    public var byteRanges: [ValueRange?] { byteRanges(method) }

    /// The same by another method, which may look at how often values occurred only if this calibration's does. Of a value
    /// that only functions read, whatever the method, it is the range with the least error after them.
    public func byteRanges(_ method: RangeMethod) -> [ValueRange?] {
        zip(observers, functions).map { observer, functions in
            guard !functions.isEmpty, let range = observer.range, let histogram = observer.histogram else {
                return observer.range(method)
            }
            return histogram.bestRange(
                within: range,
                before: functions.map { (function) in { function(function.tableArgument($0)) } })
        }
    }

    /// By layer with weights of its own: its result's channels that were 0 in every sample.
    public var deadChannels: [DeadChannels] {
        graph.nodes.compactMap { node in
            guard node.hasWeights, let output = node.outputs.first, let silent = observers[output].silent,
                !silent.isEmpty
            else { return nil }
            return DeadChannels(
                layer: node.name, count: silent.count, channels: graph.values[output].type.shape.last ?? 1)
        }
    }

    var graph: Graph { interpreter.graph }

    /// Looks at one sample, or at as many as the graph takes.
    /// - Parameters:
    ///   - inputs: float elements, or indices, for each input of the graph.
    ///   - name: of the sample, for errors.
    /// - Returns: the graph's outputs.
    @discardableResult
    public mutating func observe(_ inputs: [TensorData], name: String) throws(EdgeError) -> [TensorData] {
        var observers = observers
        self.observers = []
        defer { self.observers = observers }
        return try interpreter.run(inputs) { (id, data) throws(EdgeError) in
            guard let elements = data.floats else { return }
            let channels = graph.values[id].type.shape.last ?? 1
            guard !observers[id].observe(elements, channels: channels) else { return }
            throw EdgeError(
                .data, at: name, "value '\(graph.values[id].name)' is not finite; the model cannot be quantized")
        }
    }

    /// Adds what another calibration of the same graph saw of the samples that came after.
    public mutating func merge(_ later: Calibration) {
        for id in observers.indices { observers[id].merge(later.observers[id]) }
    }
}

/// Channels of a layer's result that calibration saw nothing of but 0: they cost time, and say nothing.
public struct DeadChannels: Equatable, Sendable {
    public let layer: String
    public let count: Int
    /// Of the layer, the dead ones included.
    public let channels: Int

    public init(layer: String, count: Int, channels: Int) {
        self.layer = layer
        self.count = count
        self.channels = channels
    }
}

extension Graph.Node {
    fileprivate var hasWeights: Bool {
        operation is Convolution || operation is ConvolutionAddition || operation is Dense
    }
}

extension Graph {
    /// The functions of one value that read a value, where nothing else does.
    fileprivate func functions(of id: ValueID) -> [any UnaryOperation] {
        guard values[id].constant == nil, !results.contains(id) else { return [] }
        let users = users(of: id)
        let functions = users.compactMap { nodes[$0].operation as? any UnaryOperation }
        return functions.count == users.count ? functions : []
    }
}
