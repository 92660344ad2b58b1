import EdgeFormat
import ModelGraph

/// Turns a file's nodes into a graph, one after the other. What depends on constants alone is computed here.
///
/// Pictures are N·C·H·W in the file and N·H·W·C in the graph. A value's `Layout` says how it lies; transposes are left
/// behind only where elements really have to move.
struct ONNXImporter {
    /// A value that is given, constant or computed.
    struct Computed: Equatable {
        var id: Graph.ValueID
        var layout: Layout
    }

    let document: ONNXDocument
    let options: ImportOptions
    let nodes: [ONNXNode]
    let opset: Int
    var result: Graph
    /// What the file's names stand for.
    private(set) var computed: [String: Computed] = [:]
    /// The values among them.
    private(set) var named: Set<Graph.ValueID> = []
    /// Constants of the file by name.
    private(set) var constants: [String: ONNXTensor]
    /// Names that nodes compute, to tell a cycle from a name that is nowhere.
    private let promised: Set<String>
    /// How often each name is read, as an output of the model too.
    private(set) var readers: [String: Int] = [:]
    /// The node that computes a value, as an index into the graph's.
    var producers: [Graph.ValueID: Int] = [:]
    /// Values that are read under several names.
    private(set) var shared: Set<Graph.ValueID> = []
    /// Names that are float16 in the file; in the graph they are float32.
    var halfNames: Set<String> = []
    /// Names that are quantized in the file; in the graph they are floats that know their integers.
    var quantizedNames: Set<String> = []
    /// The node that is being added, as the graph calls it.
    private(set) var label = ""
    /// What was moved or reshaped before, by what it is.
    var moved: [Move: Graph.ValueID] = [:]
    /// Bytes of memory that it took to make constants and tables, beyond what they were made from.
    var madeBytes = 0

    struct Move: Hashable {
        var id: Graph.ValueID
        var axes: [Int]
        var shape: [Int]
    }

    init(_ document: ONNXDocument, _ options: ImportOptions) throws(EdgeError) {
        self.document = document
        self.options = options
        // Unknown operators are told before constants that cannot be read, and are known only after the patterns, which
        // look at constants.
        let initializers = Result { () throws(EdgeError) in try document.initializers() }
        let known = (try? initializers.get()) ?? [:]
        let outputs = document.outputs.map(\.name)
        nodes = TimeEmbeddingPattern(
            GELUPattern(document.nodes, constants: known, outputs: outputs).replaced(), constants: known,
            outputs: outputs
        ).replaced()
        guard !nodes.isEmpty else { throw EdgeError(.data, at: "", "not an ONNX model: there are no nodes in it") }
        try Self.refuseUnknown(nodes)
        guard let opset = document.opset else {
            throw EdgeError(.data, at: "", "the file does not say which operator set it uses")
        }
        guard Self.opsets.contains(opset) else {
            throw EdgeError(
                .data, at: "",
                "operator set \(opset); \(Self.opsets.lowerBound) ... \(Self.opsets.upperBound) are supported")
        }
        guard !document.hasSparseInitializers else {
            throw EdgeError(.data, at: "", "sparse constants are not supported")
        }
        self.opset = opset
        constants = try initializers.get()
        for (name, tensor) in options.constants {
            let count = tensor.shape == [0] ? 0 : try Shape.elementCount(tensor.shape)
            guard tensor.data.count == count else {
                throw EdgeError(
                    .data, at: "constant '\(name)'", "holds \(tensor.data.count) elements; its shape wants \(count)")
            }
            constants[name] = ONNXTensor(shape: tensor.shape, data: tensor.data)
        }
        promised = Set(nodes.flatMap(\.outputs))
        result = Graph(name: document.name)
        result.metadata = document.metadata
        for name in nodes.flatMap(\.inputs) + outputs { readers[name, default: 0] += 1 }
    }

    static let opsets = 7...27
    /// The most bytes of memory that the making of constants and tables may take: a few bytes of a file can ask for any
    /// number.
    static let madeLimit = 1 << 30

    /// The whole graph, valid and without dead values.
    mutating func graph() throws(EdgeError) -> Graph {
        try addInputs()
        for node in nodes {
            do throws(EdgeError) { try add(node) } catch { throw error.within(node.place) }
        }
        for output in document.outputs {
            do throws(EdgeError) { try addOutput(output.name) } catch { throw error.within("output '\(output.name)'") }
        }
        let graph = result.removingDeadCode()
        try graph.validate()
        return graph
    }

