import EdgeFormat

/// Which of some named things the operations of a compiled file belong to. A file has operations of its own beside the
/// graph's, such as copies into a border; their names are a node's or a value's with more behind a point.
struct OperationOwners {
    private let indices: [String: Int]

    init(_ indices: [String: Int]) { self.indices = indices }

    /// The index of what an operation belongs to, nil for one that belongs to nothing.
    func owner(of operation: ModelOperation, _ tensors: [ModelTensor]) -> Int? {
        if let index = indices[tensors[operation.output].name] { return index }
        var name = Substring(operation.name)
        while !name.isEmpty {
            if let index = indices[String(name)] { return index }
            guard let point = name.lastIndex(of: ".") else { return nil }
            name = name[..<point]
        }
        return nil
    }
}
