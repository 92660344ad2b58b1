internal import Platform

/// The rules of getopt_long: `--name value`, `--name=value`, unambiguous beginnings of names, `-o value`, `-ovalue`,
/// letters together (`-qo value`), options after operands, and `--`, after which everything is an operand.
package struct Parser {
    private let options: [Option]

    package init(options: [Option]) { self.options = options }

    /// Parses the arguments after the verb.
    package func parse(_ words: ArraySlice<String>) throws(Failure) -> Arguments {
        var arguments = Arguments()
        var rest = words
        while let word = rest.popFirst() {
            let bytes = Array(word.utf8)
            if bytes.count < 2 || bytes[0] != dash {
                arguments.operands.append(word)
            } else if bytes[1] != dash {
                try parseLetters(bytes, &rest, &arguments)
            } else if bytes.count > 2 {
                try parseName(bytes, &rest, &arguments)
            } else {
                arguments.operands += rest
                break
            }
        }
        return arguments
    }

    /// `--name`, `--name=value`.
    private func parseName(
        _ word: [UInt8], _ rest: inout ArraySlice<String>, _ arguments: inout Arguments
    ) throws(Failure) {
        let equals = word.firstIndex(of: UInt8(ascii: "="))
        let name = word[2..<(equals ?? word.count)]
        let option = try find(name)
        var value = ""
        if option.argument == nil {
            if equals != nil { throw Failure(.usage, "--\(option.long.text) takes no value") }
        } else if let equals {
            value = text(word[(equals + 1)...])
        } else {
            value = try next(&rest, for: option)
        }
        arguments.given.append((option, value))
    }

    /// `-q`, `-o value`, `-ovalue`, `-qo value`.
    private func parseLetters(
        _ word: [UInt8], _ rest: inout ArraySlice<String>, _ arguments: inout Arguments
    ) throws(Failure) {
        for index in 1..<word.count {
            guard let option = options.first(where: { $0.short == word[index] }) else {
                throw Failure(.usage, "unknown option -\(text(word[index...].prefix(1))) in \(text(word[...]))")
            }
            guard option.argument != nil else {
                arguments.given.append((option, ""))
                continue
            }
            let attached = word[(index + 1)...]
            arguments.given.append((option, attached.isEmpty ? try next(&rest, for: option) : text(attached)))
            return
        }
    }

    /// The option of this name, or the only one that begins so.
    private func find(_ name: ArraySlice<UInt8>) throws(Failure) -> Option {
        var candidates: [Option] = []
        for option in options {
            let long = Array(option.long.text.utf8)
            if long.elementsEqual(name) { return option }
            if long.starts(with: name) { candidates.append(option) }
        }
        if candidates.count == 1 { return candidates[0] }
        if candidates.isEmpty {
            let nearest = nearestName(to: name, among: options.map { $0.long })
            let hint = nearest.map { "; did you mean --\($0)?" } ?? ""
            throw Failure(.usage, "unknown option --\(text(name))\(hint)")
        }
        var list = ""
        for candidate in candidates { list += (list.isEmpty ? "--" : ", --") + candidate.long.text }
        throw Failure(.usage, "--\(text(name)) is short for several: \(list)")
    }

    private func next(_ rest: inout ArraySlice<String>, for option: Option) throws(Failure) -> String {
        if let value = rest.popFirst() { return value }
        throw Failure(.usage, "--\(option.long.text) needs a value: \(option.argument?.text ?? "")")
    }

    private var dash: UInt8 { UInt8(ascii: "-") }
    private func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}