    private mutating func addOutput(_ name: String) throws(EdgeError) {
        var value = try value(name)
        guard !quantizedNames.contains(name) else {
            throw EdgeError(.data, at: "", "a quantized tensor as an output is not supported")
        }
        if halfNames.contains(name) { value = try convert(value, to: .float16) }
        let (id, order) = try inOrder(value)
        let output = try named(id, name)
        result.outputs.append(output)
        let identity = Array(order.indices)
        if order != identity {
            result.values[output].sourceAxes = identity.map { axis in order.firstIndex(of: axis) ?? axis }
        }
    }

    /// The value under the name of an output: an alias that was skipped may have left it another one.
    private mutating func named(_ id: Graph.ValueID, _ name: String) throws(EdgeError) -> Graph.ValueID {
        let isTaken = result.inputs.contains(id) || result.outputs.contains(id) || result.values[id].constant != nil
        if isTaken { return try result.add(Identity(), name: name, inputs: [id]) }
        result.values[id].name = name
        return id
    }

    private mutating func add(_ node: ONNXNode) throws(EdgeError) {
        guard let rule = Self.rule(node) else { return }
        for attribute in node.attributes.keys.sorted() where !rule.attributes.contains(attribute) {
            throw EdgeError(.data, at: "", "attribute '\(attribute)' of \(node.type) is not supported")
        }
        for name in node.inputs where !name.isEmpty { try expectDefined(name) }
        guard node.outputs.contains(where: { !$0.isEmpty }) else {
            throw EdgeError(.data, at: "", "there is no output")
        }
        label = node.label
        try rule.add(&self, node)
        let isHalf = node.inputs.contains(where: halfNames.contains) && !rule.decidesType
        if isHalf { halfNames.formUnion(node.outputs) }
        let isQuantized =
            node.inputs.contains(where: quantizedNames.contains) && !rule.decidesType && node.domain.isEmpty
        if isQuantized { quantizedNames.formUnion(node.outputs) }
    }
}

// Names and what they stand for.
extension ONNXImporter {
    /// The value of a name, also of a constant.
    mutating func value(_ name: String) throws(EdgeError) -> Computed {
        if let value = computed[name] { return value }
        try expectDefined(name)
        guard let tensor = constants[name] else { throw EdgeError(.data, at: "", "there is no value named '\(name)'") }
        let isHalf = tensor.data.elementType == .float16
        if isHalf { halfNames.insert(name) }
        let data = isHalf ? TensorData(.float32, reals: tensor.data.reals ?? []) : tensor.data
        let id = try addConstant(name, tensor.shape, data)
        let value = Computed(id: id, layout: Layout(same: tensor.shape))
        computed[name] = value
        named.insert(id)
        return value
    }

    /// Checks that a name is given, constant, or computed by an earlier node.
    private func expectDefined(_ name: String) throws(EdgeError) {
        guard computed[name] == nil, constants[name] == nil else { return }
        throw EdgeError(
            .data, at: "",
            promised.contains(name)
                ? "'\(name)' is computed only later: the graph has a cycle or is not in order"
                : "there is no value named '\(name)'")
    }

    /// An input of a node.
    mutating func input(_ node: ONNXNode, _ index: Int = 0) throws(EdgeError) -> Computed {
        guard let value = try optionalInput(node, index) else {
            throw EdgeError(.data, at: "", index == 0 ? "there is no input" : "input \(index) is missing")
        }
        return value
    }

    /// An input of a node; nil where it leaves it out.
    mutating func optionalInput(_ node: ONNXNode, _ index: Int) throws(EdgeError) -> Computed? {
        guard node.has(input: index) else { return nil }
        return try value(node.inputs[index])
    }

    /// Whether a name is a constant, of the file or computed from such.
    func isConstant(_ name: String) -> Bool {
        if let value = computed[name] { return result.values[value.id].constant != nil }
        return constants[name] != nil
    }

    /// A constant input as it is in the file; nil where the node leaves it out.
    mutating func optionalConstant(_ node: ONNXNode, _ index: Int, _ what: String) throws(EdgeError) -> ONNXTensor? {
        guard node.has(input: index) else { return nil }
        let name = node.inputs[index]
        guard isConstant(name) else {
            throw EdgeError(
                .data, at: "",
                "\(what) '\(name)' is computed; only constants are supported" + advice(name))
        }
        guard let value = computed[name] else { return constants[name] }
        let id = try inFileOrder(value)
        return result.values[id].constant.map { ONNXTensor(shape: shape(id), data: $0) }
    }

    /// What to do about an input that should be a constant.
    func advice(_ name: String) -> String {
        result.inputs.contains { result.values[$0].name == name }
            ? " (an input that never changes becomes a constant by --constant \(name)=FILE.npy)" : ""
    }

