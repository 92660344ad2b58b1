internal import Platform

/// What the command line said, after parsing.
public struct Arguments {
    /// Everything that is no option, in order.
    public internal(set) var operands: [String] = []
    /// Options in order, each with the value it was given (empty for a flag).
    var given: [(option: Option, value: String)] = []

    /// Whether the flag was given.
    public func flag(_ name: StaticString) -> Bool { value(name) != nil }

    /// The last value given.
    public func value(_ name: StaticString) -> String? { values(name).last }

    /// All values given, in order.
    public func values(_ name: StaticString) -> [String] {
        given.filter { sameText($0.option.long, name) }.map { $0.value }
    }

    /// `--quiet`.
    public var quiet: Bool { flag("quiet") }

    /// The value as a whole number; anything else, or one outside of the range, is wrong usage.
    public func integer(_ name: StaticString, in range: ClosedRange<Int>) throws(Failure) -> Int? {
        guard let text = value(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            let (low, high) = (range.lowerBound, range.upperBound)
            let limits = high == Int.max ? "of at least \(low)" : "from \(low) to \(high)"
            throw Failure(.usage, "--\(name.text) \(text): not a whole number \(limits)")
        }
        return number
    }

    /// The value as a decimal number; anything else, or one outside of the range, is wrong usage.
    public func decimal(_ name: StaticString, in range: ClosedRange<Double>) throws(Failure) -> Double? {
        guard let text = value(name) else { return nil }
        guard let number = DecimalText.parse(text), range.contains(number) else {
            throw Failure(
                .usage, "--\(name.text) \(text): not a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// The place in `choices` of the value; one that is not among them is wrong usage.
    public func choice(_ name: StaticString, of choices: [StaticString]) throws(Failure) -> Int? {
        guard let text = value(name) else { return nil }
        if let index = choices.firstIndex(where: { $0.text.utf8.elementsEqual(text.utf8) }) { return index }
        var list = ""
        for choice in choices { list += (list.isEmpty ? "" : ", ") + choice.text }
        throw Failure(.usage, "--\(name.text) \(text): not one of \(list)")
    }
}

func sameText(_ a: StaticString, _ b: StaticString) -> Bool {
    a.withUTF8Buffer { a in b.withUTF8Buffer { b in a.elementsEqual(b) } }
}
