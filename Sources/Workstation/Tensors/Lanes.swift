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
