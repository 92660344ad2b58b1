import EdgeFormat
import Inference
import ModelGraph

/// Golden vectors as the reference interpreter computes them: the definition, not the kernels.
enum GoldenVectors {
    static func make(
        _ graph: Graph, _ resultOf: [Graph.ValueID], _ contents: ModelContents, _ options: CompilationOptions
    ) throws(EdgeError) -> [GoldenVector] {
        let interpreter = try ReferenceInterpreter(graph)
        let model = try Model(bytes: contents.file(), place: "compiled model")
        let constants = contents.operations.indices.map { model.file.constantsDigest($0) }
        var inputs = options.goldenSeeds.map { GoldenVector.Input.seed($0) }
        if let stored = options.goldenInput, stored.count <= 65_536 {
            inputs.append(.stored(stored.map { UInt8(bitPattern: $0) }))
        }
        let size = graph.inputs.reduce(0) { $0 + graph.values[$1].type.count }
        var vectors: [GoldenVector] = []
        for input in inputs {
            let empty = GoldenVector(graph: 0, input: input, digests: [], outputs: [])
            let bytes = try empty.inputBytes(size, place: graph.name)
            let values = try interpreter.runAll(split(bytes, graph))
            let digests = zip(resultOf, constants).map {
                GoldenVector.Digests(output: xxh3(bytesOf(values[$0])), constants: $1)
            }
            let outputs = graph.outputs.flatMap { bytesOf(values[$0]) }
            vectors.append(GoldenVector(graph: 0, input: input, digests: digests, outputs: outputs))
        }
        return vectors
    }

    /// The bytes of all inputs as one array for each.
    private static func split(_ bytes: [UInt8], _ graph: Graph) -> [TensorData] {
        var offset = 0
        return graph.inputs.map { id in
            let end = offset + graph.values[id].type.count
            defer { offset = end }
            return .int8(bytes[offset..<end].map { Int8(bitPattern: $0) })
        }
    }

    private static func bytesOf(_ data: TensorData?) -> [UInt8] {
        (data?.bytes ?? []).map { UInt8(bitPattern: $0) }
    }
}
