internal import Platform

/// An array as NumPy's .npy files hold it, in C order and little-endian.
public struct NumPyArray: Equatable, Sendable {
    /// What the elements are.
    public enum Element: Equatable, Sendable, CaseIterable {
        case int8, uint8, int16, uint16, int32, int64, float16, float32, bool

        /// Bytes of one.
        public var size: Int {
            switch self {
            case .int8, .uint8, .bool: 1
            case .int16, .uint16, .float16: 2
            case .int32, .float32: 4
            case .int64: 8
            }
        }

        /// NumPy's name for it.
        var descriptor: StaticString {
            switch self {
            case .int8: "|i1"
            case .uint8: "|u1"
            case .int16: "<i2"
            case .uint16: "<u2"
            case .int32: "<i4"
            case .int64: "<i8"
            case .float16: "<f2"
            case .float32: "<f4"
            case .bool: "|b1"
            }
        }
    }

    public let element: Element
    /// Lengths of the axes; empty for a single number.
    public let shape: [Int]
    /// The elements, `element.size` bytes each, the last axis fastest.
    public let bytes: [UInt8]

    /// An array of `bytes`; there must be as many as the shape says.
    public init(_ element: Element, shape: [Int], bytes: [UInt8]) {
        self.element = element
        self.shape = shape
        self.bytes = bytes
    }

    /// Reads a .npy file of version 1, 2 or 3; `place` is its name in errors.
    public init(npy file: UnsafeRawBufferPointer, place: String) throws(Failure) {
        let header = try NumPyHeader(file, place)
        var count = header.element.size
        for length in header.shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: length)
            guard !overflow else { throw Failure(.data, "\(place): the shape is too large") }
            count = product
        }
        let present = file.count - header.end
        guard present == count else {
            throw Failure(.data, "\(place): the shape needs \(count) bytes, the file has \(present)")
        }
        element = header.element
        shape = header.shape
        bytes = [UInt8](file[header.end...])
    }

    /// The array as a .npy file, version 1.
    public func npy() -> [UInt8] {
        var lengths = ""
        for length in shape { lengths += (lengths.isEmpty ? "" : ", ") + String(length) }
        if shape.count == 1 { lengths += "," }
        var header = "{'descr': '\(element.descriptor.text)', 'fortran_order': False, 'shape': (\(lengths)), }"
        // NumPy pads so that the data begins at a multiple of 64.
        let length = (10 + header.utf8.count + 1 + 63) / 64 * 64 - 10
        header += String(repeating: " ", count: length - header.utf8.count - 1) + "\n"
        let start: [UInt8] = NumPyHeader.magic + [1, 0, UInt8(length & 255), UInt8(length >> 8)]
        return start + Array(header.utf8) + bytes
    }
}

extension NumPyArray {
    /// The array with its axes in another order: axis k of the result is axis `order[k]` of this one.
    public func transposed(_ order: [Int]) -> NumPyArray {
        guard order.count == shape.count, order.indices.contains(where: { order[$0] != $0 }) else { return self }
        var steps = [Int](repeating: element.size, count: shape.count)
        for axis in shape.indices.dropLast().reversed() { steps[axis] = steps[axis + 1] * shape[axis + 1] }
        let sizes = order.map { shape[$0] }
        var index = [Int](repeating: 0, count: order.count)
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var place = 0
        while result.count < bytes.count {
            result.append(contentsOf: bytes[place..<place + element.size])
            // The next index, the last axis fastest.
            for axis in index.indices.reversed() {
                place += steps[order[axis]]
                index[axis] += 1
                if index[axis] < sizes[axis] { break }
                place -= sizes[axis] * steps[order[axis]]
                index[axis] = 0
            }
        }
        return NumPyArray(element, shape: sizes, bytes: result)
    }
}
