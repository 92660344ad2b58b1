import EdgeFormat
import Inference
import ModelGraph

/// Golden vectors as the reference interpreter computes them: the definition, not the kernels.
enum GoldenVectors {
    /// - Parameter graphs: in their order in the file. The first one gets the vectors that the options ask for, the others
    ///   the first seed alone.
    static func make(
        _ graphs: [Lowering], _ contents: ModelContents, _ options: CompilationOptions
    ) throws(EdgeError) -> [GoldenVector] {
        let model = try Model(bytes: contents.file(), place: "compiled model")
        var vectors: [GoldenVector] = []
        for (index, lowering) in graphs.enumerated() {
            var inputs = options.goldenSeeds.map { GoldenVector.Input.seed($0) }
            if graphs.count > 1 { inputs = Array(inputs.prefix(1)) }
            if index == 0, let stored = options.goldenInput, stored.count <= 65_536 {
                inputs.append(.stored(stored.map { UInt8(bitPattern: $0) }))
            }
            let interpreter = try ReferenceInterpreter(lowering.graph)
            let constants = lowering.range.map { model.file.constantsDigest($0) }
            for input in inputs {
                vectors.append(
                    try vector(input, index, interpreter, lowering, constants, contents))
            }
        }
        return vectors
    }

    private static func vector(
        _ input: GoldenVector.Input, _ index: Int, _ interpreter: ReferenceInterpreter, _ lowering: Lowering,
        _ constants: [UInt64], _ contents: ModelContents
    ) throws(EdgeError) -> GoldenVector {
        let graph = lowering.graph
        let empty = GoldenVector(graph: index, input: input, digests: [], outputs: [])
        let tensors = contents.graphs[index].inputs.map { contents.tensors[$0] }
        let bytes = try empty.inputBytes(for: tensors, place: graph.name)
        let values = try interpreter.runAll(split(bytes, graph))
        let digests = zip(lowering.resultsOf, constants).map { results, constants in
            // 0 of what is not the same bits everywhere, and of a part of a node.
            let isKnown = !results.isEmpty && results.allSatisfy { !lowering.isRounded[$0] }
            let bytes = isKnown ? results.flatMap { values[$0]?.logicalBytes ?? [] } : []
            return GoldenVector.Digests(output: isKnown ? xxh3(bytes) : 0, constants: constants)
        }
        let outputs = lowering.outputs.flatMap { values[$0.value]?.logicalBytes ?? [] }
        return GoldenVector(graph: index, input: input, digests: digests, outputs: outputs)
    }

    /// The bytes of all inputs as one array for each.
    private static func split(_ bytes: [UInt8], _ graph: Graph) -> [TensorData] {
        var offset = 0
        return graph.inputs.map { id in
            let type = graph.values[id].type
            let end = offset + type.count * type.element.size
            defer { offset = end }
            return TensorData(type.element, logicalBytes: Array(bytes[offset..<end]))
        }
    }
}
