internal import CSwiftlet
internal import EdgeFormat
internal import Inference

/// What a `swiftlet_options` asks for, checked.
struct SessionOptions {
    private let graph: String?
    private let kernels: KernelSet
    private let threads: Int
    private let order: AxisOrder

    private static let mostThreads = 64

    init(_ options: swiftlet_options) throws(EdgeError) {
        graph = options.graph.map { String(cString: $0) }
        if let name = options.kernels {
            kernels = try KernelSet(named: String(cString: name))
        } else {
            kernels = .best
        }
        threads = max(1, Int(options.threads))
        guard options.threads >= 0, threads <= Self.mostThreads else {
            throw EdgeError(.usage, at: "threads \(options.threads)", "a session takes 1 … \(Self.mostThreads)")
        }
        switch options.order {
        case SWIFTLET_SOURCE_ORDER: order = .source
        case SWIFTLET_STORED_ORDER: order = .stored
        default: throw EdgeError(.usage, at: "order \(options.order.rawValue)", "there is no such order of axes")
        }
    }

    func open(_ model: Model) throws(EdgeError) -> (Session, AxisOrder) {
        (try Session(model, graph: try graphIndex(model), kernels: kernels, threads: threads), order)
    }

    private func graphIndex(_ model: Model) throws(EdgeError) -> Int {
        guard let graph else { return 0 }
        for (index, entry) in model.file.graphs.enumerated() where entry.name.utf8.elementsEqual(graph.utf8) {
            return index
        }
        var names = ""
        for entry in model.file.graphs { names += (names.isEmpty ? "" : ", ") + entry.name }
        throw EdgeError(.usage, at: model.path, "has no graph '\(graph)', but " + names)
    }
}
