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

    /// The model of the first operand, ready to classify pictures.
    func recognizer() throws(Failure) -> Recognizer {
        let model = try model()
        let kernels = try kernelSet()
        let threads = try threadCount()
        return try reporting { () throws(EdgeError) in try Recognizer(model, kernels: kernels, threads: threads) }
    }
}
