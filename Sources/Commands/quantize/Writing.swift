import Console
import Platform

/// Starts a file before the work for it, so that a place that cannot be written is said at once.
func begin(_ path: String) throws(Failure) -> AtomicFile {
    do throws(SystemError) { return try AtomicFile(path: path) } catch { throw Failure(error) }
}

/// Writes all that is to be in a file.
func fill(_ file: inout AtomicFile, _ bytes: [UInt8]) throws(Failure) {
    if Interrupts.requested { throw Failure.interrupted }
    do throws(SystemError) {
        let view = bytes.span
        try view.withUnsafeBytes { (buffer) throws(SystemError) in try file.write(buffer) }
    } catch {
        throw Failure(error)
    }
}

/// Puts a file under its name.
func commit(_ file: consuming AtomicFile) throws(Failure) {
    do throws(SystemError) { try file.commit() } catch { throw Failure(error) }
}
