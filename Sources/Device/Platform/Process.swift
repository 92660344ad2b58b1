internal import CSystem

/// This program as the system started it.
public enum Process {
    /// The arguments without the program's name. Bytes that are no UTF-8 are replaced.
    public static var arguments: [String] {
        (1..<max(1, system_argument_count())).map { String(cString: system_argument($0)) }
    }

    /// The last part of the path that it was started by.
    public static var programName: String {
        guard system_argument_count() > 0 else { return "" }
        let path = Array(String(cString: system_argument(0)).utf8)
        let start = (path.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1
        return String(decoding: path[start...], as: UTF8.self)
    }

    /// The commit that the program was built from, as the manifest defines it; nil where the build did not know it.
    public static var builtCommit: String? {
        let commit = String(cString: system_built_commit())
        return commit.isEmpty ? nil : commit
    }

    /// Ends the program. Nothing of ours is buffered.
    public static func exit(_ status: Int32) -> Never { system_exit(status) }

    /// A variable of the environment.
    public static func environment(_ name: String) -> String? {
        guard let value = system_environment(name) else { return nil }
        return String(cString: value)
    }

    /// Whether a descriptor (1 is standard output, 2 the one for errors) is a terminal.
    public static func isTerminal(_ descriptor: Int32) -> Bool { system_is_terminal(descriptor) != 0 }

    /// Columns of the terminal behind a descriptor.
    public static func terminalWidth(_ descriptor: Int32) -> Int? {
        let width = Int(system_terminal_width(descriptor))
        return width > 0 ? width : nil
    }

    /// Makes a trap (a failed check of the language) write its addresses to the standard error before it ends the
    /// program; `llvm-symbolizer --obj=UNSTRIPPED` names the lines.
    public static func reportTraps() { system_report_traps() }

    /// The most memory that was resident so far.
    public static func peakMemoryBytes() -> Int { Int(system_peak_memory()) }
}
