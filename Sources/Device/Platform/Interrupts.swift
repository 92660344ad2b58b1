internal import CSystem

/// Ctrl-C and its relatives: SIGINT, SIGTERM and SIGHUP.
public enum Interrupts {
    /// From here on the first of these signals removes unfinished files and sets `requested`; a second one, or five
    /// seconds in which the program does not end, end it with status 130. A closed pipe is an error of writing.
    public static func install() { system_interrupts_install() }

    /// Whether the program was asked to end. Loops that last look at it.
    public static var requested: Bool { system_interrupted() != 0 }
}
