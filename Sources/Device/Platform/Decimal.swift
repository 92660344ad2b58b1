internal import CSystem

/// Decimal numbers as text. Embedded Swift has no `Double(String)`.
public enum DecimalText {
    /// The number that all of `text` spells ("0.875", "1e-3"), rounded to the nearest double; nil for anything else.
    public static func parse(_ text: String) -> Double? {
        var value = 0.0
        return system_parse_decimal(text, &value) != 0 ? value : nil
    }

    /// The number with exactly `digits` decimals.
    public static func format(_ value: Double, digits: Int) -> String {
        let size = 384  // the largest double has 309 digits before the point
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: size) { buffer in
            guard let start = buffer.baseAddress else { return "" }
            _ = system_format_decimal(value, Int32(min(max(digits, 0), 64)), start, size)
            return String(cString: start)
        }
    }
}
