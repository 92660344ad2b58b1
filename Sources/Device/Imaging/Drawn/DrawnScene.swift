/// A digit on a surface under a light, before a camera: everything but the number of pixels.
///
/// The scene is described relative to its square, so that the same kinds of scene are drawn as small training pictures
/// (the square alone) and as camera frames (the square in the middle).
struct DrawnScene {
    /// What the scene is meant for.
    enum Kind {
        /// Even light, full contrast, no noise: like a scan.
        case scan
        /// Uneven light, grey surfaces, texture, noise.
        case camera
    }

    let label: Int
    private let path: PenPath
    /// The nib's radius in 1/2¹⁶ of the square.
    private let radius: Int
    /// Blur of the edges in 1/2¹⁶ of the square.
    private let blur: Int
    /// How much light surface and ink give back, 0 … 255.
    private let surface: Int
    private let ink: Int
    private let light: Light
    private let texture: Int
    private let textureCells: Int
    private let noise: Int
    private var random: DrawnRandom

    init(kind: Kind, random: DrawnRandom) {
        var random = random
        label = random.int(0...9)
        var path = PenPath(digit: label, random: &random)
        let share = random.int(50...90) * 65_536 / 100
        // From a fine pen to a broad marker, never so broad that loops close.
        radius = max(900, share * random.int(30...75) / 1000)
        let extent = share - 2 * radius
        path.place(extent: extent, centerX: 0, centerY: 0)
        // Most drawings keep some distance from the edge.
        let free = (65_536 - share) * 3 / 8
        let (width, height) = path.size
        let (freeX, freeY) = (free + (extent - width) / 6, free + (extent - height) / 6)
        path.place(
            extent: extent, centerX: 32_768 + random.int(-freeX...freeX), centerY: 32_768 + random.int(-freeY...freeY))
        self.path = path
        blur = random.int(300...2200)
        let inverse = random.chance(50)
        switch kind {
        case .scan:
            (surface, ink) = inverse ? (0, 255) : (255, 0)
            light = .even
            (texture, textureCells, noise) = (0, 1, 0)
        case .camera:
            let bright = random.int(150...245)
            let dark = random.int(8...(bright * 2 / 5))
            (surface, ink) = inverse ? (dark, bright) : (bright, dark)
            light = Light(random: &random)
            (texture, textureCells, noise) = (random.int(0...10), random.int(3...12), random.int(0...7))
        }
        self.random = random
    }

    /// Grey bytes, `width · height`, with the square of `side` pixels in the middle.
    func draw(width: Int, height: Int, side: Int) -> [UInt8] {
        let (originX, originY) = ((width - side) / 2, (height - side) / 2)
        let layer = InkLayer(
            width: width, height: height, originX: originX, originY: originY, side: side, path: path, radius: radius,
            softness: 256 + ((blur * side) >> 8))
        var random = self.random
        let texture = Texture(
            width: width, height: height, cell: max(1, side / textureCells), strength: self.texture, random: &random)
        var grain = Grain(strength: noise, random: random)
        var pixels = [UInt8](repeating: 0, count: width * height)
        for y in 0..<height {
            let lightY = (2 * (y - originY) + 1 - side) * 2048 / side
            for x in 0..<width {
                let lightX = (2 * (x - originX) + 1 - side) * 2048 / side
                let covered = Int(layer.coverage[y * width + x])
                let reflected = surface * 255 + (ink - surface) * covered + texture.at(x, y) * 255
                let value = (reflected * light.at(lightX, lightY)) / (255 * 256) + grain.next()
                pixels[y * width + x] = UInt8(truncatingIfNeeded: max(0, min(255, value)))
            }
        }
        return pixels
    }

    /// Two numbers within ±8: the colour cast of the light, for the chroma bytes of a frame.
    var tint: (Int, Int) {
        var random = self.random
        return (random.int(-8...8), random.int(-8...8))
    }
}

/// The camera's noise: one bell-shaped number a pixel.
private struct Grain {
    let strength: Int
    var random: DrawnRandom
    private var bits: UInt64 = 0
    private var left = 0

    init(strength: Int, random: DrawnRandom) {
        self.strength = strength
        self.random = random
    }

    /// About within ±2·strength.
    mutating func next() -> Int {
        guard strength > 0 else { return 0 }
        if left == 0 {
            bits = random.next()
            left = 4
        }
        let sum = Int(bits & 0xFF) + Int((bits >> 8) & 0xFF) - 255
        bits >>= 16
        left -= 1
        return (sum * strength) / 104
    }
}
