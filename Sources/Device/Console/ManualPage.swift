internal import Platform

extension Program {
    /// The manual page, in the macros of man(7).
    package func manualPage() -> String {
        let title = name.text
        var text = ".TH \(title) 1 \"\" \"swiftlet \(Version.number.text)\"\n"
        text += ".SH NAME\n\(title) \\- \(escaped(summary.text))\n.SH SYNOPSIS\n"
        for verb in verbs { text += ".B \(escaped(usage(verb)))\n.br\n" }
        text += ".SH DESCRIPTION\n"
        for verb in verbs {
            if verb.name.utf8CodeUnitCount > 0 { text += ".SS \(escaped(verb.name.text))\n" }
            text += escaped(verb.summary.text) + "\n" + entries(verb.options)
        }
        text += ".SH OPTIONS OF EVERY COMMAND\n" + entries(Option.common)
        if !examples.isEmpty { text += ".SH EXAMPLES\n" }
        for example in examples {
            text += ".TP\n.B \(escaped("\(title) \(example.command.text)"))\n\(escaped(example.meaning.text))\n"
        }
        text += ".SH EXIT STATUS\n\(escaped(exitStatuses)).\n"
        return text
    }

    private func entries(_ options: [Option]) -> String {
        var text = ""
        for option in options {
            let (left, right) = option.row
            text += ".TP\n.B \(escaped(left))\n\(escaped(right))\n"
        }
        return text
    }

    /// Characters that troff reads as commands.
    private func escaped(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): bytes += Array("\\e".utf8)
            case UInt8(ascii: "-"): bytes += Array("\\-".utf8)
            case UInt8(ascii: "."), UInt8(ascii: "'"):
                bytes += (bytes.isEmpty ? Array("\\&".utf8) : []) + [byte]
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
