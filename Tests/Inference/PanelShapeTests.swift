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
