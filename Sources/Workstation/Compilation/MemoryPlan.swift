import EdgeFormat

/// Places in the arena for tensors of which not all live at once. Each goes, in some order, to the lowest place where no
/// tensor that lives at the same time lies; the order is what is searched for. Packing rectangles of given left and right
/// ends into the least height is NP-hard (Garey, Johnson, *Computers and Intractability*, SR2, dynamic storage allocation).
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
    /// Places of tensors that a search looks at; about a tenth of a second.
    private static let searchLimit = 20_000_000

    public init(_ requests: [Request]) {
        let packing = Packing(requests)
        lowerBound = packing.lowerBound
        var best = packing.place(packing.bySize)
        for order in packing.otherOrders where best.height > lowerBound {
            let placed = packing.place(order)
            if placed.height < best.height { best = placed }
        }
        if best.height > lowerBound { best = packing.improved(best, looks: Self.searchLimit) }
        offsets = best.offsets
        arenaSize = best.height
    }
}

/// Requests with what their placing needs of them.
private struct Packing {
    /// An order, the places that come of it, and their upper end.
    struct Placing {
        var order: [Int]
        var offsets: [Int]
        var height: Int
    }

    let sizes: [Int]
    let lifetimes: [ClosedRange<Int>]
    /// Of each request, those that live at the same time.
    let neighbours: [[Int]]
    let lowerBound: Int

    init(_ requests: [MemoryPlan.Request]) {
        let sizes = requests.map { ($0.size + MemoryPlan.alignment - 1) / MemoryPlan.alignment * MemoryPlan.alignment }
        let lifetimes = requests.map(\.lifetime)
        neighbours = lifetimes.indices.map { index in
            lifetimes.indices.filter { $0 != index && lifetimes[$0].overlaps(lifetimes[index]) }
        }
        lowerBound =
            Set(lifetimes.map(\.lowerBound)).map { moment in
                lifetimes.indices.reduce(0) { $0 + (lifetimes[$1].contains(moment) ? sizes[$1] : 0) }
            }.max() ?? 0
        (self.sizes, self.lifetimes) = (sizes, lifetimes)
    }

    /// The largest first: seldom far from the best.
    var bySize: [Int] { order { sizes[$0] } }

    /// The longest lives first, the largest product of both, and the oldest.
    var otherOrders: [[Int]] {
        [
            order { lifetimes[$0].count }, order { sizes[$0] * lifetimes[$0].count },
            order { -lifetimes[$0].lowerBound },
        ]
    }

    /// Falling by a measure, then by size; of equals the first request first.
    private func order(by measure: (Int) -> Int) -> [Int] {
        sizes.indices.sorted { (measure($0), sizes[$0], -$0) > (measure($1), sizes[$1], -$1) }
    }

    func place(_ order: [Int]) -> Placing {
        var offsets = [Int](repeating: -1, count: sizes.count)
        var height = 0
        for index in order {
            let placed = neighbours[index].filter { offsets[$0] >= 0 }.sorted { offsets[$0] < offsets[$1] }
            var start = 0
            for other in placed where start + sizes[index] > offsets[other] {
                start = max(start, offsets[other] + sizes[other])
            }
            offsets[index] = start
            height = max(height, start + sizes[index])
        }
        return Placing(order: order, offsets: offsets, height: height)
    }

    /// A better plan, where one is found within so many looks at a tensor's place: requests that reach the upper end, or
    /// a neighbour of theirs, move to an earlier place of the order, and what is no worse is kept.
    func improved(_ first: Placing, looks: Int) -> Placing {
        var (best, current) = (first, first)
        var random = SplitMix64(seed: 1)
        let cost = neighbours.reduce(sizes.count) { $0 + $1.count }
        for _ in 0..<looks / max(cost, 1) where best.height > lowerBound {
            let ends = current.order.filter { current.offsets[$0] + sizes[$0] == current.height }
            guard var moved = random.element(of: ends) else { break }
            if random.next() % 2 == 0 { moved = random.element(of: neighbours[moved]) ?? moved }
            var order = current.order.filter { $0 != moved }
            let earlier = (current.order.firstIndex(of: moved) ?? 0) + 1
            order.insert(moved, at: Int(random.next() % UInt64(earlier)))
            let next = place(order)
            if next.height <= current.height { current = next }
            if next.height < best.height { best = next }
        }
        return best
    }
}

extension SplitMix64 {
    fileprivate mutating func element(of values: [Int]) -> Int? {
        values.isEmpty ? nil : values[Int(next() % UInt64(values.count))]
    }
}
