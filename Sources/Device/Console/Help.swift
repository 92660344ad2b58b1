internal import Platform

extension Program {
    /// What `--help` prints: of one verb, or of the whole program.
    package func help(_ verb: Verb?) -> String {
        var text = ""
        if let verb, verbs.count > 1 || verb.name.utf8CodeUnitCount == 0 {
            text = "\(usage(verb))\n\n\(verb.summary.text)\n"
        } else {
            text = "\(name.text): \(summary.text)\n"
        }
        let whole = verb == nil || verb?.name.utf8CodeUnitCount == 0
        let named = verbs.filter { $0.name.utf8CodeUnitCount > 0 }
        if whole && !named.isEmpty {
            text += "\nCommands:\n"
            text += table(named.map { ("\(name.text) \($0.name.text) \($0.operands.text)", $0.summary.text) })
        }
        if let verb, !verb.options.isEmpty { text += "\nOptions:\n" + table(verb.options.map { $0.row }) }
        text += "\nEverywhere:\n" + table(Option.common.map { $0.row })
        if whole && !examples.isEmpty {
            text += "\nExamples:\n"
            for example in examples {
                text += "  \(name.text) \(example.command.text)\n      \(example.meaning.text)\n"
            }
        }
        if whole { text += "\nExit status: \(exitStatuses)\n" }
        return text
    }

    /// "quantize MODEL [OPTION…]".
    func usage(_ verb: Verb) -> String {
        var text = name.text
        for part in [verb.name.text, verb.operands.text] where !part.isEmpty { text += " " + part }
        return text + " [OPTION…]"
    }

    var exitStatuses: String {
        "0 done, 1 a check did not hold, 2 wrong usage, 3 bad data, 4 the system refused, 130 interrupted"
    }

    /// Two columns, or the second below the first where that is long.
    private func table(_ rows: [(String, String)]) -> String {
        let column = 28
        var text = ""
        for (left, right) in rows {
            // Count bytes that begin a character: Embedded counts no grapheme clusters without its tables.
            let width = left.utf8.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
            text += "  " + left
            text += width < column - 1 ? spaces(column - width) : "\n" + spaces(column + 2)
            text += right + "\n"
        }
        return text
    }

    private func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }
}

extension Option {
    /// "-o, --output FILE" and the help.
    var row: (String, String) {
        var left = short.map { "-\(String(decoding: [$0], as: UTF8.self)), --" } ?? "--"
        left += long.text
        if let argument { left += " " + argument.text }
        return (left, help.text + (repeats ? " (may be repeated)" : ""))
    }
}
