import Evaluation
import Foundation

extension QuantizationReport {
    /// Multiplications of all layers, and of those that read 8 bits.
    var multiplications: (all: Int, narrow: Int) {
        var sums = (all: 0, narrow: 0)
        for layer in errors.layers {
            sums.all += layer.multiplications
            if layer.inputBits == 8 { sums.narrow += layer.multiplications }
        }
        return sums
    }

    /// Layers by time steps.
    func writeHeatMap(_ page: inout Markup) {
        guard !errors.layers.isEmpty, columns.count > 1 else { return }
        page.element("section") { page in
            page.element("h2", [:], "Signal to quantization noise, layer by \(axis)")
            page.element(
                "p", [:],
                "SQNR in dB of each layer's output, both models given the same input: 6 dB less is twice the error. "
                    + "A layer inherits what its inputs have lost. Tap or point at a cell for more.")
            writeLegend(&page)
            page.element("div", ["class": "scroll"]) { page in
                page.element("table", ["class": "heat", "id": "heat"]) { table in
                    table.element(
                        "caption", ["class": "hidden"],
                        "SQNR in dB; a row for each layer in the order of computation, a column for each \(axis)")
                    table.element("colgroup") { group in
                        group.single("col", ["class": "first"])
                        group.single("col", ["span": "\(columns.count)"])
                        group.single("col", ["class": "last"])
                    }
                    writeHeatHead(&table)
                    table.element("tbody") { body in
                        for index in errors.layers.indices { writeHeatRow(index, &body) }
                    }
                }
            }
        }
        page.newline()
    }

    private func writeLegend(_ page: inout Markup) {
        page.element("div", ["class": "legend", "aria-label": "Colours, in dB", "role": "list"]) { legend in
            for step in 0...HeatScale.limits.count {
                legend.element("span", ["class": "h h\(step)", "role": "listitem"], HeatScale.label(step))
            }
            legend.element("span", ["class": "unit"], "dB")
        }
    }

    private func writeHeatHead(_ table: inout Markup) {
        table.element("thead") { head in
            if let ends, columns.count > 1 {
                head.element("tr", ["class": "ends", "aria-hidden": "true"]) { row in
                    row.element("td", [:], "")
                    row.element("td", ["colspan": "\(columns.count)"]) { cell in
                        cell.element("div") { line in
                            line.element("span", [:], ends.first)
                            line.element("i", [:], "")
                            line.element("span", [:], ends.last)
                        }
                    }
                    row.element("td", [:], "")
                }
            }
            head.element("tr") { row in
                row.element("th", ["scope": "col"], "Layer")
                for column in columns {
                    row.element("th", ["scope": "col", "title": "\(axis) \(column.title)"]) { cell in
                        cell.write(column.start)
                        if !column.end.isEmpty { cell.element("span", ["class": "end"], column.end) }
                    }
                }
                row.element("th", ["scope": "col"], "all")
            }
        }
    }

    private func writeHeatRow(_ index: Int, _ body: inout Markup) {
        let layer = errors.layers[index]
        body.element("tr", ["class": outputs.contains(layer.name) ? "output" : ""]) { row in
            row.element("th", ["scope": "row"]) { writeName(layer, &$0) }
            for column in columns { writeCell(errors[index, column.bin], &row) }
            row.element("td", ["class": "sum"], Words.decibels(errors.total(index).ratio))
        }
        body.newline()
    }

    private func writeCell(_ sums: LayerErrors.Sums, _ row: inout Markup) {
        let title =
            sums.count == 0
            ? ""
            : "saturated \(Words.percent(sums.saturation)), \(Words.short(sums.minimum)) … \(Words.short(sums.maximum))"
        row.element("td", ["class": HeatScale.style(sums.ratio), "title": title]) {
            $0.element("b", [:], Words.decibels(sums.ratio))
        }
    }

