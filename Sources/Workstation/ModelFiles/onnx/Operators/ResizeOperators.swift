import EdgeFormat
import ModelGraph

// Resizing: each axis by itself, elements chosen or interpolated.
extension ONNXImporter {
    static let resizeRules: [String: Rule] = [
        "Resize": Rule(
            of: [
                "antialias", "axes", "coordinate_transformation_mode", "cubic_coeff_a", "exclude_outside",
                "extrapolation_value", "keep_aspect_ratio_policy", "mode", "nearest_mode",
            ]
        ) { importer, node throws(EdgeError) in
            let resize = try Resize(node, opset: importer.opset)
            return try importer.resized(node, resize, scales: importer.opset < 11 ? 1 : 2)
        },
        "Upsample": Rule(of: ["mode", "scales"]) { importer, node throws(EdgeError) in
            try importer.resized(node, try Resize(node, opset: 10), scales: 1)
        },
    ]

    /// How far each axis is resized.
    private struct Sizing {
        var scale: Double
        var size: Int
        /// The part of the input that is read, as shares of it.
        var region: (start: Double, end: Double)
    }

    private mutating func resized(_ node: ONNXNode, _ resize: Resize, scales index: Int) throws(EdgeError) -> Computed {
        let x = try input(node)
        let sizing = try sizing(node, x, resize, scales: index)
        if let factors = upsampling(x, sizing, resize) {
            return try emitPicture(Upsampling(factor: factors), [try picture(x)], rank: 2)
        }
        let (id, order) = try inOrder(x)
        let shape = shape(id)
        if resize.mode == .nearest {
            var places = shape.map { Array(0..<$0) }
            for (axis, fileAxis) in order.enumerated() {
                guard let sizing = sizing[fileAxis] else { continue }
                try charge(bytes: sizing.size * 8)
                places[axis] = (0..<sizing.size).map {
                    resize.nearest($0, sizing.scale, from: shape[axis], to: sizing.size, sizing.region)
                }
            }
            let operation = Rearrangement.selection("resize", shape, places: places, fill: Double(resize.extrapolation))
            let result = try emit(operation, [id], name: label)
            return Computed(id: result, layout: Layout(order: order, self.shape(result)))
        }
        var result = try convert(Computed(id: id, layout: Layout(order: order, shape)), to: .float32).id
        for (axis, fileAxis) in order.enumerated() {
            guard let sizing = sizing[fileAxis], sizing.size != shape[axis] || resize.place == .crop else { continue }
            try charge(bytes: resize.tapCount(sizing.scale, from: shape[axis]) * sizing.size * 8)
            let taps = (0..<sizing.size).map {
                resize.taps($0, sizing.scale, from: shape[axis], to: sizing.size, sizing.region)
            }
            let operation = Resampling(axis: axis, taps: taps, fill: resize.extrapolation)
            result = try emit(operation, [result], name: label)
        }
        let value = Computed(id: result, layout: Layout(order: order, self.shape(result)))
        return try convert(value, to: element(x))
    }

    /// Whole factors that repeat the pixels of a picture.
    private func upsampling(_ x: Computed, _ sizing: [Sizing?], _ resize: Resize) -> Extent? {
        guard sizing.count == 4, sizing[0]?.scale ?? 1 == 1, sizing[1]?.scale ?? 1 == 1, element(x) == .float32,
            resize.repeatsPixels, x.layout.order(shape(x.id)) == [0, 2, 3, 1],
            let height = Int(exactly: sizing[2]?.scale ?? 1), let width = Int(exactly: sizing[3]?.scale ?? 1),
            (1...Upsampling.factorLimit).contains(height), (1...Upsampling.factorLimit).contains(width)
        else { return nil }
        return Extent(height, width)
    }

