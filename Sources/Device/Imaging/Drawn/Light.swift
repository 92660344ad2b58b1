/// The light on a scene, its paper's texture and the camera's noise. Positions are in 1/4096 of the square, from its middle;
/// light is in 1/256 of full.
struct Light {
    private var level: Int
    private var slopeX = 0
    private var slopeY = 0
    private var falloff = 0
    private var lampX = 0
    private var lampY = 0
    private var lamp = 0
    private var shadow = 0
    private var shadowX = 0
    private var shadowY = 0
    private var shadowEdge = 0

    /// Even and full, as from a scanner.
    static var even: Light { Light(level: 256) }

    private init(level: Int) { self.level = level }

    /// A room: uneven from side to side, darker at the edges, sometimes a lamp, sometimes a soft shadow.
    init(random: inout DrawnRandom) {
        self.init(level: random.int(150...270))
        let steep = level * 2 / 5
        slopeX = random.int(-steep...steep)
        slopeY = random.int(-steep...steep)
        falloff = random.int(0...60)
        if random.chance(30) {
            lamp = random.int(20...70)
            lampX = random.int(-3000...3000)
            lampY = random.int(-3000...3000)
        }
        if random.chance(25) {
            shadow = random.int(20...90)
            shadowX = random.int(-1024...1024)
            shadowY = random.chance(50) ? 1024 : -1024
            shadowEdge = random.int(-1500...1500)
        }
    }

    /// The light at a place.
    func at(_ x: Int, _ y: Int) -> Int {
        var light = level + ((slopeX * x + slopeY * y) >> 12) - ((falloff * (x * x + y * y)) >> 23)
        if lamp > 0 {
            let (toX, toY) = (x - lampX, y - lampY)
            light += (lamp * max(0, (1 << 24) - toX * toX - toY * toY)) >> 24
        }
        if shadow > 0 {
            // The edge of a shadow is a quarter of the square wide.
            let across = (x * shadowX + y * shadowY) / 1024 - shadowEdge
            light -= (shadow * max(0, min(1024, across + 512))) >> 10
        }
        return max(40, light)
    }
}

/// Slow irregularities of a surface: random values on a grid, blended between its points.
struct Texture {
    private let columns: Int
    private let cell: Int
    private let values: [Int8]

    /// `cell` pixels between grid points, values within ±`strength` (at most 127).
    init(width: Int, height: Int, cell: Int, strength: Int, random: inout DrawnRandom) {
        self.cell = max(1, cell)
        columns = width / self.cell + 2
        var values: [Int8] = []
        for _ in 0..<(columns * (height / self.cell + 2)) {
            values.append(Int8(truncatingIfNeeded: random.int(-strength...strength)))
        }
        self.values = values
    }

    func at(_ x: Int, _ y: Int) -> Int {
        let (column, row) = (x / cell, y / cell)
        let (right, below) = (x - column * cell, y - row * cell)
        let first = row * columns + column
        let upper = Int(values[first]) * (cell - right) + Int(values[first + 1]) * right
        let lower = Int(values[first + columns]) * (cell - right) + Int(values[first + columns + 1]) * right
        return (upper * (cell - below) + lower * below) / (cell * cell)
    }
}
