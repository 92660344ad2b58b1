public import Platform

/// The files that a command makes.
extension AtomicFile {
    /// Starts a file before the work for it, so that a place that cannot be written is said at once.
    public static func begin(_ path: String) throws(Failure) -> AtomicFile {
        do throws(SystemError) { return try AtomicFile(path: path) } catch { throw Failure(error) }
    }

    /// Appends bytes, unless the program is to end.
    public mutating func fill(_ bytes: [UInt8]) throws(Failure) {
        if Interrupts.requested { throw Failure.interrupted }
        do throws(SystemError) { try write(bytes) } catch { throw Failure(error) }
    }

    /// Puts the file under its name.
    public consuming func finish() throws(Failure) {
        do throws(SystemError) { try commit() } catch { throw Failure(error) }
    }
}