    /// By axis of the file; nil for axes that stay.
    private mutating func sizing(
        _ node: ONNXNode, _ x: Computed, _ resize: Resize, scales index: Int
    ) throws(EdgeError) -> [Sizing?] {
        let shape = fileShape(x)
        let axes = try node.axes(try node.ints("axes") ?? Array(shape.indices), rank: shape.count)
        let region = index == 2 ? try optionalConstant(node, 1, "roi")?.data.reals ?? [] : []
        guard region.isEmpty || region.count == 2 * axes.count, resize.place != .crop || !region.isEmpty else {
            throw EdgeError(.data, at: "", "roi has \(region.count) entries for \(axes.count) axes")
        }
        var result = [Sizing?](repeating: nil, count: shape.count)
        var given = try node.floats("scales") ?? []
        if given.isEmpty { given = try optionalConstant(node, index, "scales")?.data.reals ?? [] }
        let sizes = given.isEmpty ? try optionalIntegers(node, index + 1, "sizes") ?? [] : []
        guard max(given.count, sizes.count) == axes.count else {
            throw EdgeError(
                .data, at: "", "\(max(given.count, sizes.count)) scales or sizes for \(axes.count) axes")
        }
        let policy = try node.string("keep_aspect_ratio_policy", default: "stretch")
        let shares = zip(sizes, axes).map { Double($0) / Double(shape[$1]) }
        let common = policy == "not_larger" ? shares.min() : policy == "not_smaller" ? shares.max() : nil
        for (k, axis) in axes.enumerated() {
            let part = region.isEmpty ? (0, 1) : (Double(region[k]), Double(region[k + axes.count]))
            let scale = given.isEmpty ? common ?? shares[k] : Double(given[k])
            guard scale > 0, scale * Double(shape[axis]) < Double(Shape.elementLimit) else {
                throw EdgeError(.data, at: "", "scale \(scale) of axis \(axis) gives no size")
            }
            var size = Int((scale * Double(shape[axis]) + 1e-9).rounded(.down))
            if given.isEmpty {
                size = common == nil ? sizes[k] : Int((scale * Double(shape[axis]) + 0.5).rounded(.down))
            }
            result[axis] = Sizing(scale: scale, size: size, region: part)
        }
        return result
    }
}

/// The rule of one Resize: which elements a result is computed from.
struct Resize {
    enum Mode: String {
        case nearest, linear, cubic
    }

    /// From a result's index to a place among the elements.
    enum Place: String {
        case halfPixel = "half_pixel"
        case symmetric = "half_pixel_symmetric"
        case pytorch = "pytorch_half_pixel"
        case corners = "align_corners"
        case asymmetric
        case nearestHalfPixel = "tf_half_pixel_for_nn"
        case crop = "tf_crop_and_resize"
    }

    enum Nearest: String {
        case roundDown = "round_prefer_floor"
        case roundUp = "round_prefer_ceil"
        case floor, ceil
    }

    let mode: Mode
    let place: Place
    let nearest: Nearest
    let extrapolation: Float
    private let cubic: Double
    private let excludesOutside: Bool
    private let antialiases: Bool

    init(_ node: ONNXNode, opset: Int) throws(EdgeError) {
        let mode = try node.string("mode", default: "nearest")
        let place = try node.string("coordinate_transformation_mode", default: opset < 11 ? "asymmetric" : "half_pixel")
        let rounding = try node.string("nearest_mode", default: opset < 11 ? "floor" : "round_prefer_floor")
        guard let mode = Mode(rawValue: mode == "bilinear" ? "linear" : mode), let place = Place(rawValue: place),
            let nearest = Nearest(rawValue: rounding)
        else { throw EdgeError(.data, at: "", "resize mode '\(mode)', '\(place)', '\(rounding)' is not supported") }
        (self.mode, self.place, self.nearest) = (mode, place, nearest)
        cubic = Double(try node.float("cubic_coeff_a", default: -0.75))
        excludesOutside = try node.int("exclude_outside", default: 0) != 0
        antialiases = try node.int("antialias", default: 0) != 0
        extrapolation = try node.float("extrapolation_value", default: 0)
    }

