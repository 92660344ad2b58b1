import Foundation
import Platform

/// Writes HTML that is well-formed XML too: every element is closed and all text escaped.
struct Markup {
    typealias Attributes = KeyValuePairs<String, String>

    private(set) var text = ""

    /// An element with others inside.
    mutating func element(_ name: StaticString, _ attributes: Attributes = [:], _ content: (inout Markup) -> Void) {
        open(name, attributes)
        text += ">"
        content(&self)
        text += "</\(name)>"
    }

    /// An element with text inside.
    mutating func element(_ name: StaticString, _ attributes: Attributes = [:], _ words: String) {
        element(name, attributes) { $0.write(words) }
    }

    /// An element that has no content, such as `img`.
    mutating func single(_ name: StaticString, _ attributes: Attributes) {
        open(name, attributes)
        text += "/>"
    }

    mutating func write(_ words: String) { text += Self.escaped(words) }

    /// Text of the program's own that is markup already, or a style or script.
    mutating func raw(_ markup: String) { text += markup }

    mutating func newline() { text += "\n" }

    private mutating func open(_ name: StaticString, _ attributes: Attributes) {
        text += "<\(name)"
        // An empty class or the like says nothing; an empty `alt` does.
        for (key, value) in attributes where !value.isEmpty || key == "alt" {
            text += " \(key)=\"\(Self.escaped(value))\""
        }
    }

    /// Control characters, which XML cannot hold, become replacement characters.
    static func escaped(_ words: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in words.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;".unicodeScalars
            case "<": result += "&lt;".unicodeScalars
            case ">": result += "&gt;".unicodeScalars
            case "\"": result += "&quot;".unicodeScalars
            case "'": result += "&#39;".unicodeScalars
            case "\t", "\n": result.append(scalar)
            case "\u{0}"..<" ", "\u{7F}"..<"\u{A0}", "\u{FFFE}"..."\u{FFFF}": result.append("\u{FFFD}")
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}

// MARK: - Numbers for people

/// Numbers as a page shows them.
enum Words {
    /// `34.2`, `∞` for what has no error, `–` for what was not seen.
    static func decibels(_ ratio: Double?, digits: Int = 1) -> String {
        guard let ratio, !ratio.isNaN else { return "–" }
        guard ratio.isFinite else { return ratio > 0 ? "∞" : "−∞" }
        return number(ratio, digits: digits)
    }

    /// With a minus sign as long as a plus sign.
    static func number(_ value: Double, digits: Int) -> String {
        let text = DecimalText.format(value, digits: digits)
        return text.hasPrefix("-") ? "−" + text.dropFirst() : text
    }

    /// Four digits, for values of any size.
    static func short(_ value: Float) -> String {
        let size = abs(value)
        if size == 0 { return "0" }
        return number(Double(value), digits: size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : size >= 0.1 ? 3 : 5)
    }

    /// A share 0 … 1 as percent; what is more than nothing does not read as 0.
    static func percent(_ share: Double, digits: Int = 2) -> String {
        let percent = 100 * share
        if percent > 0, percent < 0.01, digits >= 2 { return "< 0.01 %" }
        return percent == 0 ? "0 %" : number(percent, digits: digits) + " %"
    }

    /// Thin spaces between groups of three digits.
    static func grouped(_ value: Int) -> String {
        var groups: [Substring] = []
        var digits = Substring("\(value.magnitude)")
        while digits.count > 3 {
            groups.append(digits.suffix(3))
            digits = digits.dropLast(3)
        }
        return (value < 0 ? "−" : "") + ([digits] + groups.reversed()).joined(separator: "\u{202F}")
    }

    /// `104.2 M`.
    static func large(_ value: Int) -> String {
        switch value {
        case 1_000_000...: number(Double(value) / 1e6, digits: 1) + " M"
        case 10_000...: number(Double(value) / 1e3, digits: 0) + " k"
        default: grouped(value)
        }
    }

    /// `104 µs`, `1.25 ms`.
    static func microseconds(_ nanoseconds: Int64) -> String {
        let micro = Double(nanoseconds) / 1e3
        return micro >= 1000
            ? number(micro / 1e3, digits: micro >= 100_000 ? 0 : 2) + "\u{202F}ms"
            : number(micro, digits: micro >= 100 ? 0 : micro >= 10 ? 1 : 2) + "\u{202F}µs"
    }

    /// A number of an attribute, two digits behind the point at most.
    static func plain(_ value: Double) -> String {
        var text = DecimalText.format(value.isFinite ? value : 0, digits: 2)
        while text.contains("."), text.last == "0" || text.last == "." {
            let isPoint = text.removeLast() == "."
            if isPoint { break }
        }
        return text
    }

    /// To the base e.
    static func logarithm(_ count: Int) -> Double { log(Double(max(count, 1))) }

    /// `0.99 MB`, decimal units.
    static func bytes(_ value: Int) -> String {
        switch value {
        case 1_000_000...: number(Double(value) / 1e6, digits: 2) + " MB"
        case 1_000...: number(Double(value) / 1e3, digits: 1) + " kB"
        default: "\(value) bytes"
        }
    }

    static func shape(_ shape: [Int]) -> String { shape.map { "\($0)" }.joined(separator: "×") }
}
