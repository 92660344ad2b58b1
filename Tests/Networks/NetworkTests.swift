import Autograd
import EdgeFormat
import ModelGraph
import Networks
import Tensors
import Testing

@Suite("Networks")
struct NetworkTests {
    @Test("LeNet-5 has the parameters and shapes of the lectures", arguments: [(10, 61_706), (2, 61_026)])
    func lenet5(classes: Int, parameters: Int) throws {
        let network = try Recipe.lenet5.network(classes: classes, seed: 1)
        #expect(network.parameters.count == parameters)
        #expect(network.output == [classes])
        let graph = try network.graph(name: "lenet5")
        let shapes = ["convolution1", "pool1", "convolution2", "pool2", "convolution3", "flatten", "dense1", "logits"]
            .map { name in graph.values.first { $0.name == name }?.type.shape }
        #expect(
            shapes == [
                [1, 28, 28, 6], [1, 14, 14, 6], [1, 10, 10, 16], [1, 5, 5, 16], [1, 1, 1, 120], [1, 120], [1, 84],
                [1, classes],
            ])
    }

    @Test("a convolution of 3 channels to 2 with a window of 3 has 56 parameters")
    func parameterCount() throws {
        let network = try Network(
            Chain([8, 8, 3], .convolution(filters: 2, SquareWindow(3), relu: false)), seed: 1)
        #expect(network.parameters.count == 56)
    }

    @Test("the seed decides the start: biases are 0, weights lie within the bound")
    func start() throws {
        let first = try Recipe.lenet5.network(classes: 10, seed: 7).parameters.values
        #expect(try Recipe.lenet5.network(classes: 10, seed: 7).parameters.values == first)
        #expect(try Recipe.lenet5.network(classes: 10, seed: 8).parameters.values != first)
        let bound = Parameter.Start.rectified(inputs: 25).bound
        #expect(abs(bound - 0.48989794) < 1e-7)
        #expect(first[..<150].allSatisfy { abs($0) <= bound } && first[..<150].contains { abs($0) > 0.9 * bound })
        #expect(first[150..<156].allSatisfy { $0 == 0 })
    }

    @Test("the exported graph computes what the network computes")
    func export() throws {
        try BLAS.load()
        let network = try Network(
            Chain(
                [13, 12, 2], .convolution(filters: 4, SquareWindow(3, stride: 2, padding: 1), relu: true),
                .pool(.largest, SquareWindow(2, stride: 2)), .convolution(filters: 3, SquareWindow(2), relu: false),
                .activation(.tanh), .pool(.average, SquareWindow(3, stride: 2, padding: 1)), .activation(.sigmoid),
                .flatten, .dense(outputs: 5, relu: true), .activation(.relu), .activation(.silu),
                .dense(outputs: 4, relu: false)), seed: 3)
        let x = fill(network, seed: 4)
        let ours = network.forward(Tensor([1] + network.input, x), gradients: nil, on: Tape()).value.values
        let theirs = try ReferenceInterpreter(network.graph(name: "test")).run([.float32(x)])[0].floats
        #expect(ours.count == 4 && largestDifference(ours, theirs ?? []) < 1e-5)
    }

    @Test("a recipe's graph says how its input is made and what its outputs mean")
    func metadata() throws {
        let recipe = Recipe.lenet5
        let graph = try recipe.graph(of: recipe.network(classes: 3, seed: 1), labels: ["a", "b", "c"])
        #expect(graph.name == "lenet5")
        #expect(
            graph.metadata == [
                "swiftlet.input.resize": "32x32", "swiftlet.input.color": "grey", "swiftlet.input.mean": "0.1307",
                "swiftlet.input.std": "0.3081", "swiftlet.output.labels": "a\nb\nc",
            ])
        #expect(graph.inputs.map { graph.values[$0].name } == ["input"])
        #expect(graph.outputs.map { graph.values[$0].type.shape } == [[1, 3]])
        #expect(Recipe.named("lenet5")?.name == "lenet5" && Recipe.named("lenet6") == nil)
        #expect(recipe.input.value(of: 0, channel: 0) == (0 - 0.1307) / (0.3081 as Float))
    }

    @Test("operations refuse inputs that they cannot take, by name")
    func refusals() throws {
        let picture = [4, 4, 1]
        let wrong: [Chain] = [
            Chain(picture, .convolution(filters: 1, SquareWindow(5), relu: false)),
            Chain([16], .convolution(filters: 1, SquareWindow(1), relu: true)),
            Chain(picture, .convolution(filters: 0, SquareWindow(1), relu: true)),
            Chain(picture, .convolution(filters: 1 << 30, SquareWindow(1), relu: true)),
            Chain(picture, .pool(.average, SquareWindow(2, padding: 2))),
            Chain(picture, .pool(.largest, SquareWindow(5))), Chain(picture, .dense(outputs: 2, relu: true)),
            Chain([4], .dense(outputs: 0, relu: true)), Chain(picture, .groupNorm(groups: 2, silu: true)),
            Chain([4], .groupNorm(groups: 1, silu: true)), Chain(picture, .addition(factor: 2)),
            Chain(picture, .concatenation(factor: 2)),
        ]
        for chain in wrong {
            #expect {
                try Network(chain, seed: 1)
            } throws: {
                ($0 as? EdgeError)?.line.contains("'0") == true
            }
        }
    }
}

/// Gives every parameter of a network a number, and draws an input for one sample.
func fill(_ network: Network, seed: UInt64) -> [Float] {
    var generator = RandomGenerator(seed)
    for index in 0..<network.parameters.count where network.parameters.base[index] == 0 {
        network.parameters.base[index] = 0.2 * generator.signedUnit()
    }
    return (0..<network.input.reduce(1, *)).map { _ in generator.signedUnit() }
}

/// Infinite where the counts differ.
func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
    a.count == b.count ? zip(a, b).map { abs($0 - $1) }.max() ?? 0 : .infinity
}
