/// Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", 2011): a block of 128
/// random bits as a function of a counter and a key, without a state.
package enum Philox {
    /// The block of `counter` under `key`.
    package static func block(_ counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
        var block = counter
        var key = key
        for _ in 0..<10 {
            let first = UInt64(0xD251_1F53) * UInt64(block[0])
            let second = UInt64(0xCD9E_8D57) * UInt64(block[2])
            block = SIMD4(
                UInt32(truncatingIfNeeded: second >> 32) ^ block[1] ^ key[0], UInt32(truncatingIfNeeded: second),
                UInt32(truncatingIfNeeded: first >> 32) ^ block[3] ^ key[1], UInt32(truncatingIfNeeded: first))
            key = SIMD2(key[0] &+ 0x9E37_79B9, key[1] &+ 0xBB67_AE85)
        }
        return block
    }
}
