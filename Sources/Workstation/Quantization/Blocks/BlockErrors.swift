/// How far a block's results are from what they should be, added up over samples.
struct BlockErrors: Sendable {
    /// By result: Σ y² of what is wanted.
    private var energies: [Double]
    /// By result: Σ (x − y)².
    private var errors: [Double]

    /// Elements that are added up in Float before they go to a Double; fixed, so that sums do not depend on threads.
    private static let run = 64

    /// - Parameter count: of the results.
    init(count: Int) {
        energies = [Double](repeating: 0, count: count)
        errors = energies
    }

    /// Adds one sample of a result.
    /// - Parameters:
    ///   - x: what it is.
    ///   - y: what is wanted, as many elements.
    mutating func add(_ x: [Float], _ y: [Float], at index: Int) {
        let count = min(x.count, y.count)
        var (energy, error) = (0.0, 0.0)
        for start in stride(from: 0, to: count, by: Self.run) {
            var sums = (Float(0), Float(0))
            for place in start..<min(start + Self.run, count) {
                let difference = x[place] - y[place]
                sums.0 += y[place] * y[place]
                sums.1 += difference * difference
            }
            energy += Double(sums.0)
            error += Double(sums.1)
        }
        energies[index] += energy
        errors[index] += error
    }

    mutating func merge(_ other: BlockErrors) {
        for index in energies.indices {
            energies[index] += other.energies[index]
            errors[index] += other.errors[index]
        }
    }

    /// The errors' energy beside that of the results, which weigh alike however large they are.
    var relative: Double {
        zip(errors, energies).reduce(0) { $0 + ($1.1 > 0 ? $1.0 / $1.1 : 0) }
    }
}
