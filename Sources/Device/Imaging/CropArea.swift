internal import EdgeFormat

/// The part of a picture that is resized, in whole pixels.
struct CropArea: Equatable {
    var x: Int
    var y: Int
    var width: Int
    var height: Int

    /// `crop` on a picture of this size for an input of that size (docs/imaging.md).
    init(_ crop: InputCrop, width: Int, height: Int, inputWidth: Int, inputHeight: Int) {
        let short = min(width, height)
        var millionths: Int?
        switch crop {
        case .whole: break
        case .square(let share): millionths = min(1_000_000, Int(share))
        case .automatic: millionths = short > max(inputWidth, inputHeight) ? 875_000 : nil
        }
        guard let millionths else {
            self.init(x: 0, y: 0, width: width, height: height)
            return
        }
        let side = max(1, (short * millionths + 500_000) / 1_000_000)
        self.init(x: (width - side) / 2, y: (height - side) / 2, width: side, height: side)
    }

    private init(x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }
}
