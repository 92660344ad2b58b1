import ModelGraph

extension Pass {
    /// A zero border before a convolution becomes the convolution's own padding.
    static let foldingPads = Pass(name: "fold-pads") { graph in
        for (index, node) in graph.nodes.enumerated() {
            guard let convolution = node.operation as? Convolution,
                let source = graph.soleProducer(of: node.inputs[0]),
                let pad = graph.nodes[source].operation as? Pad, pad.isSpatial, pad.value == 0
            else { continue }
            var wider = convolution
            wider.padding.top += pad.before[1]
            wider.padding.left += pad.before[2]
            wider.padding.bottom += pad.after[1]
            wider.padding.right += pad.after[2]
            var next = graph
            next.nodes[index].operation = wider
            next.nodes[index].inputs[0] = graph.nodes[source].inputs[0]
            return next
        }
        return nil
    }
}

extension Pad {
    /// Whether only the rows and columns of a picture are padded.
    fileprivate var isSpatial: Bool {
        before.count == 4 && before[0] == 0 && after[0] == 0 && before[3] == 0 && after[3] == 0
    }
}
