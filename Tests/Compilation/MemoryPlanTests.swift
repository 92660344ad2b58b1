import Compilation
import EdgeFormat
import Testing

/// Requests with sizes and lifetimes drawn from a seed.
private func requests(_ seed: UInt64) -> [MemoryPlan.Request] {
    var generator = SplitMix64(seed: seed)
    return (0..<Int(generator.next() % 20)).map { _ in
        let from = Int(generator.next() % 10)
        return MemoryPlan.Request(
            size: 1 + Int(generator.next() % 1000), lifetime: from...from + Int(generator.next() % 5))
    }
}

@Test(arguments: 0..<200 as Range<UInt64>)
func tensorsThatLiveAtOnceDoNotOverlap(_ seed: UInt64) {
    let requests = requests(seed)
    let plan = MemoryPlan(requests)
    #expect(plan.arenaSize >= plan.lowerBound)
    for (index, request) in requests.enumerated() {
        #expect(plan.offsets[index] % 64 == 0)
        #expect(plan.offsets[index] + request.size <= plan.arenaSize)
        for other in 0..<index where requests[other].lifetime.overlaps(request.lifetime) {
            let apart =
                plan.offsets[index] >= plan.offsets[other] + requests[other].size
                || plan.offsets[other] >= plan.offsets[index] + request.size
            #expect(apart)
        }
    }
}

@Test func aChainNeedsTwoNeighbours() {
    let plan = MemoryPlan([
        .init(size: 640, lifetime: -1...0), .init(size: 1280, lifetime: 0...1), .init(size: 320, lifetime: 1...2),
    ])
    #expect(plan.arenaSize == 1920 && plan.lowerBound == 1920)
}

/// The least height that first fit reaches in any order; requests that are placed, with their offsets, are `placed`.
private func leastHeight(_ left: [MemoryPlan.Request], _ placed: [(offset: Int, request: MemoryPlan.Request)] = [])
    -> Int
{
    guard !left.isEmpty else { return placed.map { $0.offset + $0.request.size }.max() ?? 0 }
    return left.indices.map { chosen in
        let request = left[chosen]
        let others = placed.filter { $0.request.lifetime.overlaps(request.lifetime) }
        let starts = [0] + others.map { $0.offset + $0.request.size }
        let offset =
            starts.filter { start in
                others.allSatisfy { start >= $0.offset + $0.request.size || start + request.size <= $0.offset }
            }.min() ?? 0
        var rest = left
        rest.remove(at: chosen)
        return leastHeight(rest, placed + [(offset, request)])
    }.min() ?? 0
}

@Test(arguments: 0..<30 as Range<UInt64>)
func theSearchFindsTheBestOrder(_ seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    let requests = (0..<6).map { _ in
        let from = Int(generator.next() % 6)
        return MemoryPlan.Request(
            size: 64 * (1 + Int(generator.next() % 9)), lifetime: from...from + Int(generator.next() % 4))
    }
    #expect(MemoryPlan(requests).arenaSize == leastHeight(requests))
}

/// The largest first needs 704.
@Test func anOrderIsLookedForWhereTheLargestFirstIsNotBest() {
    let plan = MemoryPlan([
        .init(size: 64, lifetime: 2...4), .init(size: 256, lifetime: 4...7), .init(size: 192, lifetime: 0...3),
        .init(size: 192, lifetime: 2...4), .init(size: 320, lifetime: 1...1),
    ])
    #expect(plan.arenaSize == 512 && plan.lowerBound == 512)
}
