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

    /// An attribute of two integers, height and width.
    func extent(_ name: String, default value: Extent?) throws(EdgeError) -> Extent {
        guard let ints = try ints(name) else {
            guard let value else { throw EdgeError(.data, at: "", "attribute '\(name)' is missing") }
            return value
        }
        guard ints.count == 2 else {
            throw EdgeError(.data, at: "", "\(name) has \(ints.count) entries; only two dimensions are supported")
        }
        return Extent(ints[0], ints[1])
    }

    /// The padding of a convolution or a pool, from `pads` or `auto_pad`.
    /// - Parameters:
    ///   - window: with its size, strides and dilations; its padding is not read.
    ///   - shape: of the picture, N·H·W·C.
    func padding(_ window: Window, _ shape: [Int]) throws(EdgeError) -> Padding {
        let automatic = try string("auto_pad", default: "NOTSET")
        switch automatic {
        case "NOTSET", "":
            guard let pads = try ints("pads") else { return .none }
            guard pads.count == 4 else {
                throw EdgeError(.data, at: "", "pads has \(pads.count) entries; 4 are needed")
            }
            return Padding(top: pads[0], left: pads[1], bottom: pads[2], right: pads[3])
        case "VALID":
            return .none
        case "SAME_UPPER", "SAME_LOWER":
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
            return automatic == "SAME_UPPER"
                ? Padding(
                    top: vertical / 2, left: horizontal / 2, bottom: vertical - vertical / 2,
                    right: horizontal - horizontal / 2)
                : Padding(
                    top: vertical - vertical / 2, left: horizontal - horizontal / 2, bottom: vertical / 2,
                    right: horizontal / 2)
        default:
            throw EdgeError(.data, at: "", "auto_pad '\(automatic)' is not supported")
        }
    }

    /// The padding for ⌈size / stride⌉ places.
    private func same(_ size: Int, _ kernel: Int, _ stride: Int, _ dilation: Int) -> Int {
        let places = (size + stride - 1) / stride
        return max(0, (places - 1) * stride + dilation * (kernel - 1) + 1 - size)
    }
}
