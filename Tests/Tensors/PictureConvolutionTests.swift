import Tensors
import Testing

@Suite("Convolution of pictures")
struct PictureConvolutionTests {
    private struct Case: CustomStringConvertible {
        let grid: PatchGrid
        let filters: Int
        var description: String { "\(grid), \(filters) filters" }
    }

    /// Depths and filters below, at and above a panel; windows, strides and padding, also padding wider than the window;
    /// numbers of places that leave each remainder of a tile.
    private static func cases() -> [Case] {
        var cases: [Case] = []
        for (channels, filters) in [(1, 1), (3, 16), (17, 5), (2, 35)] {
            for (height, width) in [(1, 1), (4, 5), (7, 3)] {
                for (window, stride, padding) in [
                    ((1, 1), (1, 1), 0), ((3, 3), (1, 1), 1), ((3, 3), (2, 2), 1), ((3, 2), (1, 2), 0),
                    ((1, 2), (3, 1), 2), ((2, 2), (3, 2), 3),
                ] {
                    let grid = PatchGrid(
                        height: height, width: width, channels: channels, window: window, stride: stride,
                        padding: padding)
                    if let grid { cases.append(Case(grid: grid, filters: filters)) }
                }
            }
        }
        return cases
    }

    @Test("agrees with the definition in double precision, written or added, with and without ReLU")
    func definition() {
        for example in Self.cases() { check(example) }
    }

    private func check(_ example: Case) {
        let (grid, filters, count) = (example.grid, example.filters, 2)
        var generator = RandomGenerator(9)
        let random = { (shape: [Int]) in
            Tensor(shape, (0..<shape.reduce(1, *)).map { _ in generator.signedUnit() })
        }
        let x = random([count, grid.height, grid.width, grid.channels])
        let weights = random([filters, grid.patchCount])
        let bias = random([filters])
        let gradient = random([count, grid.places, filters])
        // Scratch holds anything: what is not written must not be read.
        let convolution = PictureConvolution(grid, filters: filters) {
            let tensor = Tensor(uninitialized: $0)
            tensor.fill(.nan)
            return tensor
        }
        var y = (0..<count * grid.places).flatMap { _ in bias.values.map { Double($0) } }
        var ofWeights = [Double](repeating: 0, count: weights.count)
        var ofInputs = [Double](repeating: 0, count: x.count)
        forProducts(grid, filters, count) { input, weight, output in
            y[output] += Double(x.base[input]) * Double(weights.base[weight])
            ofWeights[weight] += Double(x.base[input]) * Double(gradient.base[output])
            ofInputs[input] += Double(weights.base[weight]) * Double(gradient.base[output])
        }

        for clamps in [false, true] {
            let result = Tensor(uninitialized: [y.count])
            convolution.forward(x, weights: weights, bias: bias, clamps: clamps, into: result)
            expect(result, y.map { clamps ? max($0, 0) : $0 }, "\(example): forward")
        }
        for adds in [false, true] {
            let start: Float = adds ? 0.5 : .nan
            let weightResult = Tensor(weights.shape, [Float](repeating: start, count: weights.count))
            convolution.weightGradient(x, gradient, into: weightResult, adds: adds)
            expect(weightResult, ofWeights.map { adds ? $0 + 0.5 : $0 }, "\(example): weights")
            let inputResult = Tensor(x.shape, [Float](repeating: start, count: x.count))
            convolution.inputGradient(gradient, weights: weights, into: inputResult, adds: adds)
            expect(inputResult, ofInputs.map { adds ? $0 + 0.5 : $0 }, "\(example): inputs")
        }
    }

    /// Calls `body` with the places in memory of each input, weight and output that meet.
    private func forProducts(
        _ grid: PatchGrid, _ filters: Int, _ count: Int, _ body: (_ input: Int, _ weight: Int, _ output: Int) -> Void
    ) {
        for output in 0..<count * grid.places * filters {
            let (place, filter) = (output / filters % grid.places, output % filters)
            let picture = output / filters / grid.places
            for weight in 0..<grid.patchCount {
                let tap = weight / grid.channels
                let row = place / grid.columns * grid.strideHeight + tap / grid.windowWidth - grid.padding
                let column = place % grid.columns * grid.strideWidth + tap % grid.windowWidth - grid.padding
                guard row >= 0, row < grid.height, column >= 0, column < grid.width else { continue }
                let pixel = (picture * grid.height + row) * grid.width + column
                body(pixel * grid.channels + weight % grid.channels, filter * grid.patchCount + weight, output)
            }
        }
    }

    private func expect(_ result: Tensor, _ wanted: [Double], _ what: String) {
        #expect(zip(result.values, wanted).allSatisfy { abs(Double($0) - $1) < 1e-4 }, "\(what)")
    }
}
