/// How often a model's answers are right.
public struct Accuracy: Equatable, Sendable {
    /// Pictures whose best class is the right one.
    public var right = 0
    /// Pictures whose right class is among the best five.
    public var rightInFive = 0
    public var total = 0

    public init() {}

    /// Percent.
    public var top1: Double { total == 0 ? 0 : 100 * Double(right) / Double(total) }
    /// Percent.
    public var top5: Double { total == 0 ? 0 : 100 * Double(rightInFive) / Double(total) }

    /// Counts an answer.
    /// - Parameter best: the best classes, best first.
    mutating func count(best: some Sequence<Int>, label: Int) {
        total += 1
        for (rank, index) in best.enumerated() where index == label && rank < 5 {
            rightInFive += 1
            if rank == 0 { right += 1 }
        }
    }

    mutating func add(_ other: Accuracy) {
        right += other.right
        rightInFive += other.rightInFive
        total += other.total
    }
}
