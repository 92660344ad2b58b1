import EdgeFormat
extension Operation {
    public func evaluate(_ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]) throws(EdgeError)
        -> [TensorData]
    {
        throw EdgeError(.data, at: "", "\(Self.name) is not computed yet")
    }
}
