internal import EdgeFormat
internal import Imaging

/// Labelled sets of drawn digits (`DrawnDigits`): data without a download.
public enum DrawnData {
    /// `count` training pictures, 28 x 28, grey, drawn when asked for. The halves of one seed have no drawing in common.
    public static func pictures(seed: UInt64, count: Int, split: Split = .train) -> LabelledPictures {
        LabelledPictures(DrawnPictures(seed: seed, count: max(0, count), split: split))
    }
}

private struct DrawnPictures: PictureStore {
    let seed: UInt64
    let count: Int
    let split: Split

    private func drawing(_ index: Int) -> DrawnDigits.Drawing {
        DrawnDigits.picture(seed: seed, index: UInt64(index) + (split == .train ? 0 : 1 << 40))
    }

    func picture(_ index: Int, color: InputColor) throws(EdgeError) -> Picture {
        drawing(index).picture.converted(to: color)
    }

    func encoded(_ index: Int) throws(EdgeError) -> [UInt8] { PictureFile.encodeNetpbm(drawing(index).picture) }

    func label(_ index: Int) -> Int? {
        DrawnDigits.label(seed: seed, index: UInt64(index) + (split == .train ? 0 : 1 << 40))
    }

    func name(_ index: Int) -> String { "drawn-\(fiveDigits(index)).pgm" }
}
