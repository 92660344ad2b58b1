internal import EdgeFormat

/// The filters that PNG rows are stored under.
enum PNGFilter {
    /// Turns the bytes after `row`'s filter byte into the pixels' own. `above` is the row before, after its own filter
    /// byte; `distance` bytes back lies the pixel to the left.
    static func undo(
        _ row: inout [UInt8], above: [UInt8], count: Int, distance: Int, place: String
    ) throws(EdgeError) {
        let filter = row[0]
        guard filter <= 4 else { throw EdgeError(.data, at: place, "damaged PNG: unknown filter") }
        row.withUnsafeMutableBufferPointer { row in
            above.withUnsafeBufferPointer { above in
                for index in 1..<(count + 1) {
                    let hasLeft = index > distance
                    let left = hasLeft ? row[index - distance] : 0
                    let corner = hasLeft ? above[index - distance] : 0
                    switch filter {
                    case 1: row[index] &+= left
                    case 2: row[index] &+= above[index]
                    case 3: row[index] &+= UInt8((Int(left) + Int(above[index])) / 2)
                    case 4: row[index] &+= paeth(left, above[index], corner)
                    default: break
                    }
                }
            }
        }
    }

    /// The neighbour that is nearest to left + above − corner, in that order.
    private static func paeth(_ left: UInt8, _ above: UInt8, _ corner: UInt8) -> UInt8 {
        let toLeft = abs(Int(above) - Int(corner))
        let toAbove = abs(Int(left) - Int(corner))
        let toCorner = abs(Int(left) + Int(above) - 2 * Int(corner))
        if toLeft <= toAbove, toLeft <= toCorner { return left }
        return toAbove <= toCorner ? above : corner
    }
}
