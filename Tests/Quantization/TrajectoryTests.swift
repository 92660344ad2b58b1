import Denoising
import Diffusion
import EdgeFormat
import ModelGraph
import Quantization
import TestSupport
import Testing

private func trajectories(_ graph: Graph, _ count: Int) throws -> Trajectories {
    Trajectories(try #require(try DiffusionSettings(metadata: graph.metadata)), count: count)
}

@Test func rangesDoNotDependOnThreadsAndGrowWithTrajectories() throws {
    let graph = try TestModels.denoiserGraph(seed: 2).simplified()
    let runs = try [(2, 1), (2, 3), (5, 2)].map { count, threads in
        try Calibration.run(graph, trajectories(graph, count), threads: threads) { _ in }.ranges
    }
    #expect(runs[0] == runs[1])
    for (few, more) in zip(runs[0], runs[2]) {
        guard let few, let more else { continue }
        #expect(more.minimum <= few.minimum && more.maximum >= few.maximum)
    }
    #expect(runs[0][graph.inputs[0]] != nil && runs[0][graph.outputs[0]] != nil)
}

@Test func aNetworkThatGivesNoNumbersStopsCalibrationAtAStep() throws {
    var graph = try TestModels.denoiserGraph(seed: 2)
    for id in graph.values.indices where graph.values[id].name == "middle.conv1.offset" {
        graph.values[id].constant = .float32([Float](repeating: .nan, count: graph.values[id].type.count))
    }
    let broken = graph.simplified()
    #expect { _ = try Calibration.run(broken, trajectories(broken, 1), threads: 1) { _ in } } throws: {
        let line = ($0 as? EdgeError)?.line ?? ""
        return ($0 as? EdgeError)?.kind == .data && line.contains("trajectory 0") && line.contains("time step 950")
    }
}

@Test func trajectoriesMeetEveryPartOfTheScheduleAndItsEnds() throws {
    let all = Trajectories(DiffusionSettings(scheduleKind: .linear, classes: 10), count: 32)
    let schedule = try all.settings.schedule()
    var times: Set<Int> = []
    for index in 0..<all.count {
        let plan = try all.plan(index, schedule)
        times.formUnion((0..<plan.count).map { plan.time(of: $0) })
    }
    #expect(times.min() == 0 && times.max() == 999)
    #expect(Set(times.map { $0 / 10 }).count == 100)
}
