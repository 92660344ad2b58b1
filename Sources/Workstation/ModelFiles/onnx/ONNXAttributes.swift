import EdgeFormat
import ModelGraph

extension ONNXNode {
    func int(_ name: String, default value: Int) throws(EdgeError) -> Int {
        switch attributes[name] {
        case nil: return value
        case .int(let value): return value
        default: throw wrongType(name, "an integer")
        }
    }

    func float(_ name: String, default value: Float) throws(EdgeError) -> Float {
        switch attributes[name] {
        case nil: return value
        case .float(let value): return value
        default: throw wrongType(name, "a float")
        }
    }

    func string(_ name: String, default value: String) throws(EdgeError) -> String {
        switch attributes[name] {
        case nil: return value
        case .string(let value): return value
        default: throw wrongType(name, "a text")
        }
    }

    func ints(_ name: String) throws(EdgeError) -> [Int]? {
        switch attributes[name] {
        case nil: return nil
        case .ints(let values): return values
        default: throw wrongType(name, "a list of integers")
        }
    }

    func floats(_ name: String) throws(EdgeError) -> [Float]? {
        switch attributes[name] {
        case nil: return nil
        case .floats(let values): return values
        default: throw wrongType(name, "a list of floats")
        }
    }

    func strings(_ name: String) throws(EdgeError) -> [String]? {
        switch attributes[name] {
        case nil: return nil
        case .strings(let values): return values
        default: throw wrongType(name, "a list of texts")
        }
    }

    private func wrongType(_ name: String, _ wanted: String) -> EdgeError {
        EdgeError(.data, at: "", "attribute '\(name)' is not \(wanted)")
    }

    /// Refuses an integer attribute of another value than the only one supported.
    func expect(_ name: String, _ value: Int, default other: Int? = nil) throws(EdgeError) {
        let given = try int(name, default: other ?? value)
        guard given == value else {
            throw EdgeError(.data, at: "", "\(name) \(given) is not supported, only \(value)")
        }
    }

    /// An attribute of an integer an axis of a picture, as height and width; of one axis it is the width.
    /// - Parameter rank: of the picture, without samples and channels.
    func extent(_ name: String, rank: Int, default value: Extent?) throws(EdgeError) -> Extent {
        guard let ints = try ints(name) else {
            guard let value else { throw EdgeError(.data, at: "", "attribute '\(name)' is missing") }
            return value
        }
        guard ints.count == rank else {
            throw EdgeError(.data, at: "", "\(name) has \(ints.count) entries for \(rank) dimensions")
        }
        return rank == 1 ? Extent(1, ints[0]) : Extent(ints[0], ints[1])
    }

    /// The padding of a convolution or a pool, from `pads` or `auto_pad`.
    /// - Parameters:
    ///   - window: with its size, strides and dilations; its padding is not read.
    ///   - shape: of the picture, N·H·W·C.
    func padding(_ window: Window, _ shape: [Int], rank: Int) throws(EdgeError) -> Padding {
        let automatic = try string("auto_pad", default: "NOTSET")
        switch automatic {
        case "NOTSET", "":
            guard let pads = try ints("pads") else { return .none }
            guard pads.count == 2 * rank else {
                throw EdgeError(.data, at: "", "pads has \(pads.count) entries; \(2 * rank) are needed")
            }
            return rank == 1
                ? Padding(top: 0, left: pads[0], bottom: 0, right: pads[1])
                : Padding(top: pads[0], left: pads[1], bottom: pads[2], right: pads[3])
        case "VALID":
            return .none
        case "SAME_UPPER", "SAME_LOWER":
            return try samePadding(window, shape, upper: automatic == "SAME_UPPER")
        default:
            throw EdgeError(.data, at: "", "auto_pad '\(automatic)' is not supported")
        }
    }

    private func samePadding(_ window: Window, _ shape: [Int], upper: Bool) throws(EdgeError) -> Padding {
        // Checks the range of every parameter before they are multiplied.
        _ = try Window(
            size: .one, strides: window.strides, dilations: window.dilations, padding: .none
        ).places(height: shape[1], width: shape[2])
        guard max(window.size.height, window.size.width) <= Shape.windowLimit,
            min(window.size.height, window.size.width) >= 1
        else { throw EdgeError(.data, at: "", "a window outside 1 ... \(Shape.windowLimit)") }
        let vertical = same(shape[1], window.size.height, window.strides.height, window.dilations.height)
        let horizontal = same(shape[2], window.size.width, window.strides.width, window.dilations.width)
        // Upper: the odd pixel goes behind; lower: before.
        let (small, large) = ((vertical / 2, horizontal / 2), (vertical - vertical / 2, horizontal - horizontal / 2))
        return upper
            ? Padding(top: small.0, left: small.1, bottom: large.0, right: large.1)
            : Padding(top: large.0, left: large.1, bottom: small.0, right: small.1)
    }

    /// The padding for ⌈size / stride⌉ places.
    private func same(_ size: Int, _ kernel: Int, _ stride: Int, _ dilation: Int) -> Int {
        let places = (size + stride - 1) / stride
        return max(0, (places - 1) * stride + dilation * (kernel - 1) + 1 - size)
    }

    /// An axis counted from the front.
    func axis(_ axis: Int, rank: Int) throws(EdgeError) -> Int {
        guard axis >= -rank, axis < rank else {
            throw EdgeError(.data, at: "", "axis \(axis) is outside \(rank) dimensions")
        }
        return axis < 0 ? axis + rank : axis
    }

    /// Axes counted from the front, each once.
    func axes(_ axes: [Int], rank: Int) throws(EdgeError) -> [Int] {
        var result: [Int] = []
        for axis in axes {
            let place = try self.axis(axis, rank: rank)
            guard !result.contains(place) else { throw EdgeError(.data, at: "", "axis \(axis) is given twice") }
            result.append(place)
        }
        return result
    }
}
