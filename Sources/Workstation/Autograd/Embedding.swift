import Tensors

extension Tape {
    /// Rows of a table R·D by their numbers: N·D.
    /// - Precondition: each number is below R, and `width` is D.
    public func embedding(_ table: Variable, rows: [Int], width: Int) -> Variable {
        let count = table.value.count / width
        precondition(
            count * width == table.value.count && rows.allSatisfy { $0 >= 0 && $0 < count },
            "an embedding takes rows that its table has")
        let y = buffer([rows.count, width])
        for (index, row) in rows.enumerated() {
            copy(table.value.base + row * width, to: y.base + index * width, count: width)
        }

        return result(y, of: [table]) { [self] gradient in
            addToGradient(of: table) { target in
                for (index, row) in rows.enumerated() {
                    Tensors.add(gradient.base + index * width, to: target.base + row * width, count: width)
                }
            }
        }
    }
}
