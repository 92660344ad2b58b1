public import EdgeFormat
public import Inference
public import ModelGraph
import Platform
public import Quantization

/// What a finished build has that costs more than it needs to, in a sentence each (docs/quantization.md, "Warnings").
public enum CostWarnings {
    /// Names that a sentence lists.
    private static let names = 5

    /// Channels that are never but 0.
    public static func deadChannels(_ layers: [DeadChannels]) -> String? {
        guard !layers.isEmpty else { return nil }
        let worst = layers.enumerated().sorted {
            ($0.element.count * $1.element.channels, $1.offset) > ($1.element.count * $0.element.channels, $0.offset)
        }.map(\.element)
        let all = layers.reduce(0) { $0 + $1.count }
        let list = worst.prefix(names).map { "'\($0.layer)' \($0.count) of \($0.channels)" }.joined(separator: ", ")
        let more = worst.count > names ? " and \(worst.count - names) more" : ""
        let channels = all == 1 ? "1 channel is" : "\(all) channels are"
        return "\(channels) 0 for every calibration sample and can be left out of the network: \(list)\(more)"
    }

    /// What a model's operations take longer than they need to: those that stay in float, and those that are slower in
    /// integers than in floats. It is timed once for both.
    /// - Parameters:
    ///   - graph: quantized.
    ///   - model: what it was compiled to.
    ///   - floats: the network compiled without quantization; nil where it is not compared.
    /// - Throws: `EdgeError` when a model cannot be run here.
    public static func operations(_ graph: Graph, _ model: Model, floats: Model? = nil) throws(EdgeError) -> [String] {
        let nodes = graph.floatNodes
        guard floats != nil || !nodes.isEmpty else { return [] }
        var indices: [String: Int] = [:]
        for (index, node) in graph.nodes.enumerated() { indices[node.name] = index }
        let times = try Times(model, indices, count: graph.nodes.count)
        var sentences: [String] = []
        if !nodes.isEmpty { sentences.append(floatOperations(graph, nodes, times)) }
        if let floats {
            let others = try Times(floats, indices, count: graph.nodes.count)
            if let sentence = slowOperations(graph, times, others) { sentences.append(sentence) }
        }
        return sentences
    }

    /// Operations that stay in float inside a network of integers, and the share of the time that they take here.
    private static func floatOperations(_ graph: Graph, _ nodes: [Graph.Node], _ times: Times) -> String {
        let inFloat = Set(nodes.map(\.name))
        let time = graph.nodes.indices.reduce(0) { $0 + (inFloat.contains(graph.nodes[$1].name) ? times.owned[$1] : 0) }
        let share = DecimalText.format(times.total > 0 ? 100 * Double(time) / Double(times.total) : 0, digits: 0)
        return "\(nodes.count) of \(graph.nodes.count) operations stay in float and take \(share) % of the time here: "
            + list(nodes)
    }

    /// Operations in integers that take longer here than the same ones in floats.
    private static func slowOperations(_ graph: Graph, _ integers: Times, _ others: Times) -> String? {
        let inFloat = Set(graph.floatNodes.map(\.name))
        let slow = graph.nodes.indices.filter {
            !inFloat.contains(graph.nodes[$0].name)
                && isSlower(integers.owned[$0], than: others.owned[$0], of: integers.total)
        }
        guard !slow.isEmpty else { return nil }
        let lost = slow.reduce(0) { $0 + integers.owned[$1] - others.owned[$1] }
        let share = DecimalText.format(100 * Double(lost) / Double(integers.total), digits: 0)
        let operations = slow.count == 1 ? "1 operation is" : "\(slow.count) operations are"
        return
            "\(operations) slower in integers than in floats and cost \(share) % of the time here, which --float NAME "
            + "saves: \(list(slow.map { graph.nodes[$0] }))"
    }

    /// Whether one time is longer than another by more than timing is off: by a quarter, by a hundredth of the whole, and by
    /// 20 µs. What was not timed is no comparison.
    /// - Parameters: in nanoseconds.
    package static func isSlower(_ time: Int64, than other: Int64, of total: Int64) -> Bool {
        other > 0 && 4 * time > 5 * other && 100 * (time - other) > total && time - other > 20_000
    }

    /// How long a model's operations take here, in nanoseconds.
    private struct Times {
        /// By what they belong to.
        var owned: [Int64]
        /// Of all of them.
        let total: Int64

        init(_ model: Model, _ indices: [String: Int], count: Int) throws(EdgeError) {
            let owners = OperationOwners(indices)
            let times = try OperationTimes(model, runs: 5)
            owned = [Int64](repeating: 0, count: count)
            total = times.nanoseconds.reduce(0, +)
            for (time, operation) in zip(times.nanoseconds, times.operations) {
                if let owner = owners.owner(of: operation, model.file.tensors) { owned[owner] += time }
            }
        }
    }

    private static func list(_ nodes: [Graph.Node]) -> String {
        let first = nodes.prefix(names).map { "'\($0.name)' (\(type(of: $0.operation).name))" }
        return first.joined(separator: ", ") + (nodes.count > names ? " and \(nodes.count - names) more" : "")
    }
}
