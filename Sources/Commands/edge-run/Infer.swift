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
                    help: "an input: float32 reals, or int8 as the model keeps them; pictures as 1xHxWxC"),
                Option(
                    "output-dir", argument: "DIR", help: "write NAME.npy for each output; default the current folder"),
                Option("quantized", help: "write outputs as int8, not as the reals they stand for"),
                .kernels, .threads,
            ], run: runInfer)
    }
}

private func runInfer(_ arguments: Arguments) throws(Failure) -> ExitStatus {
    let model = try arguments.model()
    let kernels = try arguments.kernelSet()
    let threads = try arguments.threadCount()
    let session = try reporting { () throws(EdgeError) in try Session(model, kernels: kernels, threads: threads) }
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
    switch array.element {
    case .int8: array.bytes.withUnsafeBytes { view.write($0) }
    case .float32:
        let bytes = array.bytes.withUnsafeBytes { source in
            (0..<tensor.count).map { index in
                let bits = UInt32(littleEndian: source.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))
                return UInt8(bitPattern: quantize(Float(bitPattern: bits), tensor))
            }
        }
        bytes.withUnsafeBytes { view.write($0) }
    default: throw Failure(.data, "\(path): holds neither float32 nor int8 elements")
    }
}

/// clamp(roundHalfEven(x / scale) + zero point); a NaN becomes the zero point.
private func quantize(_ x: Float, _ tensor: ModelTensor) -> Int8 {
    let steps = x / tensor.scales[0]
    guard steps == steps else { return Int8(tensor.zeroPoint) }
    let bounded = max(-512, min(512, steps))
    // Adding 1.5 · 2^23 leaves no bits below one, so the addition itself rounds half to even.
    let rounded = (bounded + 12_582_912) - 12_582_912
    return Int8(max(-128, min(127, Int(rounded) + tensor.zeroPoint)))
}

private func quantized(_ view: TensorView) -> NumPyArray {
    NumPyArray(.int8, shape: view.tensor.shape, bytes: view.bytes())
}

private func reals(_ view: TensorView) -> NumPyArray {
    var bytes: [UInt8] = []
    for byte in view.bytes() {
        let real = Float(Int(Int8(bitPattern: byte)) - view.tensor.zeroPoint) * view.tensor.scales[0]
        withUnsafeBytes(of: real.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }
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
