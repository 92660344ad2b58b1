import Evaluation

// Columns over the layers in their order. Shapes are SVG stretched to the page's width; words stand beside it, so that they
// have one size on every screen.
extension QuantizationReport {
    /// One column a layer, and what its axis says.
    struct Plot {
        struct Column {
            /// Share of the axis, 0 … 1; nil where nothing is known.
            var height: Double?
            var style: String
            /// What stands there, for whoever points at it.
            var title: String
        }

        var id: String
        var title: String
        var note: String
        var columns: [Column]
        /// Words at heights 0 … 1.
        var ticks: [(height: Double, label: String)]
        /// Styles that need to be told apart, with their words.
        var legend: [(style: String, label: String)]
    }

    /// Below it a layer is marked: a tenth of the signal's size is noise.
    static let lowRatio = 20.0

    func writePlots(_ page: inout Markup) {
        let plots = [ratioPlot, timePlot].compactMap { $0 }
        guard !errors.layers.isEmpty, !plots.isEmpty else { return }
        page.element("section") { page in
            page.element("h2", [:], "Layer by layer")
            page.element(
                "p", [:],
                "Layers in the order of computation, from 1; the same layer stands at the same place of each plot. Tap or "
                    + "point at a column for its name and numbers.")
            for plot in plots { write(plot, &page) }
        }
        page.newline()
    }

    /// SQNR of each layer over all samples.
    private var ratioPlot: Plot {
        let ratios = errors.layers.indices.map { errors.total($0).ratio }
        let highest = ratios.compactMap { $0 }.filter(\.isFinite).max() ?? 0
        let axis = Axis(reaching: max(highest, Self.lowRatio))
        let columns = ratios.enumerated().map { index, ratio in
            Plot.Column(
                height: ratio.map { $0.isFinite ? axis.height($0) : 1 },
                style: ratio.map { $0 < Self.lowRatio ? "bar low" : "bar" } ?? "bar none",
                title: title(index) + "\n" + Words.decibels(ratio) + " dB")
        }
        return Plot(
            id: "sqnr", title: "Signal to quantization noise", note: "dB, more is better", columns: columns,
            ticks: axis.ticks { Words.number($0, digits: 0) },
            legend: ratios.contains { ($0 ?? .infinity) < Self.lowRatio }
                ? [("bar low", "below \(Int(Self.lowRatio)) dB")] : [])
    }

    /// Time of each layer on the machine that wrote the report.
    private var timePlot: Plot? {
        guard let costs, costs.layers.count == errors.layers.count else { return nil }
        let all = costs.total.nanoseconds
        let axis = Axis(reaching: Double(costs.layers.map(\.nanoseconds).max() ?? 0) / 1e3)
        let columns = costs.layers.enumerated().map { index, cost in
            let layer = errors.layers[index]
            return Plot.Column(
                height: axis.height(Double(cost.nanoseconds) / 1e3),
                style: layer.bits == 8 ? "bar" : layer.bits == 16 ? "bar wide" : "bar float",
                title: title(index) + "\n" + Words.microseconds(cost.nanoseconds) + ", "
                    + Words.percent(all > 0 ? Double(cost.nanoseconds) / Double(all) : 0, digits: 1))
        }
        let widths = Set(errors.layers.map(\.bits))
        let legend = [(8, "bar", "8 bits"), (16, "bar wide", "16 bits"), (32, "bar float", "float")]
        return Plot(
            id: "time", title: "Time",
            note: "µs, one thread, \(costs.kernels); \(Words.microseconds(all)) in all", columns: columns,
            ticks: axis.ticks { Words.number($0, digits: axis.digits) },
            legend: widths.count > 1
                ? legend.filter { widths.contains($0.0) }.map { (style: $0.1, label: $0.2) } : [])
    }

    private func title(_ index: Int) -> String {
        let layer = errors.layers[index]
        return "\(index + 1)  \(layer.name), \(layer.operation) \(Words.shape(layer.shape))"
    }

    private func write(_ plot: Plot, _ page: inout Markup) {
        page.element("div", ["class": "plot", "id": plot.id]) { page in
            page.element("div", ["class": "plothead"]) { head in
                head.element("h3", [:], plot.title)
                head.element("span", [:], plot.note)
                for item in plot.legend {
                    head.element("span", ["class": "key"]) { key in
                        key.element("i", ["class": item.style], "")
                        key.write(item.label)
                    }
                }
            }
            page.element("div", ["class": "frame"]) { frame in
                for tick in plot.ticks {
                    frame.element(
                        "span", ["class": "tick", "style": "bottom:\(Words.plain(100 * tick.height))%"], tick.label)
                }
                writeColumns(plot, &frame)
            }
            writeLayerNumbers(&page)
        }
        page.newline()
    }

    private func writeColumns(_ plot: Plot, _ frame: inout Markup) {
        let count = plot.columns.count
        frame.element(
            "svg",
            [
                "class": "columns", "viewBox": "0 0 \(count) 100", "preserveAspectRatio": "none", "role": "img",
                "aria-label": "\(plot.title) of \(count) layers",
            ]
        ) { svg in
            for tick in plot.ticks {
                let y = Words.plain(100 - 100 * tick.height)
                svg.single("line", ["class": "grid", "x1": "0", "x2": "\(count)", "y1": y, "y2": y])
            }
            for (index, column) in plot.columns.enumerated() {
                // What is known is seen, however small.
                let height = column.height.map { max(100 * $0, 0.8) } ?? 0
                svg.element(
                    "rect",
                    [
                        "class": column.style, "x": Words.plain(Double(index) + 0.1), "width": "0.8",
                        "y": Words.plain(100 - height), "height": Words.plain(height),
                    ]
                ) { $0.element("title", [:], column.title) }
            }
        }
    }

    /// At most eight numbers under a plot.
    private func writeLayerNumbers(_ page: inout Markup) {
        let count = errors.layers.count
        let step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].first { count / $0 <= 8 } ?? max(count / 8, 1)
        page.element("div", ["class": "numbersrow", "aria-hidden": "true"]) { row in
            for number in stride(from: step, through: count, by: step) {
                let left = 100 * (Double(number) - 0.5) / Double(count)
                row.element("span", ["style": "left:\(Words.plain(left))%"], "\(number)")
            }
        }
    }
}

/// An axis from 0 to a round number, with four or five ticks.
struct Axis {
    let end: Double
    let step: Double

    init(reaching largest: Double) {
        let wanted = largest.isFinite && largest > 0 ? largest : 1
        var step = 1e-6
        // 1, 2, 5, 10, 20, … until five steps reach.
        var factors = [2, 2.5, 2].makeIterator()
        while 5 * step < wanted {
            if let factor = factors.next() {
                step *= factor
            } else {
                factors = [2, 2.5, 2].makeIterator()
            }
        }
        self.step = step
        end = step * (wanted / step).rounded(.up)
    }

    func height(_ value: Double) -> Double { min(max(value / end, 0), 1) }

    /// Digits behind the point that a tick needs.
    var digits: Int { step >= 1 ? 0 : step >= 0.1 ? 1 : 2 }

    func ticks(_ label: (Double) -> String) -> [(height: Double, label: String)] {
        (0...Int((end / step).rounded())).map { (Double($0) * step / end, label(Double($0) * step)) }
    }
}
