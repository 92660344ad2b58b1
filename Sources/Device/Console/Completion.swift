internal import Platform

// Completions are made from the option table: verbs, then options, then files.
extension Program {
    package func bashCompletion() -> String {
        var cases = ""
        for verb in verbs {
            let pattern = verb.name.utf8CodeUnitCount > 0 ? verb.name.text : "*"
            // The verb without a name takes what no other pattern took, so it comes last.
            let line = "        \(pattern)) words=\"\(longOptions(verb))\" ;;\n"
            cases = verb.name.utf8CodeUnitCount > 0 ? line + cases : cases + line
        }
        return """
            _\(functionName)() {
                local word=${COMP_WORDS[COMP_CWORD]} words
                case ${COMP_WORDS[1]} in
            \(cases)    esac
                if [[ $COMP_CWORD -eq 1 && $word != -* ]]; then words="\(verbNames)"; fi
                COMPREPLY=($(compgen -W "$words" -- "$word"))
            }
            complete -o default -F _\(functionName) \(name.text)

            """
    }

    package func zshCompletion() -> String {
        "autoload -U +X bashcompinit && bashcompinit\n" + bashCompletion()
    }

    package func fishCompletion() -> String {
        var text = ""
        let command = "complete -c \(name.text)"
        for verb in verbs {
            var condition = ""
            if verb.name.utf8CodeUnitCount > 0 {
                text += "\(command) -n __fish_use_subcommand -a \(verb.name.text) -d '\(quoted(verb.summary))'\n"
                condition = " -n '__fish_seen_subcommand_from \(verb.name.text)'"
            }
            for option in verb.options { text += command + condition + fishOption(option) }
        }
        for option in Option.common { text += command + fishOption(option) }
        return text
    }

    private func fishOption(_ option: Option) -> String {
        var text = " -l \(option.long.text)"
        if let short = option.short { text += " -s \(String(decoding: [short], as: UTF8.self))" }
        if option.argument != nil { text += " -r" }
        return text + " -d '\(quoted(option.help))'\n"
    }

    private func quoted(_ text: StaticString) -> String {
        let bytes = text.text.utf8.map { $0 == UInt8(ascii: "'") ? UInt8(ascii: "`") : $0 }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func longOptions(_ verb: Verb) -> String {
        var text = ""
        for option in verb.options + Option.common { text += (text.isEmpty ? "--" : " --") + option.long.text }
        return text
    }

    private var verbNames: String {
        var text = ""
        for verb in verbs where verb.name.utf8CodeUnitCount > 0 {
            text += (text.isEmpty ? "" : " ") + verb.name.text
        }
        return text
    }

    /// The name as a shell's function may have it.
    private var functionName: String {
        let bytes = name.text.utf8.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }
        return String(decoding: bytes, as: UTF8.self)
    }
}
