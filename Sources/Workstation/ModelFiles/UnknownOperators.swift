import EdgeFormat

/// Operators that a file names and nothing here knows, with their nodes: refused all at once.
struct UnknownOperators {
    private var order: [String] = []
    private var places: [String: [String]] = [:]

    mutating func add(_ type: String, place: String) {
        if places[type] == nil { order.append(type) }
        places[type, default: []].append(place)
    }

    /// - Throws: `EdgeError` that names them, when there are any.
    func refuse() throws(EdgeError) {
        guard !order.isEmpty else { return }
        let list = short(order.map { "\($0) (node \(short(places[$0] ?? [], limit: 5)))" }, limit: 50)
        throw EdgeError(.data, at: "", "unknown operators: \(list); docs/operators.md lists what is supported")
    }

    /// `a, b, c and 12 more`.
    private func short(_ items: [String], limit: Int) -> String {
        let list = items.prefix(limit).joined(separator: ", ")
        return items.count > limit ? "\(list) and \(items.count - limit) more" : list
    }
}
