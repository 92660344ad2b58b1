import Inference
import Testing

@Test(arguments: [PanelShape.Layout.quads, .pairs])
func everyWeightHasOnePlaceAndTheRestIsZero(_ layout: PanelShape.Layout) {
    for (channels, taps, depth) in [(1, 1, 1), (16, 2, 4), (17, 3, 5), (40, 1, 7)] {
        let shape = PanelShape(layout: layout, channels: channels, taps: taps, depth: depth)
        let weights = (0..<channels * taps * depth).map { UInt8(1 + $0 % 255) }
        let packed = weights.withUnsafeBytes { shape.packed($0) }
        #expect(packed.filter { $0 != 0 }.count == weights.count)
        #expect(packed.filter { $0 != 0 }.sorted() == weights.sorted())
        let run = layout == .quads ? 4 : 2
        let padded = (depth + run - 1) / run * run
        for channel in 0..<channels {
            for tap in 0..<taps {
                for index in 0..<depth {
                    // docs/edge-format.md, packed
                    let place =
                        channel / 16 * taps * padded * 16 + tap * padded * 16
                        + (index / run * 16 + channel % 16) * run + index % run
                    #expect(packed[place] == weights[(channel * taps + tap) * depth + index])
                }
            }
        }
    }
}

@Test(arguments: [PanelShape.Layout.quads, .pairs])
func aDepthwiseConvolutionHasItsColumnsAsTaps(_ layout: PanelShape.Layout) {
    // 17 channels, 3 rows, 2 columns; weights O·KH·KW, none of them zero.
    let shape = PanelShape(layout: layout, channels: 17, taps: 2, depth: 3, tapsAreInside: true)
    let weights = (0..<17 * 6).map { UInt8(1 + $0) }
    let packed = weights.withUnsafeBytes { shape.packed($0) }
    #expect(packed.filter { $0 != 0 }.sorted() == weights)
    let run = layout == .quads ? 4 : 2
    for channel in 0..<17 {
        for row in 0..<3 {
            for column in 0..<2 {
                let place = channel / 16 * 128 + column * 64 + (row / run * 16 + channel % 16) * run + row % run
                #expect(packed[place] == weights[(channel * 3 + row) * 2 + column])
            }
        }
    }
}

@Test func groupsThatShareAPanelReadTheirOwnInputsAlone() {
    // Two blocks of two groups, each of three channels with two inputs.
    let shape = PanelShape(layout: .pairs, channels: 12, taps: 1, depth: 4, blocks: 2, blockGroups: 2)
    let weights = (0..<24).map { UInt8(1 + $0) }
    let packed = weights.withUnsafeBytes { shape.packed($0) }
    #expect(shape.panels == 2 && packed.count == 128)
    for channel in 0..<12 {
        for input in 0..<4 {
            let own = channel % 6 / 3 == input / 2
            let place = channel / 6 * 64 + (input / 2 * 16 + channel % 6) * 2 + input % 2
            #expect(packed[place] == (own ? weights[channel * 2 + input % 2] : 0))
        }
    }
    #expect(packed.filter { $0 != 0 }.count == 24)
}
