extension StaticString {
    /// The same text as a `String`. Embedded Swift has no description to rely on.
    public var text: String {
        withUTF8Buffer { String(decoding: $0, as: UTF8.self) }
    }
}
