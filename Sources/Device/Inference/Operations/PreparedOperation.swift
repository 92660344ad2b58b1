internal import EdgeFormat

/// An operation ready to run: kernel chosen, addresses computed. Its work is cut into `units` that may run on any thread
/// in any order, each with the same result.
class PreparedOperation {
    let output: TensorView
    /// Independent pieces of work, at least 1.
    let units: Int
    /// Multiply-adds, or bytes for what has none: what sharing with a second thread is weighed by.
    let cost: Int
    /// The kernel's name, for people.
    let kernelName: String

    init(output: TensorView, units: Int, cost: Int, kernelName: String) {
        self.output = output
        self.units = max(units, 1)
        self.cost = cost
        self.kernelName = kernelName
    }

    /// Runs the units of a range. Allocates nothing.
    /// - Parameter part: which thread's scratch memory is used.
    func run(_ units: Range<Int>, part: Int) {}

    /// Runs part `part` of `parts` equal ones; the first also renews the output's border.
    final func run(part: Int, of parts: Int) {
        if part == 0 { output.fillBorder() }
        run(units * part / parts..<units * (part + 1) / parts, part: part)
    }
}
