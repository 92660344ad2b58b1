/// Conversions between grey, RGB and YCbCr, in integers (docs/imaging.md).
enum Luma {
    /// Grey of an RGB pixel: ITU-R BT.601 weights in 1/65536, as libjpeg has them.
    static func grey(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> UInt8 {
        UInt8(truncatingIfNeeded: (19595 &* Int32(red) &+ 38470 &* Int32(green) &+ 7471 &* Int32(blue) &+ 32768) &>> 16)
    }

    /// Grey of a studio-range luma sample: 16 … 235 becomes 0 … 255.
    static func grey(studio luma: UInt8) -> UInt8 {
        clamped((298 &* (Int32(luma) &- 16) &+ 128) &>> 8)
    }

    /// Red, green and blue of a studio-range BT.601 sample.
    static func rgb(_ luma: UInt8, _ cb: UInt8, _ cr: UInt8) -> (UInt8, UInt8, UInt8) {
        let y = 298 &* (Int32(luma) &- 16) &+ 128
        let u = Int32(cb) &- 128
        let v = Int32(cr) &- 128
        return (
            clamped((y &+ 409 &* v) &>> 8),
            clamped((y &- 100 &* u &- 208 &* v) &>> 8),
            clamped((y &+ 516 &* u) &>> 8)
        )
    }

    private static func clamped(_ value: Int32) -> UInt8 {
        UInt8(truncatingIfNeeded: max(0, min(255, value)))
    }
}
