import Console
import KernelCheck
import Platform

/// All checks of the device code in one program, for boards, where the test library does not exist.
@main
struct Conformance {
    static func main() {
        Process.reportTraps()
        Program(
            "conformance", summary: "check that the device code computes what it must on this processor",
            verbs: [
                Verb(
                    "", summary: "run the checks",
                    operandCount: 0...0,
                    options: [
                        Option("models", argument: "FOLDER", help: "also check whole models: those of Tests/Fixtures"),
                        Option(
                            "damages", argument: "COUNT",
                            help: "places of a model to damage for each kind of damage (10000)"),
                        Option("list", help: "print the checks' names and end"),
                        Option("filter", argument: "TEXT", help: "only checks, or timings, with TEXT in their name"),
                        Option("bench", help: "time the kernels instead of checking them"),
                    ],
                    run: run)
            ],
            examples: [
                (command: "", meaning: "run everything"),
                (command: "--filter convolution_s8s8_neon", meaning: "run the checks of one kernel"),
                (command: "--bench --filter convolution", meaning: "time all convolutions"),
            ]
        ).main()
    }

    private static func run(_ arguments: Arguments) throws(Failure) -> ExitStatus {
        let filter = arguments.value("filter") ?? ""
        if arguments.flag("bench") { return try time(filter) }
        let damages = try arguments.integer("damages", in: 0...1_000_000) ?? 10_000
        let models = arguments.value("models").map { modelChecks($0, damages: damages) } ?? []
        let checks = (allChecks + models).filter { $0.matches(filter) }
        guard !checks.isEmpty else { throw Failure(.usage, "--filter \(filter): no check has this in its name") }
        if arguments.flag("list") {
            for check in checks { try Output.print(check.name + "\n") }
            return .done
        }
        return try run(checks, quiet: arguments.quiet)
    }

    /// Prints what failed, what this processor lacks, and last the counts.
    private static func run(_ checks: [Check], quiet: Bool) throws(Failure) -> ExitStatus {
        var tally = Tally()
        for check in checks {
            if Interrupts.requested { return .interrupted }
            let outcome = check.run()
            tally.add(outcome)
            if case .failed(let reason) = outcome { try Output.print("failed: \(check.name): \(reason)\n") }
        }
        if !quiet {
            for (reason, count) in tally.notRun { try Output.print("not run: \(count) checks: \(reason)\n") }
        }
        try Output.print(tally.line + "\n")
        return tally.failed == 0 ? .done : .check
    }

    private static func time(_ filter: String) throws(Failure) -> ExitStatus {
        for benchmark in allBenchmarks where benchmark.matches(filter) {
            if Interrupts.requested { return .interrupted }
            try Output.print(benchmark.line() + "\n")
        }
        return .done
    }
}
