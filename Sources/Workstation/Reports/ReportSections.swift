import Evaluation

// Parts of the page that not every report has.
extension QuantizationReport {
    /// What `quantize` warned of.
    func writeWarnings(_ page: inout Markup) {
        guard !warnings.isEmpty else { return }
        page.element("ul", ["class": "warnings", "aria-label": "Warnings"]) { list in
            for warning in warnings { list.element("li", [:], warning.prefix(1).uppercased() + warning.dropFirst()) }
        }
        page.newline()
    }

    /// Right answers in floats and in integers.
    func writeAnswers(_ page: inout Markup) {
        guard let answers, answers.comparison.float.total > 0 else { return }
        let comparison = answers.comparison
        let total = comparison.float.total
        page.element("section") { page in
            page.element("h2", [:], "Answers")
            page.element(
                "p", [:],
                "\(Words.grouped(total)) labelled pictures: \(answers.source). Both models give the same class to "
                    + "\(Words.grouped(comparison.same)) of them, "
                    + Words.percent(Double(comparison.same) / Double(total), digits: 1) + ".")
            page.element("div", ["class": "scroll"]) { page in
                page.element("table", ["class": "plain answers"]) { table in
                    table.element("caption", ["class": "hidden"], "Right answers")
                    table.row(head: ["", "right", "top-1", "top-5"])
                    for (name, accuracy) in [("float", comparison.float), ("integers", comparison.quantized)] {
                        table.element("tr") { row in
                            row.element("th", ["scope": "row"], name)
                            row.element("td", [:], Words.grouped(accuracy.right))
                            row.element("td", [:], Words.number(accuracy.top1, digits: 2) + " %")
                            row.element("td", [:], Words.number(accuracy.top5, digits: 2) + " %")
                        }
                    }
                }
            }
        }
        page.newline()
    }

    /// The layers that take the longest.
    func writeSlowest(_ page: inout Markup) {
        guard let costs, costs.layers.count == errors.layers.count, costs.total.nanoseconds > 0 else { return }
        let slowest = costs.layers.indices.sorted {
            (costs.layers[$0].nanoseconds, $1) > (costs.layers[$1].nanoseconds, $0)
        }.filter { costs.layers[$0].nanoseconds > 0 }.prefix(8)
        page.element("section") { page in
            page.element("h2", [:], "What takes the time")
            page.element(
                "p", [:],
                "The least time of each operation on the machine that wrote this page: one thread, kernels "
                    + "\(costs.kernels)."
                    + (costs.other.nanoseconds == 0
                        ? ""
                        : " Operations of the file's own, such as copies, take "
                            + Words.microseconds(costs.other.nanoseconds) + "."))
            page.element("div", ["class": "scroll"]) { page in
                page.element("table", ["class": "plain"]) { table in
                    table.element("caption", ["class": "hidden"], "Layers that take the longest")
                    table.row(head: ["Layer", "time", "share", "mult.", "weights", "activations"])
                    for index in slowest { write(costs, index, &table) }
                }
            }
        }
        page.newline()
    }

    private func write(_ costs: LayerCosts, _ index: Int, _ table: inout Markup) {
        let layer = errors.layers[index]
        let cost = costs.layers[index]
        let share = Double(cost.nanoseconds) / Double(costs.total.nanoseconds)
        table.element("tr") { row in
            row.element("th", ["scope": "row"]) { head in
                head.element("b", [:], "\(index + 1)")
                writeName(layer, &head)
            }
            row.element("td", [:], Words.microseconds(cost.nanoseconds))
            row.element("td") { cell in
                cell.write(Words.percent(share, digits: 1))
                cell.element("span", ["class": "share"]) { bar in
                    bar.element("i", ["style": "width:\(Words.plain(100 * share))%"], "")
                }
            }
            row.element("td", [:], layer.multiplications == 0 ? "–" : Words.large(layer.multiplications))
            row.element("td", [:], cost.weightBytes == 0 ? "–" : Words.bytes(cost.weightBytes))
            row.element("td", [:], Words.bytes(cost.activationBytes))
        }
    }
}
