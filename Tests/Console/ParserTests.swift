import Console
import Testing

@Suite struct ParserTests {
    static let options = [
        Option("threads", short: UInt8(ascii: "t"), argument: "N", help: ""),
        Option("output", short: UInt8(ascii: "o"), argument: "FILE", help: ""),
        Option("output-dir", argument: "DIR", help: ""),
        Option("target", argument: "SET", repeats: true, help: ""),
        Option("json", short: UInt8(ascii: "j"), help: ""),
        Option("quiet", short: UInt8(ascii: "q"), help: ""),
    ]

    private func parse(_ words: String...) throws -> Arguments { try Parser(options: Self.options).parse(words[...]) }

    @Test func everyWayOfGivingAValueIsTheSame() throws {
        for words in [["--threads", "4"], ["--threads=4"], ["-t", "4"], ["-t4"], ["-jt4"], ["-jt", "4"], ["--th=4"]] {
            let arguments = try Parser(options: Self.options).parse(words[...])
            #expect(try arguments.integer("threads", in: 1...8) == 4)
            #expect(arguments.operands.isEmpty)
        }
    }

    @Test func optionsMayStandAmongOperandsAndTwoDashesEndThem() throws {
        let arguments = try parse("a", "--json", "-", "b", "--", "--threads", "-q")
        #expect(arguments.operands == ["a", "-", "b", "--threads", "-q"])
        #expect(arguments.flag("json") && !arguments.flag("threads") && !arguments.quiet)
    }

    @Test func theLastValueCountsAndRepeatedOnesAreKept() throws {
        let arguments = try parse("--target", "avx2", "--target=neon", "-o", "a", "-o", "b")
        #expect(arguments.values("target") == ["avx2", "neon"])
        #expect(arguments.value("output") == "b")
        #expect(arguments.value("threads") == nil)
    }

    @Test func aWholeNameGoesBeforeOneThatBeginsWithIt() throws {
        #expect(try parse("--output", "x").value("output") == "x")
        #expect(try parse("--output-d", "x").value("output-dir") == "x")
        #expect(throws: Failure(.usage, "--out is short for several: --output, --output-dir")) {
            try parse("--out", "x")
        }
    }

    @Test(arguments: [
        (["--thread5=1"], "unknown option --thread5; did you mean --threads?"),
        (["--zzz"], "unknown option --zzz"),
        (["-x"], "unknown option -x in -x"),
        (["-jx"], "unknown option -x in -jx"),
        (["--threads"], "--threads needs a value: N"),
        (["-o"], "--output needs a value: FILE"),
        (["--json=1"], "--json takes no value"),
    ])
    func aWrongOptionIsNamed(_ words: [String], _ line: String) {
        #expect(throws: Failure(.usage, line)) { try Parser(options: Self.options).parse(words[...]) }
    }

    @Test func numbersAreCheckedAgainstTheirRange() throws {
        for text in ["0", "9", "x", "", "4.0", "99999999999999999999"] {
            #expect(throws: Failure(.usage, "--threads \(text): not a whole number from 1 to 8")) {
                try parse("--threads=\(text)").integer("threads", in: 1...8)
            }
        }
        #expect(try parse("-t1e-3").decimal("threads", in: 0...1) == 0.001)
        #expect(throws: Failure(.usage, "--threads 2: not a number from 0.0 to 1.0")) {
            try parse("-t2").decimal("threads", in: 0...1)
        }
        #expect(try parse("-ofish").choice("output", of: ["bash", "fish"]) == 1)
        #expect(throws: Failure(.usage, "--output tcsh: not one of bash, fish")) {
            try parse("-otcsh").choice("output", of: ["bash", "fish"])
        }
        #expect(try parse().integer("threads", in: 1...8) == nil)
    }
}