    /// Everything else that is known of the layers.
    func writeLayers(_ page: inout Markup) {
        guard !errors.layers.isEmpty else { return }
        page.element("section") { page in
            page.element("details") { page in
                page.element("summary") { $0.element("h2", [:], "All \(errors.layers.count) layers in numbers") }
                page.element(
                    "p", [:],
                    "Time and bytes are of the compiled file. “Holds” is what the integers can stand for, “seen” what float values were; “saturated” is the "
                        + "share of float values outside of it.")
                page.element("div", ["class": "scroll"]) { page in
                    page.element("table", ["class": "plain numbers"]) { table in
                        table.element("caption", ["class": "hidden"], "All layers in the order of computation")
                        table.row(
                            head: [
                                "Layer", "shape", "mult.", "time", "weights", "activations", "SQNR", "own loss",
                                "cosine", "saturated", "seen", "holds",
                            ])
                        for index in errors.layers.indices { writeNumbers(index, &table) }
                    }
                }
            }
        }
        page.newline()
    }

    private func writeNumbers(_ index: Int, _ table: inout Markup) {
        let layer = errors.layers[index]
        let total = errors.total(index)
        let cost = costs.flatMap { $0.layers.indices.contains(index) ? $0.layers[index] : nil }
        let seen = total.count == 0 ? "–" : "\(Words.short(total.minimum)) … \(Words.short(total.maximum))"
        var cells = [Words.shape(layer.shape)]
        cells.append(layer.multiplications == 0 ? "" : Words.large(layer.multiplications))
        cells.append(cost.map { Words.microseconds($0.nanoseconds) } ?? "")
        cells.append(cost.map { $0.weightBytes == 0 ? "" : Words.bytes($0.weightBytes) } ?? "")
        cells.append(cost.map { Words.bytes($0.activationBytes) } ?? "")
        cells.append(Words.decibels(total.ratio))
        cells.append(loss(index).map { Words.number($0, digits: 1) } ?? "")
        cells.append(total.cosine.map { Words.number($0, digits: 6) } ?? "–")
        cells.append(Words.percent(total.saturation))
        cells.append(seen)
        let holds = layer.bounds.map { "\(Words.short($0.lowerBound)) … \(Words.short($0.upperBound))" }
        cells.append(holds ?? "float")
        table.element("tr") { row in
            row.element("th", ["scope": "row"]) { head in
                head.element("b", [:], "\(index + 1)")
                writeName(layer, &head)
            }
            for cell in cells { row.element("td", [:], cell) }
        }
        table.newline()
    }

    /// Float, integers and their difference, side by side.
    func writePictures(_ page: inout Markup) {
        guard !pictures.isEmpty else { return }
        page.element("section") { page in
            page.element("h2", [:], "Float and integers side by side")
            page.element(
                "p", [:],
                "The same seed through both models. The third picture of each is mid-grey plus \(PicturePair.gain) times "
                    + "the difference: even grey is no difference.")
            page.element("div", ["class": "pairs"]) { list in
                for pair in pictures { write(pair, &list) }
            }
        }
        page.newline()
    }

    private func write(_ pair: PicturePair, _ page: inout Markup) {
        let what = "label \(pair.label), seed \(pair.seed), picture \(pair.number)"
        page.element("figure") { figure in
            for (kind, file) in [("float", pair.float), ("integers", pair.quantized), ("difference", pair.difference)] {
                figure.element("div") { cell in
                    cell.single(
                        "img",
                        [
                            "src": "data:image/png;base64," + Data(file).base64EncodedString(),
                            "alt": "\(what): \(kind)", "width": "\(pair.width)", "height": "\(pair.height)",
                        ])
                    cell.element("span", ["class": "kind"], kind)
                }
            }
            figure.element("figcaption") { caption in
                caption.element("strong", [:], pair.label)
                caption.element("span", ["class": "ratio"], Words.decibels(pair.ratio) + "\u{202F}dB")
                caption.element("span", [:], "seed \(pair.seed) #\(pair.number)")
            }
        }
    }
}
