import Console
import EdgeFormat
import Inference
import Platform
import Recognition

/// Options that several verbs have.
extension Option {
    static var kernels: Option {
        Option(
            "kernels", argument: "SET",
            help: "force a kernel set: scalar, avx2, avxvnni, avx512vnni, neon, dotprod; by default the best one")
    }
    static var threads: Option {
        Option("threads", argument: "N", help: "threads that share an inference; default 1")
    }
    static var graph: Option {
        Option("graph", argument: "NAME", help: "one of the model's graphs; default the first")
    }
    static var json: Option { Option("json", help: "print JSON") }
}

extension Arguments {
    /// The set that `--kernels` forces, else the best one.
    func kernelSet() throws(Failure) -> KernelSet {
        guard let name = value("kernels") else { return .best }
        return try reporting { () throws(EdgeError) in try KernelSet(named: name) }
    }

    func threadCount() throws(Failure) -> Int { try integer("threads", in: 1...64) ?? 1 }

    /// The model of the first operand.
    func model() throws(Failure) -> Model {
        let path = operands[0]
        return try reporting { () throws(EdgeError) in try Model(path: path) }
    }

    /// The model of the first operand, ready to run the graph that `--graph` names.
    func session() throws(Failure) -> Session {
        let model = try model()
        let kernels = try kernelSet()
        let threads = try threadCount()
        let graph = try graphIndex(model)
        return try reporting { () throws(EdgeError) in
            try Session(model, graph: graph, kernels: kernels, threads: threads)
        }
    }

    private func graphIndex(_ model: Model) throws(Failure) -> Int {
        guard let name = value("graph") else { return 0 }
        for (index, graph) in model.file.graphs.enumerated() where graph.name.utf8.elementsEqual(name.utf8) {
            return index
        }
        var names = ""
        for graph in model.file.graphs { names += (names.isEmpty ? "" : ", ") + graph.name }
        throw Failure(.usage, "--graph \(name): the model has \(names)")
    }

    /// The model of the first operand, ready to classify pictures.
    func recognizer() throws(Failure) -> Recognizer {
        let model = try model()
        let kernels = try kernelSet()
        let threads = try threadCount()
        return try reporting { () throws(EdgeError) in try Recognizer(model, kernels: kernels, threads: threads) }
    }
}