    /// Whether a whole factor repeats each element as often.
    var repeatsPixels: Bool {
        mode == .nearest
            && (place == .asymmetric && nearest == .floor || place == .halfPixel && nearest == .roundDown)
    }

    /// Where a result lies among `count` elements; nil where it is extrapolated.
    private func position(
        _ index: Int, _ scale: Double, from count: Int, to size: Int, _ region: (start: Double, end: Double)
    ) -> Double? {
        let (x, n) = (Double(index), Double(count))
        let width = scale * n
        switch place {
        case .halfPixel, .nearestHalfPixel: return (x + 0.5) / scale - 0.5
        case .symmetric: return n / 2 * (1 - Double(size) / width) + (x + 0.5) / scale - 0.5
        case .pytorch: return size > 1 ? (x + 0.5) / scale - 0.5 : 0
        case .corners: return width == 1 ? 0 : x * (n - 1) / (width - 1)
        case .asymmetric: return x / scale
        case .crop:
            let start = region.start * (n - 1)
            let part = (region.end - region.start) * (n - 1)
            let place = start + (size > 1 ? x * part / (Double(size) - 1) : part / 2)
            return place >= 0 && place <= n - 1 ? place : nil
        }
    }

    /// The element that is nearest to a result; −1 for the extrapolated value.
    func nearest(
        _ index: Int, _ scale: Double, from count: Int, to size: Int, _ region: (start: Double, end: Double)
    ) -> Int {
        guard let x = position(index, scale, from: count, to: size, region) else { return -1 }
        let place: Double
        switch nearest {
        case .roundDown: place = (x - 0.5).rounded(.up)
        case .roundUp: place = (x + 0.5).rounded(.down)
        case .floor: place = x.rounded(.down)
        case .ceil: place = x.rounded(.up)
        }
        return min(max(Int(place), 0), count - 1)
    }

    /// The most elements that a result is computed from.
    func tapCount(_ scale: Double, from count: Int) -> Int {
        antialiases ? 4 * Int(min(1 / min(scale, 1), 2 * Double(count))) + 6 : 6
    }

    /// What a result is computed from. Neighbours outside count as the element at the edge, or not at all.
    func taps(
        _ index: Int, _ scale: Double, from count: Int, to size: Int, _ region: (start: Double, end: Double)
    ) -> Resampling.Taps {
        guard let x = position(index, scale, from: count, to: size, region) else {
            return Resampling.Taps(first: -1, weights: [])
        }
        // An antialiased kernel is as much wider as the picture gets smaller.
        let width = antialiases ? min(scale, 1) : 1
        let reach = (mode == .cubic ? 2 : 1) / width
        let base = x.rounded(.up) - 1
        let neighbours = Int((base + (-reach).rounded(.down) + 1))...Int(base + 1 - (-reach).rounded(.down) - 1 + 1)
        var weights = neighbours.map { kernel((Double($0) - x) * width) }
        if excludesOutside {
            for (k, place) in neighbours.enumerated() where place < 0 || place >= count { weights[k] = 0 }
        }
        let sum = excludesOutside || antialiases ? weights.reduce(0, +) : 1
        let (first, last) = (
            min(max(neighbours.lowerBound, 0), count - 1), min(max(neighbours.upperBound, 0), count - 1)
        )
        var merged = [Double](repeating: 0, count: last - first + 1)
        for (place, weight) in zip(neighbours, weights) {
            merged[min(max(place, 0), count - 1) - first] += weight / sum
        }
        return Resampling.Taps(first: first, weights: merged.map { Float($0) })
    }

    /// The weight of a neighbour at a distance: a triangle, or Keys' cubic (1981).
    private func kernel(_ distance: Double) -> Double {
        let x = abs(distance)
        guard mode == .cubic else { return max(1 - x, 0) }
        if x <= 1 { return (cubic + 2) * x * x * x - (cubic + 3) * x * x + 1 }
        return x < 2 ? cubic * (x * x * x - 5 * x * x + 8 * x - 4) : 0
    }
}
