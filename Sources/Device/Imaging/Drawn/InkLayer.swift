/// How much ink lies on each pixel (0 … 255): the pen's path swept by a round nib with soft edges.
struct InkLayer {
    let width: Int
    let height: Int
    private(set) var coverage: [UInt8]

    /// The square's origin and side are in pixels, the nib's radius in 1/2¹⁶ of the square, `softness` (the width of an
    /// edge) in 1/256 pixel.
    init(width: Int, height: Int, originX: Int, originY: Int, side: Int, path: PenPath, radius: Int, softness: Int) {
        self.width = width
        self.height = height
        func pixels(_ point: PenPoint) -> (Int, Int) {
            (originX * 256 + ((point.x * side) >> 8), originY * 256 + ((point.y * side) >> 8))
        }
        // Distance to the edge of the ink in 1/256 pixel, inside negative; beyond 64 pixels it does not matter.
        var edge = [Int16](repeating: 64 * 256, count: width * height)
        edge.withUnsafeMutableBufferPointer { edge in
            for stroke in path.strokes where stroke.count > 1 {
                for index in 1..<stroke.count {
                    let segment = Segment(
                        from: pixels(stroke[index - 1]), to: pixels(stroke[index]), radius: (radius * side) >> 8,
                        reach: softness / 2 + 256)
                    segment.stamp(edge, width: width, height: height)
                }
            }
        }
        coverage = edge.map { distance in
            let ink = ((softness / 2 - Int(distance)) * 255) / softness
            return UInt8(truncatingIfNeeded: max(0, min(255, ink)))
        }
    }
}

/// A piece of a stroke in pixels · 256.
private struct Segment {
    let from: (x: Int, y: Int)
    let to: (x: Int, y: Int)
    let radius: Int
    /// How far outside the ink its distance still matters.
    let reach: Int

    init(from: (Int, Int), to: (Int, Int), radius: Int, reach: Int) {
        self.from = from
        self.to = to
        self.radius = radius
        self.reach = reach
    }

    /// Lowers `edge` to the distance of this piece's ink around it.
    func stamp(_ edge: UnsafeMutableBufferPointer<Int16>, width: Int, height: Int) {
        let (deltaX, deltaY) = (to.x - from.x, to.y - from.y)
        let square = deltaX * deltaX + deltaY * deltaY
        let length = max(1, integerSquareRoot(square))
        let margin = radius + reach
        let left = max(0, (min(from.x, to.x) - margin) >> 8)
        let right = min(width - 1, (max(from.x, to.x) + margin) >> 8)
        let top = max(0, (min(from.y, to.y) - margin) >> 8)
        let bottom = min(height - 1, (max(from.y, to.y) + margin) >> 8)
        guard left <= right, top <= bottom else { return }
        for y in top...bottom {
            for x in left...right {
                let (pointX, pointY) = (x * 256 + 128 - from.x, y * 256 + 128 - from.y)
                let along = pointX * deltaX + pointY * deltaY
                let distance: Int
                if along <= 0 {
                    distance = integerSquareRoot(pointX * pointX + pointY * pointY)
                } else if along >= square {
                    let (endX, endY) = (pointX - deltaX, pointY - deltaY)
                    distance = integerSquareRoot(endX * endX + endY * endY)
                } else {
                    distance = abs(pointX * deltaY - pointY * deltaX) / length
                }
                let value = Int16(truncatingIfNeeded: max(-16_000, min(16_000, distance - radius)))
                if value < edge[y * width + x] { edge[y * width + x] = value }
            }
        }
    }
}

/// ⌊√value⌋, bit by bit.
func integerSquareRoot(_ value: Int) -> Int {
    guard value > 0 else { return 0 }
    var bit = 1 << ((Int.bitWidth - 1 - value.leadingZeroBitCount) & ~1)
    var rest = value
    var root = 0
    while bit != 0 {
        if rest >= root + bit {
            rest -= root + bit
            root = (root >> 1) + bit
        } else {
            root >>= 1
        }
        bit >>= 2
    }
    return root
}
