/// A digit as a pen drew it: polylines on a square of 2¹⁶ by 2¹⁶ units.
struct PenPath {
    /// Points of each stroke.
    private(set) var strokes: [[PenPoint]]

    /// One way of writing `digit`, with an unsteady hand: moved points, slant, width, turn.
    init(digit: Int, random: inout DrawnRandom) {
        let way = random.int(0...(DigitTemplates.count(of: digit) - 1))
        var strokes = DigitTemplates.strokes(of: digit, way: way)
        let unsteadiness = random.int(300...900)  // about 1 to 3.5 % of the height, in 1/256 units
        for stroke in strokes.indices {
            let (shiftX, shiftY) = (random.bell(unsteadiness / 2), random.bell(unsteadiness / 2))
            for point in strokes[stroke].indices {
                strokes[stroke][point].x += shiftX + random.bell(unsteadiness)
                strokes[stroke][point].y += shiftY + random.bell(unsteadiness)
            }
        }
        self.strokes = strokes.map(Self.smooth)
        bend(random: &random)
        shape(random: &random)
    }

    /// Catmull-Rom curves through the points, eight pieces between two of them; a corner ends one and begins the next.
    private static func smooth(_ points: [PenPoint]) -> [PenPoint] {
        guard points.count >= 2 else { return points }
        var line = [points[0]]
        for index in 0..<(points.count - 1) {
            let (start, end) = (points[index], points[index + 1])
            let before = index == 0 || start.isCorner ? start : points[index - 1]
            let after = index + 2 == points.count || end.isCorner ? end : points[index + 2]
            for step in 1...8 {
                line.append(
                    PenPoint(
                        x: curve(before.x, start.x, end.x, after.x, step),
                        y: curve(before.y, start.y, end.y, after.y, step), isCorner: false))
            }
        }
        return line
    }

    /// The uniform Catmull-Rom polynomial at `step`/8.
    private static func curve(_ p0: Int, _ p1: Int, _ p2: Int, _ p3: Int, _ step: Int) -> Int {
        let linear = (p2 - p0) * step * 64
        let square = (2 * p0 - 5 * p1 + 4 * p2 - p3) * step * step * 8
        let cube = (3 * p1 - p0 - 3 * p2 + p3) * step * step * step
        return p1 + (linear + square + cube) / 1024
    }

    /// A slow wave across the digit, as from a hand that does not move evenly.
    private mutating func bend(random: inout DrawnRandom) {
        let (acrossX, acrossY) = (random.bell(500), random.bell(500))
        let (phaseX, phaseY) = (random.int(0...65_535), random.int(0...65_535))
        for stroke in strokes.indices {
            for point in strokes[stroke].indices {
                let (x, y) = (strokes[stroke][point].x, strokes[stroke][point].y)
                strokes[stroke][point].x += (acrossX * Self.wave(phaseX + y * 4)) >> 14
                strokes[stroke][point].y += (acrossY * Self.wave(phaseY + x * 4)) >> 14
            }
        }
    }

    /// Width, slant and rotation.
    private mutating func shape(random: inout DrawnRandom) {
        let width = random.int(850...1300)
        let slant = random.bell(160) + 90
        let turn = max(-220, min(220, random.bell(90)))  // radians in 1/1024: within about 12 degrees
        let cosine = 1024 - turn * turn / 2048
        for stroke in strokes.indices {
            for point in strokes[stroke].indices {
                let (x, y) = (strokes[stroke][point].x, strokes[stroke][point].y)
                let slanted = (x * width - y * slant) >> 10
                strokes[stroke][point].x = (slanted * cosine - y * turn) >> 10
                strokes[stroke][point].y = (slanted * turn + y * cosine) >> 10
            }
        }
    }

    /// A sine-like wave of period 2¹⁶ and height 2¹⁴, of parabolas.
    private static func wave(_ phase: Int) -> Int {
        let half = phase & 0x7FFF
        let height = (half * (0x8000 - half)) >> 14
        return phase & 0x8000 == 0 ? height : -height
    }

    /// Scales the longer side to `extent` and puts the middle at (`centerX`, `centerY`), in units of 1/2¹⁶ of the square.
    mutating func place(extent: Int, centerX: Int, centerY: Int) {
        let (low, high) = bounds
        let side = max(1, max(high.x - low.x, high.y - low.y))
        for stroke in strokes.indices {
            for point in strokes[stroke].indices {
                let (x, y) = (strokes[stroke][point].x, strokes[stroke][point].y)
                strokes[stroke][point].x = centerX + (2 * x - low.x - high.x) * extent / (2 * side)
                strokes[stroke][point].y = centerY + (2 * y - low.y - high.y) * extent / (2 * side)
            }
        }
    }

    /// Width and height in the units of the points.
    var size: (width: Int, height: Int) {
        let (low, high) = bounds
        return (high.x - low.x, high.y - low.y)
    }

    private var bounds: (low: PenPoint, high: PenPoint) {
        var low = PenPoint(x: Int.max / 4, y: Int.max / 4, isCorner: false)
        var high = PenPoint(x: -Int.max / 4, y: -Int.max / 4, isCorner: false)
        for stroke in strokes {
            for point in stroke {
                low.x = min(low.x, point.x)
                low.y = min(low.y, point.y)
                high.x = max(high.x, point.x)
                high.y = max(high.y, point.y)
            }
        }
        return (low, high)
    }
}
