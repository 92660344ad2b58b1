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
                    help: "an input: float32 reals, or int8 and int16 as the model keeps them; pictures as NxHxWxC"),
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
    let folder = arguments.value("output-dir") ?? "."
    do throws(SystemError) {
        try Files.makeDirectories(folder)
        for index in 0..<session.outputCount {
            let view = session.output(index)
            let array = arguments.flag("quantized") ? quantized(view) : reals(view)
            try Files.writeAtomically(folder + "/" + fileName(view.tensor.name) + ".npy", array.npy())
        }
    } catch {
        throw Failure(error)
    }
    return .done
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
        try fill(session.input(index), array, path)
        return index
    }
    throw Failure(.usage, "--input \(text): the model has no input of that name; see edge-run inspect")
}

private func fill(_ view: TensorView, _ array: NumPyArray, _ path: String) throws(Failure) {
    let tensor = view.tensor
    guard array.shape == tensor.shape else {
        throw Failure(.data, "\(path): has shape \(text(array.shape)), the model takes \(text(tensor.shape))")
    }
    switch (array.element, tensor.element) {
    case (.int8, .int8), (.int16, .int16): array.bytes.withUnsafeBytes { view.write($0) }
    case (.int32, .int32), (.int64, .int32): fillIndices(view, array)
    case (.float32, .int8), (.float32, .int16):
        let reals = reals(array)
        reals.withUnsafeBufferPointer { all in
            let size = view.pictureCount
            for picture in 0..<tensor.pictures {
                view.write(floats: .init(rebasing: all[picture * size..<(picture + 1) * size]), picture: picture)
            }
        }
    default:
        throw Failure(
            .data, "\(path): its elements are none that an input of \(tensor.element.name) takes; see --help")
    }
}

/// Time steps or labels; a run cuts them to their bounds.
private func fillIndices(_ view: TensorView, _ array: NumPyArray) {
    array.bytes.withUnsafeBytes { bytes in
        for index in 0..<view.tensor.count {
            let value =
                array.element == .int32
                ? Int64(Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * index, as: Int32.self)))
                : Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * index, as: Int64.self))
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

private func quantized(_ view: TensorView) -> NumPyArray {
    NumPyArray(view.tensor.element == .int8 ? .int8 : .int16, shape: view.tensor.shape, bytes: view.bytes())
}

private func reals(_ view: TensorView) -> NumPyArray {
    let size = view.pictureCount
    var reals = [Float](repeating: 0, count: view.tensor.count)
    reals.withUnsafeMutableBufferPointer { all in
        for picture in 0..<view.tensor.pictures {
            view.read(floats: .init(rebasing: all[picture * size..<(picture + 1) * size]), picture: picture)
        }
    }
    var bytes: [UInt8] = []
    for real in reals { withUnsafeBytes(of: real.bitPattern.littleEndian) { bytes.append(contentsOf: $0) } }
    return NumPyArray(.float32, shape: view.tensor.shape, bytes: bytes)
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
