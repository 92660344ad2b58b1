internal import Platform

/// Writes one JSON value piece by piece; commas come by themselves.
///
///     var json = JSONWriter()
///     json.beginObject()
///     json.key("index"); json.integer(7)
///     json.endObject()
public struct JSONWriter {
    /// The text so far, as UTF-8.
    public private(set) var bytes: [UInt8] = []
    /// Whether a value stands before the next one at this depth.
    private var needsComma = false

    public init() {}

    /// The text so far.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    public mutating func beginObject() { open("{") }
    public mutating func endObject() { close("}") }
    public mutating func beginArray() { open("[") }
    public mutating func endArray() { close("]") }

    /// The name of the next value of an object.
    public mutating func key(_ name: StaticString) { key(name.text) }

    /// The name of the next value of an object.
    public mutating func key(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    public mutating func string(_ text: String) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0..<32, 127: escape(byte)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    public mutating func integer(_ value: Int) { raw(String(value)) }

    /// A number with exactly `digits` decimals; what JSON has no number for becomes null.
    public mutating func decimal(_ value: Double, digits: Int) {
        value.isFinite ? raw(DecimalText.format(value, digits: digits)) : null()
    }

    /// 64 bits as 16 hexadecimal digits in quotes: JSON's numbers are too small for a digest.
    public mutating func digest(_ value: UInt64) {
        let digits = String(value, radix: 16)
        string(String(repeating: "0", count: 16 - digits.utf8.count) + digits)
    }

    public mutating func bool(_ value: Bool) { raw(value ? "true" : "false") }
    public mutating func null() { raw("null") }

    private mutating func raw(_ text: String) {
        separate()
        bytes += Array(text.utf8)
    }

    private mutating func open(_ bracket: Unicode.Scalar) {
        separate()
        bytes.append(UInt8(ascii: bracket))
        needsComma = false
    }

    private mutating func close(_ bracket: Unicode.Scalar) {
        bytes.append(UInt8(ascii: bracket))
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func escape(_ byte: UInt8) {
        let digits = Array("0123456789abcdef".utf8)
        bytes += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
}
