public import Denoising
public import Diffusion
public import EdgeFormat
import Inference
public import ModelGraph

/// A float network that predicts noise, and what it was trained for.
public struct FloatDenoiser: Sendable {
    /// Inputs x, t and label, for one sample.
    public let graph: Graph
    public let settings: DiffusionSettings

    /// - Throws: `.usage` for a network that is no denoiser, `.data` for one whose inputs or settings are wrong.
    public init(_ graph: Graph) throws(EdgeError) {
        guard let settings = try DiffusionSettings(metadata: graph.metadata) else {
            throw EdgeError(.usage, at: "", "is no denoiser")
        }
        _ = try graph.latentElements
        self.graph = graph
        self.settings = settings
    }

    /// Refuses a compiled denoiser whose pictures cannot be compared with this one's.
    public func check(against compiled: DiffusionModel) throws(EdgeError) {
        let name = compiled.model.path
        let shape = Array(graph.values[graph.inputs[0]].type.shape.dropFirst())
        guard shape == [compiled.height, compiled.width, compiled.channels] else {
            let own = shape.count == 3 ? Self.size(shape[1], shape[0], shape[2]) : "\(shape)"
            let other = Self.size(compiled.width, compiled.height, compiled.channels)
            throw EdgeError(.usage, at: "", "its pictures are \(own), those of \(name) \(other)")
        }
        guard settings.classes == compiled.settings.classes else {
            throw EdgeError(.usage, at: "", "it has \(settings.classes) labels, \(name) \(compiled.settings.classes)")
        }
        let own = try settings.schedule().alphaBars
        guard own.count == compiled.schedule.count else {
            throw EdgeError(
                .usage, at: "", "its schedule has \(own.count) steps, that of \(name) \(compiled.schedule.count)")
        }
        // Another C library may compute a cosine's last bit otherwise.
        guard zip(own, compiled.schedule.alphaBars).allSatisfy({ abs($0 - $1) < 1e-9 }) else {
            throw EdgeError(
                .usage, at: "", "its schedule is \(settings.scheduleKind.rawValue), that of \(name) is another one")
        }
    }

    private static func size(_ width: Int, _ height: Int, _ channels: Int) -> String {
        "\(width)x\(height)" + (channels == 1 ? "" : " in colour")
    }
}
