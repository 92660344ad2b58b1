internal import EdgeFormat

/// From the samples of a PNG row to 8-bit grey or RGB on white.
struct PNGPixelFormat {
    /// 1 grey, 3 RGB.
    let channels: Int
    private let type: PNGHeader.ColorType
    private let depth: Int
    private let palette: [UInt8]
    /// Of each palette entry.
    private let alphas: [UInt8]
    /// The samples of the one colour that is transparent; empty for none.
    private let key: [Int]
    private let place: String

    init(_ chunks: PNGChunks, place: String) throws(EdgeError) {
        type = chunks.header.colorType
        depth = chunks.header.depth
        channels = type == .grey || type == .greyAlpha ? 1 : 3
        self.place = place
        var key: [Int] = []
        let keyed = type == .grey ? 1 : type == .rgb ? 3 : 0
        if keyed > 0, chunks.transparency.count >= 2 * keyed {
            for index in 0..<keyed {
                key.append(Int(chunks.transparency[2 * index]) << 8 | Int(chunks.transparency[2 * index + 1]))
            }
        }
        self.key = key
        guard type == .palette else {
            (palette, alphas) = ([], [])
            return
        }
        palette = [UInt8](chunks.palette)
        alphas = [UInt8](chunks.transparency)
        guard !palette.isEmpty, palette.count % 3 == 0, palette.count <= 768 else {
            throw EdgeError(.data, at: place, "damaged PNG: bad palette")
        }
    }

    /// Writes `columns` pixels of `row` (after its filter byte) to `pixels` from `first` on, `step` pixels apart.
    func expand(
        _ row: [UInt8], columns: Int, into pixels: inout [UInt8], at first: Int, step: Int
    ) throws(EdgeError) {
        let samples = type.samples
        var target = first
        for column in 0..<columns {
            let start = column * samples
            switch type {
            case .palette:
                let index = sample(row, start)
                guard 3 * index < palette.count else {
                    throw EdgeError(.data, at: place, "damaged PNG: a colour outside the palette")
                }
                let alpha = index < alphas.count ? alphas[index] : 255
                for channel in 0..<3 { pixels[target + channel] = onWhite(palette[3 * index + channel], alpha) }
            case .grey, .rgb:
                let alpha: UInt8 = isKey(row, start) ? 0 : 255
                for channel in 0..<channels { pixels[target + channel] = onWhite(byte(row, start + channel), alpha) }
            case .greyAlpha, .rgbAlpha:
                let alpha = byte(row, start + channels)
                for channel in 0..<channels { pixels[target + channel] = onWhite(byte(row, start + channel), alpha) }
            }
            target += step * channels
        }
    }

    private func isKey(_ row: [UInt8], _ start: Int) -> Bool {
        guard !key.isEmpty else { return false }
        for index in key.indices where sample(row, start + index) != key[index] { return false }
        return true
    }

    /// A sample as the file holds it.
    private func sample(_ row: [UInt8], _ index: Int) -> Int {
        switch depth {
        case 8: return Int(row[1 + index])
        case 16: return Int(row[1 + 2 * index]) << 8 | Int(row[2 + 2 * index])
        default:
            let bit = index * depth
            return (Int(row[1 + bit / 8]) >> (8 - depth - bit % 8)) & ((1 << depth) - 1)
        }
    }

    /// A sample brought to 0 … 255.
    private func byte(_ row: [UInt8], _ index: Int) -> UInt8 {
        let value = sample(row, index)
        switch depth {
        case 8: return UInt8(truncatingIfNeeded: value)
        case 16: return UInt8(truncatingIfNeeded: (value * 255 + 32_895) >> 16)
        default: return UInt8(truncatingIfNeeded: value * 255 / ((1 << depth) - 1))
        }
    }

    private func onWhite(_ value: UInt8, _ alpha: UInt8) -> UInt8 {
        if alpha == 255 { return value }
        return UInt8(truncatingIfNeeded: (Int(value) * Int(alpha) + 255 * (255 - Int(alpha)) + 127) / 255)
    }
}
