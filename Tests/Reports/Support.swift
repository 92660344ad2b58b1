import Evaluation
import Imaging
import Reports

/// Sums with a given ratio in dB over `count` elements.
func sums(_ decibels: Double, count: Int = 100) -> LayerErrors.Sums {
    var sums = LayerErrors.Sums()
    sums.count = count
    sums.signal = 1
    sums.quantized = 1
    sums.product = 0.5
    sums.error = decibels == .infinity ? 0 : power(-decibels / 10)
    sums.minimum = -1.5
    sums.maximum = 2
    return sums
}

/// Ten to a power, by halving: no library of mathematics is needed for a test's material.
private func power(_ exponent: Double) -> Double {
    var (result, whole) = (1.0, Int(exponent.rounded(.down)))
    var (rest, root) = (exponent - Double(whole), 10.0)
    while whole > 0 { (result, whole) = (result * 10, whole - 1) }
    while whole < 0 { (result, whole) = (result / 10, whole + 1) }
    for _ in 0..<50 {
        root = root.squareRoot()
        rest *= 2
        if rest >= 1 { (result, rest) = (result * root, rest - 1) }
    }
    return result
}

/// A grey picture of one row.
func row(_ bytes: [UInt8]) throws -> Picture {
    guard let picture = Picture(width: bytes.count, height: 1, channels: 1, bytes: bytes) else { throw NoPicture() }
    return picture
}

struct NoPicture: Error {}

/// What is wrong with a text as XML, and the elements that it has; enough of a parser for what a report may hold.
struct Wellformed {
    private(set) var trouble: String?
    private(set) var elements: [(name: String, attributes: [String: String])] = []
    /// All text outside of tags, entities still in it.
    private(set) var text = ""
    private var open: [String] = []

    init(_ document: String) {
        var rest = document[...]
        if rest.hasPrefix("<!DOCTYPE html>") { rest = rest.dropFirst(15) }
        while trouble == nil, let start = rest.firstIndex(of: "<") {
            take(rest[..<start])
            guard let end = rest[start...].firstIndex(of: ">") else {
                trouble = "a tag does not end"
                return
            }
            tag(String(rest[rest.index(after: start)..<end]))
            rest = rest[rest.index(after: end)...]
        }
        take(rest)
        if trouble == nil, !open.isEmpty { trouble = "\(open) stay open" }
    }

    private mutating func take(_ words: Substring) {
        text += words
        check(words)
    }

    private mutating func check(_ words: Substring) {
        let entities = ["amp;", "lt;", "gt;", "quot;", "#39;"]
        for piece in words.split(separator: "&", omittingEmptySubsequences: false).dropFirst()
        where !entities.contains(where: { piece.hasPrefix($0) }) {
            trouble = "a bare & before '\(piece.prefix(10))'"
        }
        let isControl = words.unicodeScalars.contains { $0.value < 32 && $0 != "\n" && $0 != "\t" }
        if isControl || words.contains("<") { trouble = "a character that XML does not take in '\(words.prefix(40))'" }
    }

    private mutating func tag(_ content: String) {
        if content.hasPrefix("/") {
            let name = String(content.dropFirst())
            if open.popLast() != name { trouble = "</\(name)> closes something else" }
            return
        }
        let isSingle = content.hasSuffix("/")
        var rest = isSingle ? content.dropLast() : content[...]
        let name = String(rest.prefix { $0 != " " })
        rest = rest.dropFirst(name.count)
        var attributes: [String: String] = [:]
        while let equals = rest.firstIndex(of: "=") {
            let key = String(rest[..<equals].drop { $0 == " " })
            rest = rest[rest.index(after: equals)...]
            guard rest.first == "\"", let end = rest.dropFirst().firstIndex(of: "\"") else {
                trouble = "attribute \(key) of <\(name)> has no quotes"
                return
            }
            let value = rest[rest.index(after: rest.startIndex)..<end]
            check(value)
            if attributes.updateValue(String(value), forKey: key) != nil {
                trouble = "\(key) stands twice in <\(name)>"
            }
            rest = rest[rest.index(after: end)...]
        }
        if rest.contains(where: { $0 != " " }) { trouble = "'\(rest)' in <\(name)>" }
        elements.append((name, attributes))
        if !isSingle { open.append(name) }
    }
}
