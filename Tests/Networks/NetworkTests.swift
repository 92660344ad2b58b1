import Autograd
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
        var shape = network.input
        var shapes: [[Int]] = []
        for layer in network.layers {
            shape = try layer.outputShape(of: shape)
            shapes.append(shape)
        }
        #expect(
            shapes == [
                [28, 28, 6], [14, 14, 6], [10, 10, 16], [5, 5, 16], [1, 1, 120], [120], [84], [classes],
            ])
    }

    @Test("a convolution of 3 channels to 2 with a window of 3 has 56 parameters")
    func parameterCount() throws {
        let network = try Network(
            [ConvolutionLayer("c", filters: 2, window: 3, relu: false)], input: [8, 8, 3], seed: 1)
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
        let layers: [any Layer] = [
            ConvolutionLayer("first", filters: 4, window: 3, stride: 2, padding: 1, relu: true),
            PoolLayer("largest", .largest, window: 2), ConvolutionLayer("second", filters: 3, window: 2, relu: false),
            ActivationLayer("bent", .tanh), PoolLayer("mean", .average, window: 3, stride: 2, padding: 1),
            ActivationLayer("curved", .sigmoid), FlattenLayer("flat"), DenseLayer("hidden", outputs: 5, relu: true),
            ActivationLayer("again", .relu), DenseLayer("last", outputs: 4, relu: false),
        ]
        let network = try Network(layers, input: [13, 12, 2], seed: 3)
        var generator = RandomGenerator(4)
        for index in 0..<network.parameters.count where network.parameters.base[index] == 0 {
            network.parameters.base[index] = generator.signedUnit()
        }
        let x = (0..<network.input.reduce(1, *)).map { _ in generator.signedUnit() }
        let tape = Tape()
        let ours = network.forward(Tensor([1] + network.input, x), gradients: nil, on: tape).value.values
        let graph = try network.graph(name: "test")
        let theirs = try ReferenceInterpreter(graph).run([.float32(x)])[0].floats
        #expect(theirs?.count == 4)
        for (a, b) in zip(ours, theirs ?? []) { #expect(abs(a - b) < 1e-5) }
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

    @Test("layers refuse inputs that they cannot take, by name")
    func refusals() throws {
        let wrong: [(any Layer, [Int])] = [
            (ConvolutionLayer("c", filters: 1, window: 5, relu: true), [4, 4, 1]),
            (ConvolutionLayer("c", filters: 1, window: 1, relu: true), [16]),
            (ConvolutionLayer("c", filters: 0, window: 1, relu: true), [4, 4, 1]),
            (ConvolutionLayer("c", filters: 1 << 30, window: 1, relu: true), [4, 4, 1]),
            (PoolLayer("c", .average, window: 2, padding: 2), [4, 4, 1]),
            (PoolLayer("c", .largest, window: 5), [4, 4, 1]),
            (DenseLayer("c", outputs: 2, relu: true), [4, 4, 1]), (DenseLayer("c", outputs: 0, relu: true), [4]),
        ]
        for (layer, shape) in wrong {
            #expect(throws: (any Error).self) { try Network([layer], input: shape, seed: 1) }
        }
    }
}
