/// Places in the arena for tensors of which not all live at once: greedy, the largest first, each at the lowest place where
/// no tensor that lives at the same time lies.
public struct MemoryPlan: Equatable, Sendable {
    /// A tensor that needs a place.
    public struct Request: Equatable, Sendable {
        public var size: Int
        /// From the operation that writes it to the last one that reads it.
        public var lifetime: ClosedRange<Int>

        public init(size: Int, lifetime: ClosedRange<Int>) {
            self.size = size
            self.lifetime = lifetime
        }
    }

    /// One offset a request, multiples of 64.
    public let offsets: [Int]
    public let arenaSize: Int
    /// No plan can be smaller: the largest sum of tensors that live at once.
    public let lowerBound: Int

    static let alignment = 64

    public init(_ requests: [Request]) {
        var offsets = [Int](repeating: 0, count: requests.count)
        var placed: [Int] = []
        let order = requests.indices.sorted {
            (requests[$0].size, -$0) > (requests[$1].size, -$1)
        }
        for index in order {
            let neighbours = placed.filter { requests[$0].lifetime.overlaps(requests[index].lifetime) }
                .sorted { offsets[$0] < offsets[$1] }
            var start = 0
            for other in neighbours where start + Self.round(requests[index].size) > offsets[other] {
                start = max(start, offsets[other] + Self.round(requests[other].size))
            }
            offsets[index] = start
            placed.append(index)
        }
        self.offsets = offsets
        arenaSize = requests.indices.map { offsets[$0] + Self.round(requests[$0].size) }.max() ?? 0
        let moments = Set(requests.map(\.lifetime.lowerBound))
        lowerBound =
            moments.map { moment in
                requests.reduce(0) { $0 + ($1.lifetime.contains(moment) ? Self.round($1.size) : 0) }
            }.max() ?? 0
    }

    private static func round(_ size: Int) -> Int { (size + alignment - 1) / alignment * alignment }
}
