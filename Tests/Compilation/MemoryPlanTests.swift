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
