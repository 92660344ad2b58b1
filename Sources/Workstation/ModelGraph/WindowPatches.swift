/// The dot products of the reference arithmetic, over runs of elements that lie side by side.
enum DotProduct {
    /// Σ a·b of floats: 16 partial sums, element i to sum i mod 16, which are then added in halves. The order is
    /// fixed, so the result does not depend on threads; products and sums are rounded separately.
    @inline(__always)
    static func floats(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int) -> Float {
        var low = SIMD8<Float>.zero
        var high = SIMD8<Float>.zero
        let rawA = UnsafeRawPointer(a)
        let rawB = UnsafeRawPointer(b)
        var index = 0
        while index + 16 <= count {
            let offset = index * 4
            low +=
                rawA.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)
                * rawB.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)
            high +=
                rawA.loadUnaligned(fromByteOffset: offset + 32, as: SIMD8<Float>.self)
                * rawB.loadUnaligned(fromByteOffset: offset + 32, as: SIMD8<Float>.self)
            index += 16
        }
        let eight = low + high
        let four = eight.lowHalf + eight.highHalf
        let two = four.lowHalf + four.highHalf
        var sum = two[0] + two[1]
        while index < count {
            sum += a[index] * b[index]
            index += 1
        }
        return sum
    }

    /// Σ (a − zeroPoint)·(b − weightZeroPoint) of integers, exact as long as it fits into 32 bits; it wraps beyond.
    @inline(__always)
    static func integers<Element: FixedWidthInteger, Weight: FixedWidthInteger>(
        _ a: UnsafePointer<Element>, zeroPoint: Int32, _ b: UnsafePointer<Weight>, weightZeroPoint: Int32, count: Int
    ) -> Int32 {
        var sum: Int32 = 0
        for index in 0..<count {
            sum &+=
                (Int32(truncatingIfNeeded: a[index]) &- zeroPoint)
                &* (Int32(truncatingIfNeeded: b[index]) &- weightZeroPoint)
        }
        return sum
    }
}

extension Window {
    /// Calls `body` for every place of the window on N·H·W·C pictures, in the order of the output, once a group: with
    /// the elements below the window (row, column, channel of the group; outside the picture `border`), the number of
    /// the output pixel, and the group.
    @inline(__always)
    func forEachPatch<Element>(
        of elements: [Element], shape: [Int], places: Extent, groups: Int, border: Element,
        _ body: (_ patch: UnsafePointer<Element>, _ pixel: Int, _ group: Int) -> Void
    ) {
        let (height, width, channels) = (shape[1], shape[2], shape[3])
        let depth = channels / groups
        var patch = [Element](repeating: border, count: size.height * size.width * depth)
        elements.withUnsafeBufferPointer { elements in
            patch.withUnsafeMutableBufferPointer { patch in
                guard let source = elements.baseAddress, let target = patch.baseAddress else { return }
                var pixel = 0
                for image in 0..<shape[0] {
                    let picture = source + image * height * width * channels
                    for y in 0..<places.height {
                        for x in 0..<places.width {
                            for group in 0..<groups {
                                var next = target
                                for ky in 0..<size.height {
                                    let row = y * strides.height - padding.top + ky * dilations.height
                                    for kx in 0..<size.width {
                                        let column = x * strides.width - padding.left + kx * dilations.width
                                        if row >= 0, row < height, column >= 0, column < width {
                                            let first = picture + (row * width + column) * channels + group * depth
                                            for channel in 0..<depth { next[channel] = first[channel] }
                                        } else {
                                            for channel in 0..<depth { next[channel] = border }
                                        }
                                        next += depth
                                    }
                                }
                                body(target, pixel, group)
                            }
                            pixel += 1
                        }
                    }
                }
            }
        }
    }

    /// Calls `body` for every place of the window on N·H·W·C pictures, in the order of the output: with the rows and
    /// columns of the picture that lie below it, `dilations` apart.
    @inline(__always)
    func forEachClipped(
        shape: [Int], places: Extent,
        _ body: (_ image: Int, _ rows: ClippedAxis, _ columns: ClippedAxis, _ pixel: Int) -> Void
    ) {
        var pixel = 0
        for image in 0..<shape[0] {
            for y in 0..<places.height {
                let rows = ClippedAxis(
                    from: y * strides.height - padding.top, count: size.height, step: dilations.height, size: shape[1])
                for x in 0..<places.width {
                    let columns = ClippedAxis(
                        from: x * strides.width - padding.left, count: size.width, step: dilations.width,
                        size: shape[2])
                    body(image, rows, columns, pixel)
                    pixel += 1
                }
            }
        }
    }
}

extension Window {
    /// Whether there are pixels of a picture below the window at each of its places.
    func meetsPicture(_ height: Int, _ width: Int, _ places: Extent) -> Bool {
        func meets(_ place: Int, _ stride: Int, _ padding: Int, _ count: Int, _ dilation: Int, _ size: Int) -> Bool {
            !ClippedAxis(from: place * stride - padding, count: count, step: dilation, size: size).isEmpty
        }
        return (0..<places.height).allSatisfy {
            meets($0, strides.height, padding.top, size.height, dilations.height, height)
        }
            && (0..<places.width).allSatisfy {
                meets($0, strides.width, padding.left, size.width, dilations.width, width)
            }
    }
}

/// The indices of an axis that lie below a window.
struct ClippedAxis: RandomAccessCollection {
    private let first: Int
    private let step: Int
    let startIndex: Int
    let endIndex: Int

    /// - Parameters:
    ///   - first: below the window's first element, inside the axis or not.
    ///   - size: of the axis.
    init(from first: Int, count: Int, step: Int, size: Int) {
        self.first = first
        self.step = step
        startIndex = first >= 0 ? 0 : Swift.min((step - 1 - first) / step, count)
        endIndex = first >= size ? startIndex : Swift.max(Swift.min((size - 1 - first) / step + 1, count), startIndex)
    }

    @inline(__always)
    subscript(index: Int) -> Int { first + index * step }
}
