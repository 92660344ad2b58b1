internal import CSystem

/// Code that may trap, run where a trap is a number instead of the end.
public enum ChildProcess {
    /// Runs `body` in a forked child, for programs with one thread only.
    /// - Returns: the status that `body` gave, 0 … 255, or 128 and the number of the signal that ended the child: 132 and
    ///   133 are traps. Nil where no child could be made.
    public static func run(_ body: () -> UInt8) -> Int32? {
        withoutActuallyEscaping(body) { body in
            var work = Work(body: body)
            let status = withUnsafeMutablePointer(to: &work) { work in
                system_in_child(
                    { argument in
                        guard let argument else { return 255 }
                        return Int32(argument.assumingMemoryBound(to: Work.self).pointee.body())
                    }, work)
            }
            return status < 0 ? nil : status
        }
    }

    private struct Work {
        let body: () -> UInt8
    }
}