    mutating func constant(_ node: ONNXNode, _ index: Int, _ what: String) throws(EdgeError) -> ONNXTensor {
        guard let tensor = try optionalConstant(node, index, what) else {
            throw EdgeError(.data, at: "", "\(what) (input \(index)) is missing")
        }
        return tensor
    }

    /// A constant of floats.
    mutating func floats(
        _ node: ONNXNode, _ index: Int, _ what: String
    ) throws(EdgeError) -> (shape: [Int], elements: [Float]) {
        let tensor = try constant(node, index, what)
        guard let floats = tensor.data.reals else {
            throw EdgeError(.data, at: "", "\(what) is \(tensor.data.elementType.rawValue), not float32")
        }
        return (tensor.shape, floats)
    }

    /// A constant list of integers; nil where the node leaves it out.
    mutating func optionalIntegers(_ node: ONNXNode, _ index: Int, _ what: String) throws(EdgeError) -> [Int]? {
        guard let tensor = try optionalConstant(node, index, what) else { return nil }
        guard tensor.shape.count <= 1 else { throw EdgeError(.data, at: "", "\(what) is no list") }
        guard let wholes = tensor.data.wholes else {
            throw EdgeError(.data, at: "", "\(what) is \(tensor.data.elementType.rawValue), not int64")
        }
        return wholes.map { Int($0) }
    }

    mutating func integers(_ node: ONNXNode, _ index: Int, _ what: String) throws(EdgeError) -> [Int] {
        guard let list = try optionalIntegers(node, index, what) else {
            throw EdgeError(.data, at: "", "\(what) (input \(index)) is missing")
        }
        return list
    }

    /// The integers of an attribute of older operator sets, or of an input of newer ones; nil where there is neither.
    mutating func integers(
        _ node: ONNXNode, attribute: String, input: Int
    ) throws(EdgeError) -> [Int]? {
        if let given = try node.ints(attribute) { return given }
        return try optionalIntegers(node, input, attribute)
    }

    /// A scalar of floats, or a list of one; nil where the node leaves it out.
    mutating func optionalScalar(_ node: ONNXNode, _ index: Int, _ what: String) throws(EdgeError) -> Double? {
        guard let tensor = try optionalConstant(node, index, what), tensor.data.count > 0 else { return nil }
        guard tensor.data.count == 1 else { throw EdgeError(.data, at: "", "\(what) is not one number") }
        return tensor.data.reals.map { Double($0[0]) } ?? tensor.data.wholes.map { Double($0[0]) }
    }

    func shape(_ id: Graph.ValueID) -> [Int] { result.values[id].type.shape }

    func element(_ value: Computed) -> ElementType { result.values[value.id].type.element }

    /// The shape of a value as in the file.
    func fileShape(_ value: Computed) -> [Int] { value.layout.fileShape(shape(value.id)) }

    /// The shape of a node's input as in the file.
    mutating func inputShape(_ node: ONNXNode, _ index: Int = 0) throws(EdgeError) -> [Int] {
        let value = try input(node, index)
        return fileShape(value)
    }

    mutating func define(_ name: String, _ value: Computed) throws(EdgeError) {
        guard !name.isEmpty else { return }
        guard computed[name] == nil, constants[name] == nil else {
            throw EdgeError(.data, at: "", "'\(name)' is computed twice")
        }
        computed[name] = value
        named.insert(value.id)
    }

    /// A constant, in the file's order, under a name.
    mutating func define(_ name: String, constant: ONNXTensor) throws(EdgeError) {
        guard computed[name] == nil, constants[name] == nil else {
            throw EdgeError(.data, at: "", "'\(name)' is computed twice")
        }
        constants[name] = constant
    }

    /// Keeps a value from being folded into: more than one name reads it.
    mutating func share(_ id: Graph.ValueID) { shared.insert(id) }

    /// The node's output is this value under another name or in another layout.
    mutating func alias(_ node: ONNXNode, _ value: Computed) throws(EdgeError) {
        if node.inputs.contains(where: { computed[$0]?.id == value.id && readers[$0] != 1 }) { share(value.id) }
        try define(node.outputs[0], value)
    }
}

extension ONNXNode {
    /// What the graph calls the node.
    var label: String { name.isEmpty ? outputs.first { !$0.isEmpty } ?? type : name }

    func has(input index: Int) -> Bool { inputs.indices.contains(index) && !inputs[index].isEmpty }

    func has(output index: Int) -> Bool { outputs.indices.contains(index) && !outputs[index].isEmpty }
}
