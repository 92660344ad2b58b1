import EdgeFormat
import Evaluation
import Foundation
import Imaging
import Reports
import Testing

private typealias Layer = LayerErrors.Layer

/// Three layers in two bins of 7 time steps: an input, a convolution that reads it, and one that reads that.
private func report(name: String = "digits") throws -> QuantizationReport {
    var errors = LayerErrors(
        layers: [
            Layer(name: "x", operation: "input", shape: [1, 4, 4, 1], bits: 16, inputBits: 0),
            Layer(
                name: "conv", operation: "convolution", shape: [1, 4, 4, 2], bits: 8, inputBits: 16,
                multiplications: 1000, sources: [0], bounds: -2...3),
            Layer(
                name: "noise", operation: "convolution", shape: [1, 4, 4, 1], bits: 16, inputBits: 8,
                multiplications: 3000, sources: [1]),
        ], bins: 2)
    errors[0, 0] = sums(.infinity)
    errors[0, 1] = sums(70)
    errors[1, 0] = sums(31)
    errors[1, 1] = sums(18)
    errors[2, 0] = sums(26)
    var report = QuantizationReport(name: name, flags: "--ranges min-max", errors: errors, steps: 7)
    report.outputs = ["noise"]
    report.floatBytes = 4_000_000
    report.quantizedBytes = 1_000_000
    report.facts = [.init("made by", "quantize")]
    report.pictures = [
        try PicturePair(label: "3", seed: 1, float: row([0, 0, 0, 0]), quantized: row([0, 0, 0, 16])),
        try PicturePair(label: "none", seed: 2, number: 1, float: row([9, 9]), quantized: row([9, 9])),
    ]
    return report
}

@Test func columnsGoFromNoiseToPicture() throws {
    // ⌊t · 2 / 7⌋ is 0 for t = 0 … 3.
    #expect(try report().columns.map { "\($0.bin): \($0.start)\($0.end)" } == ["1: 4–6", "0: 0–3"])
}

@Test func aPairSaysHowFarItsPicturesAreApart() throws {
    let pairs = try report().pictures
    // A mean square of 16² / 4.
    #expect(abs(pairs[0].ratio - 10 * log10(255.0 * 255 / 64)) < 1e-12 && pairs[1].ratio == .infinity)
    let difference = try PictureFile.decode(pairs[0].difference, color: .grey, place: "difference")
    #expect(difference.bytes == [128, 128, 128, 192])
    #expect(try PictureFile.decode(pairs[0].quantized, color: .grey, place: "picture").bytes == [0, 0, 0, 16])
}

@Test func picturesOfDifferentShapesAreNoPair() throws {
    #expect(throws: EdgeError.self) {
        try PicturePair(label: "", seed: 0, float: row([1, 2]), quantized: row([1, 2, 3]))
    }
}

