import EdgeFormat
import ModelGraph

/// A quantized graph run node by node, each on all samples before the next: so that a layer can be changed when its inputs
/// are known, and before its results are.
struct LayerwiseRun {
    private let graph: Graph
    private let interpreter: ReferenceInterpreter
    private let threads: Int
    /// The graph's constants by value, as they are from the next node on.
    var constants: [TensorData?]
    /// By sample: what later nodes read, by value.
    private var values: [[Graph.ValueID: TensorData]]

    /// Samples that a thread takes at a time.
    private static let shard = 4

    init(_ graph: Graph, _ samples: CalibrationSamples, threads: Int) throws(EdgeError) {
        self.graph = graph
        self.threads = threads
        interpreter = try ReferenceInterpreter(graph, .quick)
        constants = graph.values.map(\.constant)
        values = try concurrently(shards(samples.count, of: Self.shard), threads: threads, into: []) {
            (range) throws(EdgeError) in
            var values: [[Graph.ValueID: TensorData]] = []
            for sample in range {
                var given: [Graph.ValueID: TensorData] = [:]
                for (id, data) in zip(graph.inputs, try samples[sample].inputs) {
                    given[id] = try graph.values[id].type.converted(data)
                }
                values.append(given)
            }
            return values
        } merge: {
            $0 += $1
        }
    }

    /// What a layer's operands add up to over all samples.
    func sums(_ index: Int, _ layer: LinearLayer) throws(EdgeError) -> LayerSums {
        let computed = graph.nodes[index].inputs.enumerated().filter { constants[$1] == nil }
        return try concurrently(shards(values.count, of: Self.shard), threads: threads, into: LayerSums()) {
            [values, graph] (range) throws(EdgeError) in
            var sums = LayerSums()
            for sample in range {
                for (operand, id) in computed {
                    guard let data = values[sample][id] else { continue }
                    try sums.add(layer, operand: operand, (graph.values[id].type, data))
                }
            }
            return sums
        } merge: {
            $0.merge($1)
        }
    }

    /// Computes a node on all samples and drops what no later node reads.
    mutating func advance(_ index: Int) throws(EdgeError) {
        let node = graph.nodes[index]
        let results = try concurrently(shards(values.count, of: Self.shard), threads: threads, into: [[TensorData]]()) {
            [values, constants, interpreter] (range) throws(EdgeError) in
            var results: [[TensorData]] = []
            for sample in range {
                let operands = node.inputs.compactMap { constants[$0] ?? values[sample][$0] }
                results.append(try interpreter.evaluate(index, operands))
            }
            return results
        } merge: {
            $0 += $1
        }
        for (sample, outputs) in results.enumerated() {
            for (id, data) in zip(node.outputs, outputs) { values[sample][id] = data }
            for id in interpreter.lastReads[index] { values[sample][id] = nil }
        }
    }
}

extension Graph {
    /// The most bytes that the values of one sample have at any time of a run.
    var liveBytes: Int {
        var lastReads = [Int](repeating: -1, count: values.count)
        for (index, node) in nodes.enumerated() {
            for id in node.inputs { lastReads[id] = index }
        }
        var live = inputs.reduce(0) { $0 + values[$1].bytes }
        var most = live
        for (index, node) in nodes.enumerated() {
            live += node.outputs.reduce(0) { $0 + values[$1].bytes }
            most = max(most, live)
            for id in Set(node.inputs) where lastReads[id] == index && values[id].constant == nil {
                live -= values[id].bytes
            }
        }
        return most
    }
}

extension Graph.Value {
    fileprivate var bytes: Int {
        switch type.element {
        case .int8: type.count
        case .int16: 2 * type.count
        case .float32, .int32: 4 * type.count
        case .int64: 8 * type.count
        }
    }
}
