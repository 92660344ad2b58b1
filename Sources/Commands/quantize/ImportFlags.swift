import Console
import EdgeFormat
import ModelFiles
import ModelGraph
import Platform

extension Option {
    /// What a person adds to a model's file.
    static let imports: [Option] = [
        Option(
            "input-shape", argument: "NAME=1x32", repeats: true,
            help: "sizes of an input that the model leaves open; a batch left open is 1"),
        Option(
            "constant", argument: "NAME=FILE.npy", repeats: true,
            help: "an input that never changes, as a NumPy file; what follows from it is computed now"),
    ]
}

extension Arguments {
    func importOptions() throws(Failure) -> ImportOptions {
        var options = ImportOptions()
        for text in values("input-shape") {
            let (name, value) = try parts(text, "input-shape", "NAME=1x32")
            var shape: [Int] = []
            for size in value.split(separator: "x", omittingEmptySubsequences: false) {
                guard let size = Int(size), size >= 1, size <= Shape.elementLimit else {
                    throw Failure(.usage, "--input-shape \(text): write sizes above 0 with x between, NAME=1x32")
                }
                shape.append(size)
            }
            options.inputShapes[name] = shape
        }
        for text in values("constant") {
            let (name, path) = try parts(text, "constant", "NAME=FILE.npy")
            let bytes = try read(path)
            let array = try bytes.withUnsafeBytes { bytes in
                Result { () throws(Failure) in try NumPyArray(npy: bytes, place: path) }
            }.get()
            options.constants[name] = ImportOptions.Constant(
                shape: array.shape, data: TensorData(ElementType(array.element), logicalBytes: array.bytes))
        }
        return options
    }

    private func parts(
        _ text: String, _ option: String, _ form: String
    ) throws(Failure) -> (name: String, value: String) {
        guard let split = text.firstIndex(of: "="), split != text.startIndex else {
            throw Failure(.usage, "--\(option) \(text): write \(form)")
        }
        return (String(text[..<split]), String(text[text.index(after: split)...]))
    }
}

extension ElementType {
    fileprivate init(_ element: NumPyArray.Element) {
        switch element {
        case .int8: self = .int8
        case .uint8: self = .uint8
        case .int16: self = .int16
        case .uint16: self = .uint16
        case .int32: self = .int32
        case .int64: self = .int64
        case .float16: self = .float16
        case .float32: self = .float32
        case .bool: self = .bool
        }
    }
}
