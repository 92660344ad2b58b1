internal import CXXHash

/// XXH3-64 with seed 0: the checksum of sections and the digest of tensors. It guards against accidents, not malice.
public func xxh3(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    xxh3_64(bytes.baseAddress, bytes.count)
}

/// XXH3-64 with seed 0 of an array's bytes.
public func xxh3(_ bytes: [UInt8]) -> UInt64 {
    bytes.withUnsafeBytes { xxh3($0) }
}
