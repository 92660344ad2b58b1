import Console
import EdgeFormat
import Inference
import Platform

extension Verb {
    /// `edge-run infer MODEL --input NAME=X.npy… --output-dir DIR`
    static var infer: Verb {
        Verb(
            "infer", summary: "run once on tensors from NumPy files", operands: "MODEL", operandCount: 1...1,
            options: [
                Option(
                    "input", argument: "NAME=FILE.npy", repeats: true,
                    help:
                        "an input, in the order of axes of the model that was compiled: of the type that inspect shows, or float32 reals where that stands for reals"
                ),
                Option(
                    "output-dir", argument: "DIR", help: "write NAME.npy for each output; default the current folder"),
                Option("quantized", help: "write outputs as int8 or int16, not as the reals they stand for"),
                .graph, .kernels, .threads,
            ], run: runInfer)
    }
}

private func runInfer(_ arguments: Arguments) throws(Failure) -> ExitStatus {
    let session = try arguments.session()
    var given = [Bool](repeating: false, count: session.inputCount)
    for text in arguments.values("input") {
        let index = try fill(session, text)
        given[index] = true
    }
    for index in given.indices where !given[index] {
        let tensor = session.input(index).tensor
        throw Failure(.usage, "input '\(tensor.name)' is missing: give --input \(tensor.name)=FILE.npy")
    }
    session.run()
    let arrays = try reporting { () throws(EdgeError) in try results(session, quantized: arguments.flag("quantized")) }
    let folder = arguments.value("output-dir") ?? "."
    do throws(SystemError) {
        try Files.makeDirectories(folder)
        for (name, array) in arrays {
            try Files.writeAtomically(folder + "/" + fileName(name) + ".npy", array.npy())
        }
    } catch {
        throw Failure(error)
    }
    return .done
}

/// Every output but those that only count another's rows, by name.
private func results(_ session: Session, quantized: Bool) throws(EdgeError) -> [(name: String, array: NumPyArray)] {
    var results: [(name: String, array: NumPyArray)] = []
    let counts = (0..<session.outputCount).compactMap { session.output($0).tensor.countTensor }
    for index in 0..<session.outputCount where !counts.contains(session.graph.outputs[index]) {
        let tensor = session.output(index).tensor
        var array: NumPyArray
        if tensor.isQuantized && !quantized {
            array = NumPyArray(reals: try session.outputReals(index, order: .stored), shape: tensor.shape)
        } else {
            array = elements(session.output(index))
        }
        if tensor.countTensor != nil { array = array.prefix(try session.outputRows(index)) }
        if !tensor.sourceAxes.isEmpty { array = array.transposed(tensor.sourceAxes) }
        results.append((tensor.name, array))
    }
    return results
}

/// Writes the input that `NAME=FILE.npy` names; returns its index.
private func fill(_ session: Session, _ text: String) throws(Failure) -> Int {
    let parts = text.utf8.split(separator: UInt8(ascii: "="), maxSplits: 1)
    guard parts.count == 2 else { throw Failure(.usage, "--input \(text): write NAME=FILE.npy") }
    let path = String(Substring(parts[1]))
    for index in 0..<session.inputCount where session.input(index).tensor.name.utf8.elementsEqual(parts[0]) {
        let file: MappedFile
        do throws(SystemError) {
            file = try MappedFile(path: path)
        } catch {
            throw Failure(error)
        }
        let array = try NumPyArray(npy: file.bytes, place: path)
        try fill(session, index, array, path)
        return index
    }
    throw Failure(.usage, "--input \(text): the model has no input of that name; see edge-run inspect")
}

private func fill(_ session: Session, _ index: Int, _ array: NumPyArray, _ path: String) throws(Failure) {
    let tensor = session.input(index).tensor
    let shape = tensor.shape(in: .source)
    guard array.shape == shape else {
        throw Failure(.data, "\(path): has shape \(text(array.shape)), the model takes \(text(shape))")
    }
    if array.element == tensor.element.array {
        try reporting { () throws(EdgeError) in
            try array.bytes.withUnsafeBufferPointer { (bytes) throws(EdgeError) in
                try session.setInput(index, bytes: UnsafeRawBufferPointer(bytes))
            }
        }
    } else if array.element == .int64, tensor.isIndex {
        fillIndices(session.input(index), array)
    } else if array.element == .float32, tensor.isQuantized {
        try reporting { () throws(EdgeError) in try session.setInput(index, reals: reals(array)) }
    } else {
        throw Failure(
            .data, "\(path): its elements are none that an input of \(tensor.element.name) takes; see --help")
    }
}

/// Time steps or labels; a run cuts them to their bounds.
private func fillIndices(_ view: TensorView, _ array: NumPyArray) {
    array.bytes.withUnsafeBytes { bytes in
        for index in 0..<view.tensor.count {
            let value = Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * index, as: Int64.self))
            view.write(index: Int(truncatingIfNeeded: value), at: index)
        }
    }
}

private func reals(_ array: NumPyArray) -> [Float] {
    array.bytes.withUnsafeBytes { source in
        (0..<source.count / 4).map { index in
            let bits = source.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
            return Float(bitPattern: UInt32(littleEndian: bits))
        }
    }
}

/// The elements as they are.
private func elements(_ view: TensorView) -> NumPyArray {
    NumPyArray(view.tensor.element.array ?? .uint8, shape: view.tensor.shape, bytes: view.bytes())
}

extension ModelElement {
    /// The type of an array of such elements; nil of types that no model of this format has.
    fileprivate var array: NumPyArray.Element? {
        switch self {
        case .bool: .bool
        case .int8: .int8
        case .uint8: .uint8
        case .int16: .int16
        case .uint16: .uint16
        case .int32: .int32
        case .int64: .int64
        case .float16: .float16
        case .float32: .float32
        case .uint32, .uint64, .bfloat16: nil
        }
    }
}

extension NumPyArray {
    fileprivate init(reals: [Float], shape: [Int]) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(4 * reals.count)
        for real in reals { withUnsafeBytes(of: real.bitPattern.littleEndian) { bytes.append(contentsOf: $0) } }
        self.init(.float32, shape: shape, bytes: bytes)
    }

    /// The first rows.
    fileprivate func prefix(_ rows: Int) -> NumPyArray {
        let row = shape.dropFirst().reduce(element.size, *)
        return NumPyArray(element, shape: [rows] + shape.dropFirst(), bytes: Array(bytes.prefix(rows * row)))
    }
}

/// A tensor's name without characters that are no part of a file's name.
private func fileName(_ name: String) -> String {
    var bytes: [UInt8] = []
    for byte in name.utf8 { bytes.append(byte == UInt8(ascii: "/") || byte < 32 ? UInt8(ascii: "_") : byte) }
    return bytes.isEmpty ? "output" : String(decoding: bytes, as: UTF8.self)
}

/// `1x28x28x1`
private func text(_ shape: [Int]) -> String {
    var text = ""
    for size in shape { text += (text.isEmpty ? "" : "x") + "\(size)" }
    return text
}
