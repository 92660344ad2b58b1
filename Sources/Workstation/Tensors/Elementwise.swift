// Loops over rows of floats. None of them cares where a row begins, and each adds in one order: the result does not
// depend on the processor's vectors.

/// Floats in memory. It does not keep a tensor alive: whoever takes a tensor's `base` holds the tensor until the loop ends.
public typealias Row = UnsafeMutablePointer<Float>

/// target += row.
@inlinable
public func add(_ row: Row, to target: Row, count: Int) {
    forLanes(count) {
        target.setLanes(target.lanes(at: $0) + row.lanes(at: $0), at: $0)
    } _: {
        target[$0] += row[$0]
    }
}

/// target += factor · row.
@inlinable
public func add(_ factor: Float, times row: Row, to target: Row, count: Int) {
    forLanes(count) {
        target.setLanes(target.lanes(at: $0) + factor * row.lanes(at: $0), at: $0)
    } _: {
        target[$0] += factor * row[$0]
    }
}

/// target = row.
@inlinable
public func copy(_ row: Row, to target: Row, count: Int) {
    forLanes(count) {
        target.setLanes(row.lanes(at: $0), at: $0)
    } _: {
        target[$0] = row[$0]
    }
}

/// target = row, which may also write what follows in memory behind both: up to `Tensor.slack` floats.
@inlinable @inline(__always)
public func copyLoosely(_ row: Row, to target: Row, count: Int) {
    var index = 0
    while index < count {
        target.setLanes(row.lanes(at: index), at: index)
        index += Lanes.scalarCount
    }
}

/// Adds `bias` to each of `rows` rows of `width` floats; below zero is set to zero where `clamps`.
@inlinable
public func addBias(_ bias: Row, to target: Row, rows: Int, width: Int, clamps: Bool) {
    for row in 0..<rows {
        let target = target + row * width
        if clamps {
            forLanes(width) {
                let sum = target.lanes(at: $0) + bias.lanes(at: $0)
                target.setLanes(sum.replacing(with: 0, where: sum .< 0), at: $0)
            } _: {
                target[$0] = max(target[$0] + bias[$0], 0)
            }
        } else {
            add(bias, to: target, count: width)
        }
    }
}

/// gradient = 0 where the value is not above zero: the backward half of ReLU.
@inlinable
public func maskByPositive(_ value: Row, _ gradient: Row, count: Int) {
    forLanes(count) {
        gradient.setLanes(gradient.lanes(at: $0).replacing(with: 0, where: value.lanes(at: $0) .<= 0), at: $0)
    } _: {
        if value[$0] <= 0 { gradient[$0] = 0 }
    }
}
