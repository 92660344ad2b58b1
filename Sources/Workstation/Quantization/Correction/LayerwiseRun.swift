import EdgeFormat
import ModelGraph

/// A quantized graph run node by node, each on all samples before the next: so that a layer can be changed when its inputs
/// are known, and before its results are.
struct LayerwiseRun {
    private var interpreter: ReferenceInterpreter
    private let threads: Int
    /// By sample: what later nodes read, by value.
    private var values: [[Graph.ValueID: TensorData]]

    /// Samples that a thread takes at a time.
    private static let shard = 4

    init(_ graph: Graph, _ samples: CalibrationSamples, threads: Int) throws(EdgeError) {
        self.threads = threads
        interpreter = try ReferenceInterpreter(graph, .quick)
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

    /// The graph as it is now.
    var graph: Graph { interpreter.graph }

    /// Changes a constant that no node before the next one reads.
    mutating func replace(_ constant: Graph.ValueID, by data: TensorData) {
        interpreter = interpreter.replacing(constant, by: data)
    }

    /// What a layer's operands add up to over all samples.
    func sums(_ index: Int, _ layer: LinearLayer) throws(EdgeError) -> LayerSums {
        let computed = graph.nodes[index].inputs.enumerated().filter { graph.values[$1].constant == nil }
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

    /// What a layer's window sees at some places of all samples.
    /// - Parameter count: of the places.
    func patches(_ index: Int, _ layer: LinearLayer, count: Int) throws(EdgeError) -> PatchSamples {
        let id = graph.nodes[index].inputs[0]
        let type = graph.values[id].type
        let each = max(1, count / max(values.count, 1))
        return try concurrently(shards(values.count, of: Self.shard), threads: threads, into: PatchSamples(layer)) {
            [values] (range) throws(EdgeError) in
            var patches = PatchSamples(layer)
            for sample in range {
                guard let data = values[sample][id] else { continue }
                try patches.add(layer, type.centred(data), type.shape, count: each)
            }
            return patches
        } merge: {
            $0.merge($1)
        }
    }

    /// Computes a node on all samples and drops what no later node reads.
    mutating func advance(_ index: Int) throws(EdgeError) {
        let graph = graph
        let node = graph.nodes[index]
        let results = try concurrently(shards(values.count, of: Self.shard), threads: threads, into: [[TensorData]]()) {
            [values, interpreter] (range) throws(EdgeError) in
            var results: [[TensorData]] = []
            for sample in range {
                let operands = node.inputs.compactMap { graph.values[$0].constant ?? values[sample][$0] }
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
    fileprivate var bytes: Int { type.element.size * type.count }
}
