public import EdgeFormat
internal import Imaging
internal import Platform

/// Labelled sets of drawn digits (`DrawnDigits`): data without a download.
public enum DrawnData {
    /// `count` training pictures, 28 x 28, grey, drawn when asked for. The halves of one seed have no drawing in common.
    public static func pictures(seed: UInt64, count: Int, split: Split = .train) -> LabelledPictures {
        LabelledPictures(DrawnPictures(seed: seed, count: max(0, count), split: split))
    }

    /// Writes `count` camera frames of drawn digits, 640 x 480, as 00000.jpg … into `folder` (made if missing), with the
    /// labels.txt that makes them a labelled set. `progress` is told the frames written so far.
    ///
    /// The list comes last: a folder that was left half done is no set.
    public static func writeFrames(
        to folder: String, seed: UInt64, count: Int, color: InputColor = .rgb, quality: Int = 90,
        progress: (Int) -> Void = { _ in }
    ) throws(EdgeError) {
        try reportingSystem { () throws(SystemError) in try Files.makeDirectories(folder) }
        var list = "# file index\n"
        for index in 0..<max(0, count) {
            if Interrupts.requested { throw EdgeError.interrupted.within(folder) }
            let frame = DrawnDigits.frame(seed: seed, index: UInt64(index), color: color)
            let name = fiveDigits(index) + ".jpg"
            let bytes = try PictureFile.encodeJPEG(frame.picture, quality: quality)
            try reportingSystem { () throws(SystemError) in try Files.writeAtomically(folder + "/" + name, bytes) }
            list += "\(name) \(frame.label)\n"
            progress(index + 1)
        }
        try reportingSystem { () throws(SystemError) in
            try Files.writeAtomically(folder + "/labels.txt", [UInt8](list.utf8))
        }
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
