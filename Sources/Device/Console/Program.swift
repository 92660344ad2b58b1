public import Platform

/// A program: its table of verbs and options, and all that follows from the table.
public struct Program {
    public let name: StaticString
    public let summary: StaticString
    public let verbs: [Verb]
    /// Command lines without the program's name, each with what it does; `--help` and the manual page show them.
    public let examples: [(command: StaticString, meaning: StaticString)]
    /// What `--version` adds to the version: lines about formats, kernel sets and the like.
    public let details: () -> String
    /// What `--licences` prints.
    public let licences: () -> String

    public init(
        _ name: StaticString, summary: StaticString, verbs: [Verb],
        examples: [(command: StaticString, meaning: StaticString)] = [],
        details: @escaping () -> String = { "" }, licences: @escaping () -> String = { Licences.device }
    ) {
        self.name = name
        self.summary = summary
        self.verbs = verbs
        self.examples = examples
        self.details = details
        self.licences = licences
    }

    /// Runs the program on the process's arguments and ends the process.
    public func main() -> Never {
        Interrupts.install()
        Process.exit(run(Process.arguments).rawValue)
    }

    /// Runs the program on `words` and returns how it ended; a failure is one line on the standard error.
    public func run(_ words: [String]) -> ExitStatus {
        do throws(Failure) {
            let status = try dispatch(words[...])
            // A loop that looked at the flag may have ended in order.
            if status == .interrupted || Interrupts.requested { throw Failure.interrupted }
            return status
        } catch {
            Output.error("\(name.text): \(Interrupts.requested ? Failure.interrupted.line : error.line)\n")
            return Interrupts.requested ? .interrupted : error.status
        }
    }

    private func dispatch(_ words: ArraySlice<String>) throws(Failure) -> ExitStatus {
        let (verb, rest) = try chooseVerb(words)
        let options = (verb?.options ?? []) + Option.common
        let arguments = try Parser(options: options).parse(rest)
        if let page = try page(arguments, verb) {
            try Output.print(page)
            return .done
        }
        guard let verb else {
            throw Failure(.usage, "a command is missing: one of \(verbList); see \(name.text) --help")
        }
        guard verb.operandCount.contains(arguments.operands.count) else {
            throw Failure(.usage, operandComplaint(verb, arguments.operands))
        }
        return try verb.run(arguments)
    }

    /// The verb that the first word names; else the one without a name, if the program has it. Flags that every verb
    /// has may stand before it.
    private func chooseVerb(_ words: ArraySlice<String>) throws(Failure) -> (Verb?, ArraySlice<String>) {
        let flags: [StaticString] = ["-q", "--quiet", "-h", "--help"]
        let leading = words.prefix { word in flags.contains { $0.text.utf8.elementsEqual(word.utf8) } }
        let rest = words.dropFirst(leading.count)
        let unnamed = verbs.first { $0.name.utf8CodeUnitCount == 0 }
        guard let word = rest.first, !word.utf8.starts(with: "-".utf8) else { return (unnamed, words) }
        if let verb = verbs.first(where: { $0.name.text.utf8.elementsEqual(word.utf8) }) {
            return (verb, leading + rest.dropFirst())
        }
        if let unnamed { return (unnamed, words) }
        let hint = nearestName(to: Array(word.utf8)[...], among: verbs.map { $0.name }).map { "; did you mean \($0)?" }
        throw Failure(.usage, "unknown command '\(word)'\(hint ?? ": one of \(verbList)")")
    }

    /// What an option asks to print instead of running.
    private func page(_ arguments: Arguments, _ verb: Verb?) throws(Failure) -> String? {
        if arguments.flag("help") { return help(verb) }
        if arguments.flag("version") { return "\(name.text) \(Version.text)\n\(details())" }
        if arguments.flag("licences") { return licences() }
        if arguments.flag("man") { return manualPage() }
        switch try arguments.choice("completion", of: ["bash", "zsh", "fish"]) {
        case nil: return nil
        case 0: return bashCompletion()
        case 1: return zshCompletion()
        default: return fishCompletion()
        }
    }

    private func operandComplaint(_ verb: Verb, _ operands: [String]) -> String {
        let command = name.text + (verb.name.utf8CodeUnitCount > 0 ? " " + verb.name.text : "")
        if operands.count < verb.operandCount.lowerBound {
            return "\(verb.operands.text) expected; see \(command) --help"
        }
        let extra = operands[verb.operandCount.upperBound]
        return "'\(extra)' is one too many; see \(command) --help"
    }

    private var verbList: String {
        var list = ""
        for verb in verbs { list += (list.isEmpty ? "" : ", ") + verb.name.text }
        return list
    }
}

extension Output {
    /// Writes results to the standard output.
    public static func print(_ text: String) throws(Failure) {
        do throws(SystemError) { try standard(text) } catch { throw Failure(error) }
    }
}
