import Evaluation

extension QuantizationReport {
    /// The page: one HTML file in UTF-8 that needs nothing else, follows the reader's choice of light or dark, and is
    /// well-formed XML.
    public var html: [UInt8] {
        var page = Markup()
        page.raw("<!DOCTYPE html>\n")
        page.element("html", ["lang": "en"]) { html in
            html.element("head") { head in
                head.single("meta", ["charset": "utf-8"])
                head.single("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
                head.single("meta", ["name": "color-scheme", "content": "light dark"])
                head.element("title", [:], "\(name): float against integers")
                head.element("style") { $0.raw(ReportStyle.text) }
            }
            html.newline()
            html.element("body") { body in
                body.element("main") { main in
                    writeTop(&main)
                    writeWarnings(&main)
                    writeAnswers(&main)
                    writePictures(&main)
                    writePlots(&main)
                    writeWorst(&main)
                    writeSlowest(&main)
                    writeHeatMap(&main)
                    writeHistograms(&main)
                    writeLayers(&main)
                    writeMaking(&main)
                }
                body.element("script") { $0.raw(ReportStyle.script) }
            }
        }
        page.newline()
        return Array(page.text.utf8)
    }

    /// Title and the figures that matter most.
    private func writeTop(_ page: inout Markup) {
        page.element("header") { page in
            page.element("p", ["class": "eyebrow"], "quantization report")
            page.element("h1", [:], name)
            page.element("div", ["class": "tiles"]) { tiles in
                for tile in headlines { write(tile, &tiles) }
            }
        }
        page.newline()
    }

    private struct Tile {
        var name: String
        var value: String
        var unit = ""
        var note: String
    }

    private var headlines: [Tile] {
        var tiles: [Tile] = []
        if let quantizedBytes {
            var note = "of weights and tables"
            if let floatBytes, floatBytes > 0 {
                let share = Words.number(100 * Double(quantizedBytes) / Double(floatBytes), digits: 1)
                note = "\(share) % of \(Words.bytes(floatBytes)) in float"
            }
            let size = Words.bytes(quantizedBytes).split(separator: " ").map(String.init)
            tiles.append(Tile(name: "File", value: size[0], unit: size.dropFirst().joined(), note: note))
        }
        if let output = errors.layers.lastIndex(where: { outputs.contains($0.name) }) {
            tiles.append(
                Tile(
                    name: "Output against float", value: Words.decibels(errors.total(output).ratio), unit: "dB",
                    note: "SQNR of '\(errors.layers[output].name)', one evaluation"))
        }
        if let answers {
            let float = Words.number(answers.comparison.float.top1, digits: 1)
            tiles.append(
                Tile(
                    name: "Right answers", value: Words.number(answers.comparison.quantized.top1, digits: 1), unit: "%",
                    note: "\(float) % in float, \(Words.grouped(answers.comparison.float.total)) pictures"))
        }
        if let costs {
            let time = Words.microseconds(costs.total.nanoseconds).split(separator: "\u{202F}").map(String.init)
            tiles.append(
                Tile(
                    name: "One inference", value: time[0], unit: time.dropFirst().joined(),
                    note: "sum of its operations, one thread, \(costs.kernels)"))
        }
        if let medianRatio {
            tiles.append(
                Tile(
                    name: "Pictures against float", value: Words.decibels(medianRatio), unit: "dB",
                    note: "median PSNR of \(pictures.count), same seeds"))
        }
        let cost = multiplications
        if cost.all > 0 {
            tiles.append(
                Tile(
                    name: "Read in 8 bits",
                    value: Words.number(100 * Double(cost.narrow) / Double(cost.all), digits: 1),
                    unit: "%", note: "of \(Words.large(cost.all)) multiplications"))
        }
        return tiles
    }

    private func write(_ tile: Tile, _ page: inout Markup) {
        page.element("div", ["class": "tile"]) { page in
            page.element("div", ["class": "name"], tile.name)
            page.element("div", ["class": "value"]) { page in
                page.write(tile.value)
                if !tile.unit.isEmpty { page.element("span", ["class": "unit"], "\u{202F}" + tile.unit) }
            }
            page.element("div", ["class": "note"], tile.note)
        }
    }

    /// The layers that are furthest from float.
    private func writeWorst(_ page: inout Markup) {
        let list = worst(8)
        guard !list.isEmpty else { return }
        page.element("section") { page in
            page.element("h2", [:], "Furthest from float")
            page.element(
                "p", [:],
                "Layers by the lowest ratio of signal to quantization noise (SQNR)"
                    + (columns.count > 1 ? " at any \(axis)" : "") + ". “Own loss” is by "
                    + "how much a layer is worse than the worst of what it reads; the rest it inherits.")
            page.element("div", ["class": "scroll"]) { page in
                page.element("table", ["class": "plain"]) { table in
                    table.element("caption", ["class": "hidden"], "Layers with the lowest ratio")
                    table.row(
                        head: ["Layer"] + (columns.count > 1 ? ["lowest", axis, "overall"] : ["SQNR"])
                            + ["own loss", "saturated"])
                    for item in list { write(item, &table) }
                }
            }
        }
        page.newline()
    }

    private func write(_ item: Worst, _ table: inout Markup) {
        let layer = errors.layers[item.layer]
        let total = errors.total(item.layer)
        table.element("tr") { row in
            row.element("th", ["scope": "row"]) { head in
                head.element("b", [:], "\(item.layer + 1)")
                writeName(layer, &head)
            }
            row.element("td") { cell in
                cell.element("span", ["class": "chip " + HeatScale.style(item.ratio)]) {
                    $0.write(Words.decibels(item.ratio) + " dB")
                }
            }
            if columns.count > 1 {
                row.element("td", [:], item.column.title)
                row.element("td", [:], Words.decibels(total.ratio) + " dB")
            }
            row.element("td", [:], loss(item.layer).map { Words.number($0, digits: 1) + " dB" } ?? "–")
            row.element("td", [:], Words.percent(total.saturation))
        }
    }

    /// A layer's name, what it is, and its bits.
    func writeName(_ layer: LayerErrors.Layer, _ page: inout Markup) {
        page.element("span", ["class": "layer", "title": layer.name], layer.name)
        page.element("span", ["class": layer.bits == 8 ? "bits" : "bits wide", "title": "bits"], "\(layer.bits)")
        page.element("span", ["class": "kind"], layer.operation)
    }

    /// How the file was made.
    private func writeMaking(_ page: inout Markup) {
        page.element("section") { page in
            page.element("h2", [:], "How the file was made")
            if !flags.isEmpty {
                page.element("p", [:], "These flags of quantize make the same file again:")
                page.element("pre") { $0.element("code", [:], flags) }
            }
            guard !facts.isEmpty else { return }
            page.element("dl") { list in
                for fact in facts {
                    list.element("dt", [:], fact.name)
                    list.element("dd", [:], fact.value)
                }
            }
        }
        page.newline()
    }
}

extension Markup {
    /// A row of column heads.
    mutating func row(head cells: [String]) {
        element("thead") { head in
            head.element("tr") { row in
                for cell in cells { row.element("th", ["scope": "col"], cell) }
            }
        }
    }
}
