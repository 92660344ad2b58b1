import EdgeFormat
import Networks

/// Operations one after the other, each named after its place: "0", "1" and so on.
struct Chain: Architecture {
    enum Link: Sendable {
        case convolution(filters: Int, SquareWindow, relu: Bool)
        case dense(outputs: Int, relu: Bool)
        case pool(PoolKind, SquareWindow)
        case flatten
        case activation(ActivationKind)
        case groupNorm(groups: Int, silu: Bool)
        /// With itself, upsampled by this factor.
        case addition(factor: Int)
        case concatenation(factor: Int)
    }

    let input: [Int]
    let links: [Link]

    init(_ input: [Int], _ links: Link...) {
        self.input = input
        self.links = links
    }

    func build<Builder: NetworkBuilder>(
        _ x: Builder.Value, _ indices: [Builder.Indices], with builder: inout Builder
    ) throws(EdgeError) -> Builder.Value {
        var h = x
        for (index, link) in links.enumerated() { h = try apply(link, "\(index)", h, &builder) }
        return h
    }

    private func apply<Builder: NetworkBuilder>(
        _ link: Link, _ name: String, _ x: Builder.Value, _ builder: inout Builder
    ) throws(EdgeError) -> Builder.Value {
        switch link {
        case .convolution(let filters, let window, let relu):
            return try builder.convolution(name, x, filters: filters, window: window, relu: relu)
        case .dense(let outputs, let relu): return try builder.dense(name, x, outputs: outputs, relu: relu)
        case .pool(let kind, let window): return try builder.pool(name, x, kind, window: window)
        case .flatten: return try builder.flatten(name, x)
        case .activation(let kind): return try builder.activation(name, x, kind)
        case .groupNorm(let groups, let silu): return try builder.groupNorm(name, x, groups: groups, silu: silu)
        case .addition(let factor):
            let y = try builder.upsampling("larger", x, factor: factor)
            return try builder.addition(name, y, x)
        case .concatenation(let factor):
            let y = try builder.upsampling("larger", x, factor: factor)
            return try builder.concatenation(name, y, x)
        }
    }
}