@Test func thePageIsWellFormedAndNeedsNothingElse() throws {
    let text = String(decoding: try report().html, as: UTF8.self)
    let page = Wellformed(text)
    #expect(page.trouble == nil)
    #expect(!text.contains("http") && !text.contains("url(") && !text.contains("@import"))
    for (name, attributes) in page.elements {
        #expect(attributes["src"].map { $0.hasPrefix("data:image/png;base64,") } ?? true)
        #expect(attributes["href"] == nil && name != "link" && name != "iframe")
        if name == "img" { #expect(attributes["alt"]?.isEmpty == false) }
        if name == "th" { #expect(attributes["scope"] != nil) }
    }
    #expect(page.elements.filter { $0.name == "img" }.count == 6)
    #expect(page.elements.filter { $0.name == "table" }.count == page.elements.filter { $0.name == "caption" }.count)
}

@Test func aCellHasTheColourOfItsRatio() throws {
    let text = String(decoding: try report().html, as: UTF8.self)
    func row(_ name: String) throws -> Substring {
        let body = try #require(text.range(of: "<tbody>"))
        let start = try #require(text.range(of: ">\(name)</span>", range: body.upperBound..<text.endIndex))
        return text[start.upperBound...].prefix { $0 != "\n" }
    }
    func cells(_ name: String) throws -> [String] {
        try row(name).components(separatedBy: "<td class=\"h").dropFirst().map {
            String($0.prefix { $0 != "\"" }) + ":" + ($0.components(separatedBy: "<b>")[1].prefix { $0 != "<" })
        }
    }
    #expect(try cells("x") == [" h8:70.0", " h8:∞"])
    #expect(try cells("conv") == [" h1:18.0", " h4:31.0"])
    // Not seen in the first column.
    #expect(try cells("noise") == [":–", " h3:26.0"])
}

@Test func theWorstLayersStandFirst() throws {
    let page = Wellformed(String(decoding: try report().html, as: UTF8.self))
    let section = try #require(page.text.range(of: "Furthest from float"))
    let words = page.text[section.upperBound...]
    let places = try ["conv8", "noise16", "x16"].map { try #require(words.range(of: $0)?.lowerBound) }
    #expect(places == places.sorted())
}

@Test func whateverANameHoldsIsText() throws {
    let name = "</title><script>alert('&\"x')</script>\u{0}\u{1B}é🙂"
    var evil = try report(name: name)
    evil.flags = name
    evil.facts = [.init(name, name)]
    evil.axis = name
    evil.ends = (name, name)
    evil.columns[0].start = name
    evil.pictures.append(try PicturePair(label: name, seed: 3, float: row([1]), quantized: row([2])))
    var errors = LayerErrors(
        layers: [Layer(name: name, operation: name, shape: [], bits: 8, inputBits: 8)], bins: 2)
    errors[0, 0] = sums(-3)
    evil.errors = errors
    let page = Wellformed(String(decoding: evil.html, as: UTF8.self))
    #expect(page.trouble == nil)
    #expect(page.elements.filter { $0.name == "script" }.count == 1)
    let escaped = "&lt;/title&gt;&lt;script&gt;alert(&#39;&amp;&quot;x&#39;)&lt;/script&gt;\u{FFFD}\u{FFFD}é🙂"
    #expect(page.text.contains(escaped))
    let object = try JSONSerialization.jsonObject(with: Data(evil.json)) as? [String: Any]
    #expect(object?["model"] as? String == name)
}

@Test func theSameReportGivesTheSameBytes() throws {
    let (first, second) = (try report(), try report())
    #expect(first.html == second.html && first.json == second.json)
}

@Test func jsonSaysWhatThePageShows() throws {
    let parsed = try JSONSerialization.jsonObject(with: Data(try report().json)) as? [String: Any]
    let object = try #require(parsed)
    #expect(object["model"] as? String == "digits" && object["quantized_bytes"] as? Int == 1_000_000)
    #expect(object["columns"] as? [String] == ["4–6", "0–3"])
    let layers = try #require(object["layers"] as? [[String: Any]])
    #expect(layers.map { $0["name"] as? String } == ["x", "conv", "noise"])
    let cells = try #require(layers[1]["cells"] as? [[String: Any]])
    #expect(cells.map { $0["sqnr_db"] as? Double } == [18, 31] && cells[0]["values"] as? Int == 100)
    #expect((layers[0]["cells"] as? [[String: Any]])?[1]["sqnr_db"] is NSNull)
    #expect(layers[2]["reads"] as? [String] == ["conv"] && layers[2]["is_output"] as? Bool == true)
    #expect(layers[1]["holds_minimum"] as? Double == -2 && layers[0]["holds_minimum"] is NSNull)
    // The mean error of 31 and 18 dB over one signal, and 26 dB after it.
    let whole = -10 * log10((pow(10, -3.1) + pow(10, -1.8)) / 2)
    #expect(abs(try #require((layers[1]["all"] as? [String: Any])?["sqnr_db"] as? Double) - whole) < 1e-3)
    #expect(abs(try #require(layers[2]["own_loss_db"] as? Double) - (whole - 26)) < 2e-3)
    let pictures = try #require(object["pictures"] as? [[String: Any]])
    #expect(pictures[0]["label"] as? String == "3" && pictures[1]["psnr_db"] is NSNull)
}

@Test func aReportOfAClassifierHasOneColumnAndNoPictures() throws {
    var errors = LayerErrors(
        layers: [Layer(name: "logits", operation: "dense", shape: [1, 10], bits: 8, inputBits: 8)], bins: 1)
    errors[0, 0] = sums(33)
    let report = QuantizationReport(name: "lenet5", flags: "", errors: errors)
    let page = Wellformed(String(decoding: report.html, as: UTF8.self))
    #expect(page.trouble == nil && page.text.contains("33.0") && !page.text.contains("side by side"))
    #expect(report.columns.map(\.start) == ["all"])
}

@Test func warningsStandOnThePageAsText() throws {
    var report = try report()
    report.warnings = ["12 <pictures> are few", "check --input-mean"]
    let page = Wellformed(String(decoding: report.html, as: UTF8.self))
    #expect(page.trouble == nil && page.text.contains("12 &lt;pictures&gt; are few"))
    #expect(page.text.contains("Check --input"))
    #expect(page.elements.filter { $0.name == "li" }.count == 2)
    let object = try JSONSerialization.jsonObject(with: Data(report.json)) as? [String: Any]
    #expect(object?["warnings"] as? [String] == report.warnings)
}
