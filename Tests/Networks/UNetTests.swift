import Autograd
import Diffusion
import EdgeFormat
import ModelGraph
import Networks
import Tensors
import Testing

@Suite("Noise networks")
struct UNetTests {
    @Test("one of width 32 has 0.94 million parameters, and one more label costs one row")
    func parameterCount() throws {
        // By hand: residual blocks of 16, 64 and 96 channels and what stands between them.
        func convolution(_ inputs: Int, _ outputs: Int, _ window: Int = 3) -> Int {
            outputs * (window * window * inputs + 1)
        }
        func dense(_ inputs: Int, _ outputs: Int) -> Int { outputs * (inputs + 1) }
        func block(_ inputs: Int, _ outputs: Int) -> Int {
            let ends = convolution(inputs, outputs) + convolution(outputs, outputs) + 2 * (inputs + outputs)
            return ends + dense(128, outputs) + (inputs == outputs ? 0 : convolution(inputs, outputs, 1))
        }
        let time = dense(32, 128) + dense(128, 128) + 11 * 128
        let down = convolution(1, 16) + block(16, 16) + convolution(16, 16) + block(16, 64) + convolution(64, 64)
        let bottom = block(64, 96) + block(96, 96) + block(192, 96)
        let up = convolution(96, 64) + block(128, 64) + convolution(64, 16) + block(32, 16) + 32 + convolution(16, 1)
        let network = try Recipe.ddpm.network(classes: 10, seed: 1)
        #expect(network.parameters.count == time + down + bottom + up)
        #expect((900_000...1_000_000).contains(network.parameters.count))
        #expect(try Recipe.ddpm.network(classes: 11, seed: 1).parameters.count == network.parameters.count + 128)
    }

    @Test("has three sizes, and skips of the width of what they lead past")
    func shapes() throws {
        let graph = try Recipe.ddpm.network(classes: 10, seed: 1).graph(name: "ddpm")
        func shape(_ name: String) -> [Int]? { graph.values.first { $0.name == name }?.type.shape }
        #expect(shape("first") == [1, 32, 32, 16] && shape("narrow0") == [1, 16, 16, 16])
        #expect(shape("down1") == [1, 16, 16, 64] && shape("narrow1") == [1, 8, 8, 64])
        #expect(shape("middle") == [1, 8, 8, 96] && shape("skip2") == [1, 8, 8, 192])
        #expect(shape("skip1") == [1, 16, 16, 128] && shape("skip0") == [1, 32, 32, 32])
        #expect(graph.inputs.map { graph.values[$0].name } == ["x", "t", "label"])
        #expect(graph.inputs.map { graph.values[$0].type.element } == [.float32, .int64, .int64])
        #expect(graph.outputs.map { graph.values[$0].name } == ["noise"] && shape("noise") == [1, 32, 32, 1])
    }

    @Test("predicts 0 before its training")
    func start() throws {
        try BLAS.load()
        let network = try Network(UNet(input: [8, 8, 1], classes: 3, width: 8), seed: 1)
        let x = Tensor([2, 8, 8, 1], [Float](repeating: 1, count: 128))
        let y = network.forward(x, [[0, 999], [3, 0]], gradients: nil, on: Tape()).value.values
        #expect(y == [Float](repeating: 0, count: 128))
    }

    @Test("the exported graph computes what the network computes, for any time step and label", arguments: [8, 16])
    func export(width: Int) throws {
        try BLAS.load()
        let network = try Network(UNet(input: [16, 16, 1], classes: 3, width: width), seed: 5)
        let x = fill(network, seed: 6)
        let interpreter = try ReferenceInterpreter(network.graph(name: "test"))
        let tape = Tape()
        var seen: [[Float]] = []
        for (t, label) in [(0, 0), (1, 3), (500, 1), (999, 2), (999, 3)] {
            tape.reset()
            let ours = network.forward(
                Tensor([1] + network.input, x), [[t], [label]], gradients: nil, on: tape
            ).value.values
            let theirs = try interpreter.run([.float32(x), .int64([Int64(t)]), .int64([Int64(label)])])[0].floats
            #expect(largestDifference(ours, theirs ?? []) < 1e-4)
            #expect(!seen.contains { largestDifference($0, ours) < 1e-3 })
            seen.append(ours)
        }
    }

    @Test("samples of a batch do not see each other")
    func batch() throws {
        try BLAS.load()
        let network = try Network(UNet(input: [8, 8, 1], classes: 3, width: 8), seed: 5)
        let (first, second) = (fill(network, seed: 6), fill(network, seed: 7))
        let tape = Tape()
        let both = network.forward(
            Tensor([2] + network.input, first + second), [[10, 700], [0, 3]], gradients: nil, on: tape
        ).value.values
        let alone = network.forward(
            Tensor([1] + network.input, second), [[700], [3]], gradients: nil, on: tape
        ).value.values
        #expect(largestDifference(Array(both[64...]), alone) < 1e-5)
    }

    @Test("values are dropped while training only, by what the key says")
    func dropout() throws {
        try BLAS.load()
        let network = try Network(UNet(input: [8, 8, 1], classes: 3, width: 8), seed: 5)
        let x = Tensor([1] + network.input, fill(network, seed: 6))
        func output(_ key: UInt64?) -> [Float] {
            network.forward(x, [[10], [0]], gradients: nil, dropout: key, on: Tape()).value.values
        }
        #expect(output(1) == output(1) && output(nil) == output(nil))
        #expect(output(1) != output(2) && output(1) != output(nil))
    }

    @Test("a recipe's graph says what it was trained for")
    func metadata() throws {
        let network = try Recipe.ddpm.network(classes: 2, width: 16, seed: 1)
        let graph = try Recipe.ddpm.graph(of: network, labels: ["a", "b"], schedule: .cosine)
        #expect(
            try DiffusionSettings(metadata: graph.metadata) == DiffusionSettings(scheduleKind: .cosine, classes: 2))
        #expect(graph.metadata["swiftlet.output.labels"] == "a\nb")
        #expect(Recipe.ddpm.input.value(of: 0, channel: 0) == -1 && Recipe.ddpm.input.value(of: 255, channel: 0) == 1)
    }
}
