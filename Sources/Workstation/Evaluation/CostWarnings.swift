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

    /// Operations that stay in float inside a network of integers, and the share of the time that they take here.
    /// - Parameter model: what the graph was compiled to.
    /// - Throws: `EdgeError` when the model cannot be run here.
    public static func floatOperations(_ graph: Graph, _ model: Model) throws(EdgeError) -> String? {
        let nodes = graph.floatNodes
        guard !nodes.isEmpty else { return nil }
        var indices: [String: Int] = [:]
        for node in graph.nodes { indices[node.name] = 0 }
        for node in nodes { indices[node.name] = 1 }
        let owners = OperationOwners(indices)
        let times = try OperationTimes(model, runs: 5)
        var (all, plain) = (Int64(0), Int64(0))
        for (time, operation) in zip(times.nanoseconds, times.operations) {
            all += time
            if owners.owner(of: operation, model.file.tensors) == 1 { plain += time }
        }
        let share = DecimalText.format(all > 0 ? 100 * Double(plain) / Double(all) : 0, digits: 0)
        let list = nodes.prefix(names).map { "'\($0.name)' (\(type(of: $0.operation).name))" }.joined(separator: ", ")
        let more = nodes.count > names ? " and \(nodes.count - names) more" : ""
        return "\(nodes.count) of \(graph.nodes.count) operations stay in float and take \(share) % of the time here: "
            + "\(list)\(more)"
    }
}
