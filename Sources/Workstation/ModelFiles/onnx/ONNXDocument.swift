internal import CONNX
import EdgeFormat
import ModelGraph

/// A tensor of the file, elements converted to what graphs hold.
struct ONNXTensor {
    var shape: [Int]
    var data: TensorData
}

enum ONNXAttribute {
    case float(Float)
    case int(Int)
    case string(String)
    case floats([Float])
    case ints([Int])
    case strings([String])
    case tensor(Result<ONNXTensor, EdgeError>)
    /// Of a type that no supported operator has.
    case other
}

struct ONNXNode {
    /// Its place in the file, from 1.
    var number: Int
    var name: String
    var type: String
    var domain: String
    var inputs: [String]
    var outputs: [String]
    var attributes: [String: ONNXAttribute]

    /// The node's name; where it has none, its kind and number.
    var place: String { name.isEmpty ? "node \(number) (\(type))" : "node '\(name)'" }
}

struct ONNXValue {
    var name: String
    var elementType: Int32
    /// nil for an unknown shape or dimension.
    var shape: [Int?]?
}

/// A parsed file as plain values.
final class ONNXDocument {
    private let model: OpaquePointer
    let external: ExternalData

    /// - Parameter path: of the file, where it has one; elements in other files are looked for beside it.
    init(_ bytes: [UInt8], path: String? = nil) throws(EdgeError) {
        guard !bytes.isEmpty else { throw EdgeError(.data, at: "", "the file is empty") }
        let parsed = bytes.withUnsafeBytes { bytes in
            bytes.baseAddress.flatMap { connx_parse($0, bytes.count) }
        }
        guard let parsed else { throw EdgeError(.data, at: "", "not an ONNX file, or cut short") }
        model = parsed
        external = ExternalData(ofModel: path)
    }

    deinit { connx_free(model) }

    /// The version of ONNX's own operator set; nil where the file names none.
    var opset: Int? {
        for index in 0..<connx_opset_count(model) {
            let domain = label(connx_opset_domain(model, index))
            if domain.isEmpty || domain == "ai.onnx" { return Int(connx_opset_version(model, index)) }
        }
        return nil
    }

    var name: String { label(connx_graph_name(model)) }

    var metadata: [String: String] {
        var metadata: [String: String] = [:]
        for index in 0..<connx_metadata_count(model) {
            metadata[text(connx_metadata_key(model, index))] = text(connx_metadata_value(model, index))
        }
        return metadata
    }

    var hasSparseInitializers: Bool { connx_sparse_initializer_count(model) > 0 }

    var nodes: [ONNXNode] {
        (0..<connx_node_count(model)).map { index in
            let node = connx_node_at(model, index)
            var attributes: [String: ONNXAttribute] = [:]
            for index in 0..<connx_node_attribute_count(node) {
                let attribute = connx_node_attribute(node, index)
                attributes[label(connx_attribute_name(attribute))] = self.attribute(attribute)
            }
            return ONNXNode(
                number: index + 1, name: label(connx_node_name(node)), type: label(connx_node_type(node)),
                domain: label(connx_node_domain(node)),
                inputs: (0..<connx_node_input_count(node)).map { label(connx_node_input(node, $0)) },
                outputs: (0..<connx_node_output_count(node)).map { label(connx_node_output(node, $0)) },
                attributes: attributes)
        }
    }

    /// The constants by name.
    func initializers() throws(EdgeError) -> [String: ONNXTensor] {
        var tensors: [String: ONNXTensor] = [:]
        for index in 0..<connx_initializer_count(model) {
            let handle = connx_initializer_at(model, index)
            let name = label(connx_tensor_name(handle))
            do throws(EdgeError) {
                guard tensors[name] == nil else { throw EdgeError(.data, at: "", "there are two of this name") }
                tensors[name] = try tensor(handle)
            } catch {
                throw error.within("constant '\(name)'")
            }
        }
        return tensors
    }

    var inputs: [ONNXValue] { (0..<connx_input_count(model)).map { Self.value(connx_input_at(model, $0)) } }
    /// The declared shapes of the outputs, nil for what they leave open.
    var shapes: [String: [Int?]] {
        Dictionary(outputs.compactMap { output in output.shape.map { (output.name, $0) } }) { first, _ in first }
    }

    var outputs: [ONNXValue] { (0..<connx_output_count(model)).map { Self.value(connx_output_at(model, $0)) } }

    private static func value(_ value: OpaquePointer) -> ONNXValue {
        let dimensions = (0..<connx_value_rank(value)).map { axis -> Int? in
            let dimension = connx_value_dimension(value, axis)
            return dimension == Int64.min ? nil : Int(dimension)
        }
        return ONNXValue(
            name: label(connx_value_name(value)), elementType: connx_value_type(value),
            shape: connx_value_has_shape(value) != 0 ? dimensions : nil)
    }

    private func attribute(_ attribute: OpaquePointer) -> ONNXAttribute {
        switch UInt32(bitPattern: connx_attribute_type(attribute)) {
        case CONNX_FLOAT.rawValue: return .float(connx_attribute_float(attribute))
        case CONNX_INT.rawValue: return .int(Int(connx_attribute_int(attribute)))
        case CONNX_STRING.rawValue: return .string(label(connx_attribute_string(attribute)))
        case CONNX_FLOATS.rawValue: return .floats(elements(connx_attribute_floats, attribute))
        case CONNX_INTS.rawValue: return .ints(elements(connx_attribute_ints, attribute).map { Int($0) })
        case CONNX_STRINGS.rawValue:
            return .strings(
                (0..<connx_attribute_string_count(attribute)).map { label(connx_attribute_string_at(attribute, $0)) })
        case CONNX_TENSOR.rawValue:
            let handle = connx_attribute_tensor(attribute)
            return .tensor(Result { () throws(EdgeError) in try tensor(handle) })
        default: return .other
        }
    }
}

private func label(_ bytes: connx_bytes) -> String { text(bytes).oneLine }

/// Copies text out of the model; bytes that are not UTF-8 are replaced.
private func text(_ bytes: connx_bytes) -> String {
    String(decoding: UnsafeRawBufferPointer(start: bytes.start, count: bytes.count), as: UTF8.self)
}

/// Copies a repeated field out of the model.
func elements<Element>(
    _ field: (OpaquePointer, UnsafeMutablePointer<Int>) -> UnsafePointer<Element>?, _ owner: OpaquePointer
) -> [Element] {
    var count = 0
    let start = field(owner, &count)
    return Array(UnsafeBufferPointer(start: start, count: count))
}
