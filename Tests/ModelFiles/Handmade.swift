import EdgeFormat
import ModelFiles
import ModelGraph

/// The line that refuses a file, or `accepted`.
func refusal(_ bytes: [UInt8], _ options: ImportOptions = ImportOptions()) -> String {
    do throws(EdgeError) {
        _ = try ONNXFile.read(bytes: bytes, name: "m.onnx", options: options)
        return "accepted"
    } catch {
        return error.line
    }
}

extension Graph {
    /// Runs the graph on tensors as the model's file has them.
    /// - Returns: the outputs as the file has them.
    func outputsInFileOrder(_ inputs: [TensorData]) throws -> [(shape: [Int], data: TensorData)] {
        let given = zip(self.inputs, inputs).map { id, data in
            let axes = values[id].sourceAxes
            let shape = values[id].type.shape
            return data.inGraphOrder(axes.map { $0.map { shape[$0] } } ?? shape, axes)
        }
        return zip(outputs, try ReferenceInterpreter(self).run(given)).map { id, data in
            let (data, shape) = data.inFileOrder(values[id].type.shape, values[id].sourceAxes)
            return (shape, data)
        }
    }

    /// The names of the operations.
    var operations: [String] { nodes.map { type(of: $0.operation).name } }
}

extension TensorData {
    /// Elements of the file's order in the graph's: axis k of the file is axis `axes[k]` of the graph.
    func inGraphOrder(_ shape: [Int], _ axes: [Int]?) -> TensorData {
        guard let axes else { return self }
        return moved(shape, axes.indices.map { axis in axes.firstIndex(of: axis) ?? axis })
    }

    func inFileOrder(_ shape: [Int], _ axes: [Int]?) -> (data: TensorData, shape: [Int]) {
        guard let axes else { return (self, shape) }
        return (moved(shape, axes), axes.map { shape[$0] })
    }

    private func moved(_ shape: [Int], _ order: [Int]) -> TensorData {
        let operation = Rearrangement.transpose(shape, order)
        let type = TensorType(elementType, shape)
        let moved = try? operation.evaluate([(type, self)], outputs: operation.outputTypes(of: [type]))
        return moved?.first ?? self
    }
}
