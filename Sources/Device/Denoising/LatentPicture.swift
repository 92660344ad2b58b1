internal import Inference

/// A latent as the picture that it stands for: −1 is black, 1 is white.
public enum LatentPicture {
    /// byte = half_even((x + 1) · 127.5), cut to 0 … 255; the first elements of `bytes` are written.
    public static func write(_ latent: UnsafeBufferPointer<Float>, into bytes: UnsafeMutableBufferPointer<UInt8>) {
        let floats = ExactFloats()
        defer { floats.restore() }
        for index in 0..<min(latent.count, bytes.count) { bytes[index] = byte(latent[index]) }
    }

    /// The byte of an element; a NaN is black.
    package static func byte(_ value: Float) -> UInt8 {
        let place = (value + 1) * 127.5
        guard place > 0 else { return 0 }
        // Adding 1.5 · 2^23 leaves no bits below one, so the addition itself rounds half to even.
        return UInt8((min(place, 255) + 12_582_912) - 12_582_912)
    }
}
