import Console
import Foundation
import Platform
import Testing

@Suite struct ProgramTests {
    /// A program whose verbs end as their operand says.
    static var program: Program {
        Program(
            "edge-test", summary: "try the console",
            verbs: [
                Verb(
                    "classify", summary: "say what pictures show", operands: "MODEL FILE…", operandCount: 2...3,
                    options: [
                        Option("output", short: UInt8(ascii: "o"), argument: "FILE", help: "where it's written"),
                        Option("json", help: "one object a line"),
                    ]
                ) { arguments throws(Failure) in
                    if arguments.operands[0].utf8.elementsEqual("bad".utf8) { throw Failure(.data, "bad: not a model") }
                    return arguments.flag("json") ? .check : .done
                },
                Verb("verify", summary: "compare") { _ throws(Failure) in
                    throw Failure(SystemError(.open, ErrorNumber.interrupted, "x"))
                },
            ], examples: [("classify lenet5.edge digit.png", "print the digit")])
    }

    @Test(arguments: [
        (["classify", "m", "f"], Console.ExitStatus.done), (["-q", "classify", "m", "f"], .done),
        (["classify", "m", "f", "--json"], .check), (["classify", "bad", "f"], .data), (["verify"], .interrupted),
        ([], .usage), (["clasify"], .usage), (["classify"], .usage), (["classify", "a", "b", "c", "d"], .usage),
        (["classify", "m", "f", "--jsn"], .usage), (["--nothing"], .usage),
    ])
    func everyEndHasItsStatus(_ words: [String], _ status: Console.ExitStatus) {
        #expect(Self.program.run(words) == status)
    }

    @Test func theHelpNamesEverythingOfTheTable() {
        let whole = Self.program.help(nil)
        for text in ["classify MODEL FILE…", "verify", "--version", "--quiet", "print the digit", "Exit status"] {
            #expect(whole.contains(text))
        }
        let verb = Self.program.help(Self.program.verbs[0])
        for text in ["-o, --output FILE", "--json", "edge-test classify MODEL FILE… [OPTION…]"] {
            #expect(verb.contains(text))
        }
        #expect(!verb.contains("verify"))
    }

    @Test func theManualPageEscapesWhatTroffWouldRead() {
        let page = Self.program.manualPage()
        #expect(page.hasPrefix(".TH edge-test 1"))
        #expect(page.contains("\\-\\-output FILE\nwhere it's written"))
        #expect(!page.contains("\n'"))
    }

    @Test func shellsAcceptTheCompletions() throws {
        for script in [Self.program.bashCompletion(), Self.program.zshCompletion()] {
            #expect(try status("bash", script) == 0)
        }
        let complete =
            Self.program.bashCompletion() + """
                COMP_WORDS=(edge-test classify --j) COMP_CWORD=2; _edge_test; [[ ${COMPREPLY[*]} == --json ]] || exit 1
                COMP_WORDS=(edge-test ver) COMP_CWORD=1; _edge_test; [[ ${COMPREPLY[*]} == verify ]]
                """
        #expect(try status("bash", complete) == 0)
        #expect(Self.program.fishCompletion().contains("-l output -s o -r -d 'where it`s written'"))
    }

    /// The exit status of a shell that reads `script`.
    private func status(_ shell: String, _ script: String) throws -> Int32 {
        let process = Foundation.Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [shell, "-c", script]
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    @Test func nearNamesAreFound() {
        #expect(Self.program.run(["verfy"]) == .usage)
        #expect(ProgressBar.duration(400_000_000) == "0.4 s")
        #expect(ProgressBar.duration(59_900_000_000) == "59 s")
        #expect(ProgressBar.duration(200_000_000_000) == "3 min 20 s")
        #expect(ProgressBar.duration(7_500_000_000_000) == "2 h 5 min")
    }
}
