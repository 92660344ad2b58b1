import Evaluation
import Quantization

/// The float values of a layer in bins, those that its integers cannot stand for apart.
struct HistogramBars: Equatable {
    /// What the bins cover: all that was seen, and what the integers hold as far as half of that beyond.
    let range: ClosedRange<Double>
    let inside: [Int]
    let saturated: [Int]

    static let bins = 48

    /// Nil for a layer of which nothing was seen.
    init?(_ histogram: ValueHistogram, _ sums: LayerErrors.Sums, _ bounds: ClosedRange<Float>?) {
        guard sums.count > 0, sums.minimum <= sums.maximum else { return nil }
        let (seenLow, seenHigh) = (Double(sums.minimum), Double(sums.maximum))
        let margin = seenHigh > seenLow ? (seenHigh - seenLow) / 2 : max(abs(seenHigh) / 2, 1e-6)
        var (low, high) = (seenLow, seenHigh)
        if let bounds {
            low = min(low, max(Double(bounds.lowerBound), seenLow - margin))
            high = max(high, min(Double(bounds.upperBound), seenHigh + margin))
        }
        if high <= low { (low, high) = (low - margin, high + margin) }
        range = low...high
        // Half a step beyond the integers is no saturation: where the count says none, there is none.
        let held = sums.saturated == 0 ? nil : bounds.map { Double($0.lowerBound)...Double($0.upperBound) }
        inside = histogram.counts(Self.bins, over: range) { held?.contains($0) ?? true }
        saturated = histogram.counts(Self.bins, over: range) { !(held?.contains($0) ?? true) }
    }
}

extension QuantizationReport {
    func bars(_ index: Int) -> HistogramBars? {
        HistogramBars(errors.histograms[index], errors.total(index), errors.layers[index].bounds)
    }

    /// The distribution of each layer's float values.
    func writeHistograms(_ page: inout Markup) {
        let all = errors.layers.indices.compactMap { index in bars(index).map { (index, $0) } }
        guard !all.isEmpty else { return }
        page.element("section") { page in
            page.element("h2", [:], "What the values are")
            page.element("p", [:]) { words in
                words.write("Float values of each layer, counted on a logarithmic scale. The ")
                words.element("span", ["class": "heldword"], "line below")
                words.write(" is what the integers hold; values beyond it are ")
                words.element("span", ["class": "outword"], "saturated")
                words.write(", and a line much longer than the values wastes steps.")
            }
            page.element("div", ["class": "histograms"]) { list in
                for (index, bars) in all { write(index, bars, &list) }
            }
        }
        page.newline()
    }

    private func write(_ index: Int, _ bars: HistogramBars, _ page: inout Markup) {
        let layer = errors.layers[index]
        let total = errors.total(index)
        page.element("div", ["class": "histogram"]) { card in
            card.element("div", ["class": "cap"]) { cap in
                cap.element("b", [:], "\(index + 1)")
                writeName(layer, &cap)
            }
            writeShape(index, bars, &card)
            card.element("div", ["class": "span"]) { ends in
                ends.element("span", [:], Words.short(Float(bars.range.lowerBound)))
                ends.element("span", [:], Words.short(Float(bars.range.upperBound)))
            }
            card.element("div", ["class": "note"]) { note in
                note.write(Words.decibels(total.ratio) + " dB")
                guard total.saturated > 0 else { return }
                note.write(", ")
                note.element("span", ["class": "outword"], Words.percent(total.saturation) + " saturated")
            }
        }
        page.newline()
    }

    private func writeShape(_ index: Int, _ bars: HistogramBars, _ card: inout Markup) {
        let layer = errors.layers[index]
        let most = zip(bars.inside, bars.saturated).map(+).max() ?? 0
        let width = bars.range.upperBound - bars.range.lowerBound
        func place(_ value: Double) -> Double {
            let share = (value - bars.range.lowerBound) / width
            return Double(HistogramBars.bins) * min(max(share, 0), 1)
        }
        card.element(
            "svg",
            [
                "viewBox": "0 0 \(HistogramBars.bins) 36", "preserveAspectRatio": "none", "role": "img",
                "aria-label": "values of \(layer.name)",
            ]
        ) { svg in
            svg.single("path", ["class": "in", "d": Self.path(bars.inside, most)])
            if bars.saturated.contains(where: { $0 > 0 }) {
                svg.single("path", ["class": "out", "d": Self.path(bars.saturated, most)])
            }
            if bars.range.contains(0) {
                let zero = Words.plain(place(0))
                svg.single("line", ["class": "zero", "x1": zero, "x2": zero, "y1": "0", "y2": "32"])
            }
            guard let held = layer.bounds else { return }
            let (low, high) = (place(Double(held.lowerBound)), place(Double(held.upperBound)))
            svg.single(
                "rect",
                [
                    "class": "held", "x": Words.plain(low), "width": Words.plain(max(high - low, 0.3)), "y": "33.5",
                    "height": "2",
                ])
        }
    }

    /// Bars 32 high at most, by the logarithm of the count.
    private static func path(_ counts: [Int], _ most: Int) -> String {
        let scale = 30 / max(Words.logarithm(most + 1), 1)
        var path = ""
        for (bin, count) in counts.enumerated() where count > 0 {
            let height = max(Words.logarithm(count + 1) * scale, 1)
            path += "M\(bin) 32v-\(Words.plain(height))h1v\(Words.plain(height))z"
        }
        return path
    }
}
