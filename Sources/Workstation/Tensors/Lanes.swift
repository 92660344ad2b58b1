/// Eight floats that a loop moves at once; where they stand in memory does not matter.
public typealias Lanes = SIMD8<Float>

extension UnsafeMutablePointer where Pointee == Float {
    /// Eight floats from `index` on.
    @inlinable @inline(__always)
    public func lanes(at index: Int) -> Lanes {
        UnsafeRawPointer(self + index).loadUnaligned(as: Lanes.self)
    }

    /// Writes eight floats from `index` on.
    @inlinable @inline(__always)
    public func setLanes(_ lanes: Lanes, at index: Int) {
        UnsafeMutableRawPointer(self + index).storeBytes(of: lanes, as: Lanes.self)
    }
}

/// Calls `whole` with every eighth index that begins eight floats, and `single` with each index left.
@inlinable @inline(__always)
public func forLanes(_ count: Int, _ whole: (Int) -> Void, _ single: (Int) -> Void) {
    var index = 0
    while index + Lanes.scalarCount <= count {
        whole(index)
        index += Lanes.scalarCount
    }
    while index < count {
        single(index)
        index += 1
    }
}

/// target[i] = what `lanes` gives for the eight elements from i on, for i in 0 ..< count. The last call may reach up to
/// seven elements behind the row, which a tensor's slack lets it read; they are not written.
@inlinable @inline(__always)
public func mapLanes(_ count: Int, to target: Row, _ lanes: (_ index: Int) -> Lanes) {
    var index = 0
    while index < count {
        let result = lanes(index)
        if index + Lanes.scalarCount <= count {
            target.setLanes(result, at: index)
        } else {
            for lane in 0..<count - index { target[index + lane] = result[lane] }
        }
        index += Lanes.scalarCount
    }
}
