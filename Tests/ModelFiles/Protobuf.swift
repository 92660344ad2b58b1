import Foundation

/// A protobuf message written field by field, to make ONNX files that no exporter would write.
struct Message {
    private(set) var bytes: [UInt8] = []

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 128 {
            bytes.append(UInt8(rest & 127) | 128)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    func adding(_ field: Int, _ value: Int) -> Message {
        var message = self
        message.varint(UInt64(field << 3))
        message.varint(UInt64(bitPattern: Int64(value)))
        return message
    }

    func adding(_ field: Int, _ value: [UInt8]) -> Message {
        var message = self
        message.varint(UInt64(field << 3 | 2))
        message.varint(UInt64(value.count))
        message.bytes += value
        return message
    }

    func adding(_ field: Int, _ value: Float) -> Message {
        var message = self
        message.varint(UInt64(field << 3 | 5))
        withUnsafeBytes(of: value.bitPattern.littleEndian) { message.bytes += Array($0) }
        return message
    }

    func adding(_ field: Int, _ text: String) -> Message { adding(field, Array(text.utf8)) }
    func adding(_ field: Int, _ message: Message) -> Message { adding(field, message.bytes) }
}

/// The messages of onnx.proto that the tests need, by its field numbers.
enum Proto {
    static func tensor(_ name: String, type: Int, _ dimensions: [Int]) -> Message {
        dimensions.reduce(Message().adding(2, type).adding(8, name)) { $0.adding(1, $1) }
    }

    static func tensor(_ name: String, _ dimensions: [Int], floats: [Float]) -> Message {
        floats.reduce(tensor(name, type: 1, dimensions)) { $0.adding(4, $1) }
    }

    static func raw(_ name: String, type: Int, _ dimensions: [Int], _ elements: [some BitwiseCopyable]) -> Message {
        tensor(name, type: type, dimensions).adding(9, elements.withUnsafeBytes { Array($0) })
    }

    /// nil stands for a dimension that has a name instead of a size.
    static func value(_ name: String, type: Int = 1, _ dimensions: [Int?]) -> Message {
        let shape = dimensions.reduce(Message()) { shape, size in
            shape.adding(1, size.map { Message().adding(1, $0) } ?? Message().adding(2, "N"))
        }
        let tensor = Message().adding(1, type).adding(2, shape)
        return Message().adding(1, name).adding(2, Message().adding(1, tensor))
    }

    static func attribute(_ name: String, _ value: Int) -> Message {
        Message().adding(1, name).adding(3, value).adding(20, 2)
    }

    static func attribute(_ name: String, _ value: Float) -> Message {
        Message().adding(1, name).adding(2, value).adding(20, 1)
    }

    static func attribute(_ name: String, _ value: String) -> Message {
        Message().adding(1, name).adding(4, value).adding(20, 3)
    }

    static func attribute(_ name: String, _ values: [Int]) -> Message {
        values.reduce(Message().adding(1, name).adding(20, 7)) { $0.adding(8, $1) }
    }

    /// A node called `n` with any attributes and outputs.
    static func node(
        _ type: String, _ inputs: [String], outputs: [String] = ["y"], _ attributes: Message...
    ) -> Message {
        var node = inputs.reduce(Message()) { $0.adding(1, $1) }.adding(3, "n").adding(4, type)
        node = outputs.reduce(node) { $0.adding(2, $1) }
        return attributes.reduce(node) { $0.adding(5, $1) }
    }

    static func integers(_ name: String, _ elements: [Int64]) -> Message {
        raw(name, type: 7, [elements.count], elements)
    }

    static func node(
        _ type: String, _ inputs: [String], _ output: String, name: String = "", domain: String = "",
        ints: [String: [Int]] = [:]
    ) -> Message {
        var node = inputs.reduce(Message()) { $0.adding(1, $1) }.adding(2, output).adding(3, name).adding(4, type)
        for (key, values) in ints {
            node = node.adding(5, values.reduce(Message().adding(1, key).adding(20, 7)) { $0.adding(8, $1) })
        }
        return domain.isEmpty ? node : node.adding(7, domain)
    }

    static func model(
        _ nodes: [Message], constants: [Message] = [], input: Message = value("x", [1, 4]), output: String = "y",
        opset: Int? = 13
    ) -> [UInt8] {
        model(nodes, constants, inputs: [input], outputs: [Message().adding(1, output)], opset: opset)
    }

    static func model(
        _ nodes: [Message], _ constants: [Message], inputs: [Message], outputs: [Message], opset: Int? = 13
    ) -> [UInt8] {
        var graph = nodes.reduce(Message()) { $0.adding(1, $1) }.adding(2, "made by hand")
        graph = constants.reduce(graph) { $0.adding(5, $1) }
        graph = inputs.reduce(graph) { $0.adding(11, $1) }
        graph = outputs.reduce(graph) { $0.adding(12, $1) }
        var model = Message().adding(1, 7).adding(7, graph)
        if let opset { model = model.adding(8, Message().adding(2, opset)) }
        return model.bytes
    }
}
