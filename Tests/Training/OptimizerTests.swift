import Tensors
import Testing
import Training

@Suite("Optimizers")
struct OptimizerTests {
    @Test("T11: momentum as the frameworks have it, on w²")
    func momentum() {
        let path = descend(MomentumDescent(momentum: 0.5), from: 1, rate: 0.01, steps: 4) { 2 * $0 }
        for (w, wanted) in zip(path, [0.98, 0.9504, 0.916592, 0.88135616] as [Float]) {
            #expect(abs(w - wanted) < 1e-6)
        }
    }

    @Test("T12: Adam on w², and on the gradients 1, 2, −1")
    func adam() {
        let path = descend(Adam(), from: 1, rate: 0.001, steps: 5) { 2 * $0 }
        let wanted: [Float] = [0.999000000005, 0.998000026, 0.997000096, 0.996000227, 0.995000436]
        for (w, wanted) in zip(path, wanted) { #expect(abs(w - wanted) < 2e-7) }
        var gradients: [Float] = [1, 2, -1]
        let given = descend(Adam(), from: 0, rate: 0.001, steps: 3) { _ in gradients.removeFirst() }
        for (w, wanted) in zip(given, [-0.001, -0.001965182, -0.002385271] as [Float]) {
            #expect(abs(w - wanted) < 1e-8)
        }
    }

    @Test("T8: a step of plain descent on a linear neuron", arguments: [(0.01, -0.96, 1.08), (0.1, -0.6, 1.8)])
    func plainDescent(rate: Float, first: Float, second: Float) {
        let rule = MomentumDescent(momentum: 0)
        let (w, gradient, state) = (Tensor([2], [-1, 1]), Tensor([2], [-4, -8]), Tensor(zeros: [2]))
        rule.update(w.base, gradient: gradient.base, state: [state.base], count: 2, step: 1, rate: rate)
        #expect(abs(w.values[0] - first) < 1e-6 && abs(w.values[1] - second) < 1e-6)
    }

    @Test("every number is treated alike, whatever its place in a row")
    func places() {
        for rule in [Adam(), MomentumDescent()] as [any Optimizer] {
            for count in 0..<20 {
                let w = Tensor([count], [Float](repeating: 1, count: count))
                let gradient = Tensor([count], [Float](repeating: 0.3, count: count))
                let state = Tensor(zeros: [rule.stateCount, count])
                let rows = (0..<rule.stateCount).map { state.base + $0 * count }
                for step in 1...3 {
                    rule.update(w.base, gradient: gradient.base, state: rows, count: count, step: step, rate: 0.1)
                }
                #expect(Set(w.values).count == min(count, 1))
                #expect(Set(state.values).count == min(count, 1) * rule.stateCount)
            }
        }
    }

    @Test("the step size rises, reaches its peak and falls to nothing")
    func schedule() {
        let schedule = CosineSchedule(peak: 0.1, steps: 1000)
        let rates = (0..<1000).map { schedule.rate(at: $0) }
        #expect(rates[0] > 0 && rates[0] < 0.002)
        #expect(rates.max() == 0.1 && rates[50] == 0.1)
        #expect(abs(rates[525] - 0.05) < 1e-3)
        #expect(rates[999] < 1e-6 && rates.allSatisfy { $0 > 0 })
        #expect(CosineSchedule(peak: 1, steps: 1).rate(at: 0) == 1)
    }

    /// The path of a single parameter.
    private func descend(
        _ rule: some Optimizer, from start: Float, rate: Float, steps: Int, gradient: (Float) -> Float
    ) -> [Float] {
        let w = Tensor([1], [start])
        let state = Tensor(zeros: [rule.stateCount])
        let rows = (0..<rule.stateCount).map { state.base + $0 }
        return (1...steps).map { step in
            let slope = Tensor([1], [gradient(w.values[0])])
            rule.update(w.base, gradient: slope.base, state: rows, count: 1, step: step, rate: rate)
            _ = (state.values, slope.values)
            return w.values[0]
        }
    }
}
