import EdgeFormat
import ModelGraph

/// Of a convolution or dense layer, added up over samples: what is needed to know the mean of its results before they are
/// clamped and rounded.
struct LayerSums: Sendable {
    /// Of what lies under the window (`LinearLayer.patchSums`); integers less their zero point.
    private var patches: [Double] = []
    /// Of the addend's channels; empty without one.
    private var addends: [Double] = []
    /// Places that were added up.
    private var places = 0.0
    private var addendRows = 0.0

    /// Adds one sample of an operand that is no constant.
    /// - Parameter operand: which of the node's inputs: 0 or, of an addend, 3.
    mutating func add(
        _ layer: LinearLayer, operand: Int, _ value: (type: TensorType, data: TensorData)
    ) throws(EdgeError) {
        let elements = try value.type.centred(value.data)
        if operand == 0 {
            patches.add(try layer.patchSums(elements, value.type.shape))
            places += Double(try layer.places(value.type.shape))
        } else {
            addends.add(LinearLayer.rowSums(elements, width: layer.outputs))
            addendRows += Double(elements.count / layer.outputs)
        }
    }

    mutating func merge(_ other: LayerSums) {
        patches.add(other.patches)
        addends.add(other.addends)
        places += other.places
        addendRows += other.addendRows
    }

    /// The mean of each output channel's sums of products, without bias; nil before the first sample.
    func products(_ layer: LinearLayer) -> [Double]? {
        guard places > 0 else { return nil }
        return layer.products(patches.map { $0 / places })
    }

    /// The mean of each channel of the addend; zeros without one.
    func addend(_ layer: LinearLayer) -> [Double] {
        addends.isEmpty ? [Double](repeating: 0, count: layer.outputs) : addends.map { $0 / addendRows }
    }
}

extension [Double] {
    /// Adds as many numbers; to no numbers adds them all.
    fileprivate mutating func add(_ other: [Double]) {
        guard !isEmpty else {
            self = other
            return
        }
        for index in other.indices { self[index] += other[index] }
    }
}

extension TensorType {
    /// Floats as they are, integers less the type's zero point.
    func centred(_ data: TensorData) throws(EdgeError) -> [Float] {
        if let floats = data.floats { return floats }
        return data.floats(less: try activationQuantization.zeroPoint) ?? []
    }
}
