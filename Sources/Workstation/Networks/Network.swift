public import Autograd
public import EdgeFormat
public import ModelGraph
public import Tensors

/// An architecture with the numbers that it trains.
///
/// All parameters stand in one flat tensor, in the order of the architecture: an optimizer, a checkpoint or a sum of
/// gradients is one loop.
public struct Network: Sendable {
    public let architecture: any Architecture
    /// The shape of one sample's output.
    public let output: [Int]
    /// Every parameter's number; a gradient is a tensor of the same size.
    public let parameters: Tensor
    let places: [Place]

    /// Where a parameter is.
    struct Place: Sendable {
        let parameter: Parameter
        let offset: Int
        /// What its start depends on, beside the seed.
        let key: (operation: UInt64, number: UInt64)
    }

    /// A network before its training; the seed decides the numbers that it starts from.
    /// - Throws: `EdgeError` when an operation cannot take what it is given.
    public init(_ architecture: some Architecture, seed: UInt64) throws(EdgeError) {
        self.architecture = architecture
        let (graph, builder) = try GraphBuilder.graph(of: architecture, name: "", numbers: nil)
        output = graph.outputs.first.map { Array(graph.values[$0].type.shape.dropFirst()) } ?? []
        var places: [Place] = []
        var offset = 0
        for (parameter, key) in builder.declared {
            places.append(Place(parameter: parameter, offset: offset, key: key))
            offset += parameter.count
        }
        self.places = places
        parameters = Tensor(zeros: [offset])
        for place in places { start(place, seed: seed) }
    }

    private init(_ network: Network, parameters: Tensor) {
        architecture = network.architecture
        output = network.output
        places = network.places
        self.parameters = parameters
    }

    /// The same architecture with other numbers.
    /// - Precondition: as many of them.
    public func with(_ parameters: Tensor) -> Network {
        precondition(parameters.count == self.parameters.count, "the same network has as many parameters")
        return Network(self, parameters: parameters)
    }

    /// The shape of one sample.
    public var input: [Int] { architecture.input }

    /// Computes the output of a few samples on a tape.
    /// - Parameters:
    ///   - x: N·(input).
    ///   - indices: for each of the architecture's `indexNames` one number a sample, within its bounds.
    ///   - gradients: a tensor like `parameters` that the gradients of all parameters go into; nil: there are none.
    ///   - dropout: what the dropped values depend on; nil: none are dropped.
    public func forward(
        _ x: Tensor, _ indices: [[Int]] = [], gradients: Tensor?, dropout: UInt64? = nil, on tape: Tape
    ) -> Variable {
        var builder = TapeBuilder(self, on: tape, gradients: gradients, dropout: dropout)
        do throws(EdgeError) {
            return try architecture.build(tape.constant(x), indices, with: &builder)
        } catch {
            preconditionFailure("shapes are checked when the network is made: \(error.line)")
        }
    }

    /// The network as a graph for one sample, with the numbers that it has now.
    public func graph(name: String) throws(EdgeError) -> Graph {
        try GraphBuilder.graph(of: architecture, name: name) { [parameters, places] index in
            parameters.slice(at: places[index].offset, places[index].parameter.shape).values
        }.graph
    }

    private func start(_ place: Place, seed: UInt64) {
        let numbers = parameters.slice(at: place.offset, place.parameter.shape)
        if place.parameter.start == .ones { return numbers.fill(1) }
        var generator = RandomGenerator(seed, place.key.operation, place.key.number)
        let bound = place.parameter.start.bound
        for index in 0..<numbers.count { numbers.base[index] = bound * generator.signedUnit() }
    }
}
