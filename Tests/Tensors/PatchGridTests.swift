import Tensors
import Testing

@Suite("Patches of a picture")
struct PatchGridTests {
    /// T13: side, window, padding of both sides together, stride, places.
    @Test(
        "have the number of places of the lectures",
        arguments: [(3, 2, 2, 3, 2), (224, 7, 6, 2, 112), (112, 3, 2, 2, 56), (224, 11, 2, 4, 54), (54, 3, 0, 2, 26)])
    func places(side: Int, window: Int, padding: Int, stride: Int, places: Int) {
        #expect(grid(side, side, 1, window, window, stride, padding / 2)?.rows == places)
    }

    @Test("refuse windows that do not fit and numbers that make no sense")
    func refusals() {
        #expect(grid(3, 3, 1, 4, 1, 1, 0) == nil)
        #expect(grid(3, 3, 1, 1, 4, 1, 0) == nil)
        #expect(grid(3, 3, 1, 2, 2, 0, 0) == nil)
        #expect(grid(3, 3, 0, 2, 2, 1, 0) == nil)
        #expect(grid(3, 3, 1, 2, 2, 1, -1) == nil)
        #expect(grid(3, 3, 1, 4, 4, 1, 1) != nil)
    }

    @Test("are the pixels under the window, zeros outside")
    func gather() throws {
        for height in [1, 3, 5] {
            for channels in [1, 3, 8, 9] {
                for window in 1...3 {
                    for stride in 1...3 {
                        for padding in 0...2 {
                            guard let grid = grid(height, 4, channels, window, 2, stride, padding) else { continue }
                            check(grid)
                        }
                    }
                }
            }
        }
    }

    private func check(_ grid: PatchGrid) {
        let picture = Tensor([grid.pictureCount], (0..<grid.pictureCount).map { Float($0 + 1) })
        let patches = Tensor(zeros: [grid.places * grid.patchCount])
        grid.gather(picture.base, into: patches.base)
        var wanted: [Float] = []
        for place in 0..<grid.places {
            for line in 0..<grid.windowHeight {
                let y = place / grid.columns * grid.strideHeight + line - grid.padding
                for pixel in 0..<grid.windowWidth {
                    let x = place % grid.columns * grid.strideWidth + pixel - grid.padding
                    for channel in 0..<grid.channels {
                        let inside = y >= 0 && y < grid.height && x >= 0 && x < grid.width
                        let index = (y * grid.width + x) * grid.channels + channel
                        wanted.append(inside ? Float(index + 1) : 0)
                    }
                }
            }
        }
        #expect(patches.values == wanted, "\(grid)")
    }

    private func grid(
        _ height: Int, _ width: Int, _ channels: Int, _ windowHeight: Int, _ windowWidth: Int, _ stride: Int,
        _ padding: Int
    ) -> PatchGrid? {
        PatchGrid(
            height: height, width: width, channels: channels, window: (windowHeight, windowWidth),
            stride: (stride, stride), padding: padding)
    }
}
