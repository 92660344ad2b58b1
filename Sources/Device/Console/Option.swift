/// One row of a program's option table; the parser, `--help`, the man page and the completions read it.
public struct Option: Sendable {
    /// The name without its dashes.
    public let long: StaticString
    /// One letter, such as `UInt8(ascii: "o")`.
    public let short: UInt8?
    /// What follows it, as `--help` shows it ("FILE"); nil for a flag.
    public let argument: StaticString?
    /// Whether giving it several times adds up; otherwise the last one counts.
    public let repeats: Bool
    public let help: StaticString

    public init(
        _ long: StaticString, short: UInt8? = nil, argument: StaticString? = nil, repeats: Bool = false,
        help: StaticString
    ) {
        self.long = long
        self.short = short
        self.argument = argument
        self.repeats = repeats
        self.help = help
    }
}

/// One thing that a program does.
public struct Verb {
    /// The word after the program's name; empty for what it does without one.
    public let name: StaticString
    public let summary: StaticString
    /// The operands as `--help` shows them: "MODEL FILE…".
    public let operands: StaticString
    /// How many operands there may be.
    public let operandCount: ClosedRange<Int>
    public let options: [Option]
    public let run: (Arguments) throws(Failure) -> ExitStatus

    public init(
        _ name: StaticString, summary: StaticString, operands: StaticString = "",
        operandCount: ClosedRange<Int> = 0...Int.max, options: [Option] = [],
        run: @escaping (Arguments) throws(Failure) -> ExitStatus
    ) {
        self.name = name
        self.summary = summary
        self.operands = operands
        self.operandCount = operandCount
        self.options = options
        self.run = run
    }
}

extension Option {
    /// Options that every verb of every program has.
    static var common: [Option] {
        [
            Option("quiet", short: UInt8(ascii: "q"), help: "print results and errors only"),
            Option("help", short: UInt8(ascii: "h"), help: "print this and end"),
            Option("version", help: "print the version and what it was built with, and end"),
            Option("licences", help: "print the licences of everything inside, and end"),
            Option("completion", argument: "bash|zsh|fish", help: "print completions for a shell, and end"),
            Option("man", help: "print the manual page, and end"),
        ]
    }
}
