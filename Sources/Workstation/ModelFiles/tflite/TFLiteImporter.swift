import EdgeFormat
import ModelGraph

/// Turns a file's operators into a graph, one after the other. Values and weights have the same order of elements on both
/// sides but for the filters of depthwise convolutions.
///
/// A quantized tensor becomes a quantized value with the same scale and zero point. Bytes without a sign become bytes
/// with one, less 128, and so do their zero points.
struct TFLiteImporter {
    let document: TFLiteDocument
    var result: Graph
    /// What each tensor became, where it is given or computed.
    var computed: [Int: Graph.ValueID] = [:]
    /// Constants that have been read or folded.
    var constants: [Int: TFLiteConstant] = [:]
    /// Constants that are values of the graph.
    var placed: [Int: Graph.ValueID] = [:]
    /// Constants of the importer's own that several nodes read.
    var shared: [SharedConstant: Graph.ValueID] = [:]
    /// Tensors that nodes compute, to tell a cycle from a tensor that is nowhere.
    let promised: Set<Int>

    init(_ document: TFLiteDocument) throws(EdgeError) {
        guard !document.operators.isEmpty else {
            throw EdgeError(.data, at: "", "there are no operators in the file")
        }
        try Self.refuseUnknown(document.operators)
        self.document = document
        promised = Set(document.operators.flatMap(\.outputs))
        result = Graph(name: document.name.isEmpty ? "main" : document.name)
    }

    /// The whole graph, valid and without dead values.
    mutating func graph() throws(EdgeError) -> Graph {
        for tensor in document.inputs {
            do throws(EdgeError) { try addInput(tensor) } catch { throw error.within("input '\(label(tensor))'") }
        }
        for node in document.operators {
            do throws(EdgeError) { try add(node) } catch { throw error.within(node.place) }
        }
        for tensor in document.outputs {
            do throws(EdgeError) { try addOutput(tensor) } catch { throw error.within("output '\(label(tensor))'") }
        }
        let graph = result.removingDeadCode()
        try graph.validate()
        return graph
    }

    private mutating func addInput(_ number: Int) throws(EdgeError) {
        let tensor = document.tensors[number]
        try expectNew(number)
        // A batch of no fixed size is one picture, as the shape says.
        for axis in tensor.openAxes where axis > 0 {
            throw EdgeError(.data, at: "", "dimension \(axis) has no fixed size; export the model with one")
        }
        _ = try Shape.elementCount(tensor.shape)
        computed[number] = result.addInput(label(number), try type(of: number, shape: tensor.shape))
    }

    private mutating func addOutput(_ number: Int) throws(EdgeError) {
        let id = try value(number)
        guard result.inputs.contains(id) || result.outputs.contains(id) else { return result.outputs.append(id) }
        let type = result.values[id].type
        let copy = try result.add(
            Identity(), name: label(number), inputs: [id], quantization: type.quantization, element: type.element)
        result.outputs.append(copy)
    }

    private mutating func add(_ node: TFLiteOperator) throws(EdgeError) {
        guard let rule = Self.rule(for: node) else { return }
        guard node.optionsKind == 0 || node.optionsKind == rule.options else {
            throw EdgeError(.data, at: "", "its options are those of another operator (\(node.optionsKind))")
        }
        guard !node.outputs.isEmpty else { throw EdgeError(.data, at: "", "there is no output") }
        for tensor in node.inputs.compactMap({ $0 }) { try expectDefined(tensor) }
        for tensor in node.outputs { try expectNew(tensor) }
        try rule.add(&self, node)
    }

    /// The graph's type of a tensor that is given or computed.
    func type(of number: Int, shape: [Int]) throws(EdgeError) -> TensorType {
        let tensor = document.tensors[number]
        switch tensor.type {
        case .float32: return TensorType(.float32, shape)
        case .bool: return TensorType(.bool, shape)
        case .int32 where tensor.scales.isEmpty: return TensorType(.int32, shape)
        case .int64 where tensor.scales.isEmpty: return TensorType(.int64, shape)
        case .int8, .uint8:
            guard let scale = tensor.scales.first else {
                throw EdgeError(.data, at: "", "'\(label(number))' is \(tensor.type.name) without a scale")
            }
            guard tensor.scales.count == 1 else {
                throw EdgeError(.data, at: "", "'\(label(number))' is computed and has \(tensor.scales.count) scales")
            }
            let zeroPoint = tensor.zeroPoints[0] - (tensor.type == .uint8 ? 128 : 0)
            return TensorType(.int8, shape, quantization: Quantization(scale: scale, zeroPoint: Int32(zeroPoint)))
        default:
            throw EdgeError(.data, at: "", "'\(label(number))' is \(tensor.type.name), which is not supported here")
        }
    }
}
