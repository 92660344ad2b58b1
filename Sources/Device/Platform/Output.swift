/// The standard output and the standard error, without a buffer in between.
public enum Output {
    /// Writes to the standard output; a full disk and a closed pipe are errors.
    public static func standard(_ text: String) throws(SystemError) {
        if let failure = write(text, to: 1, "standard output") { throw failure }
    }

    /// Writes to the standard error. There is nobody to tell when that fails.
    public static func error(_ text: String) {
        _ = write(text, to: 2, "standard error")
    }

    private static func write(_ text: String, to descriptor: Int32, _ name: String) -> SystemError? {
        var text = text
        return text.withUTF8 { bytes in
            do throws(SystemError) {
                try Platform.write(UnsafeRawBufferPointer(bytes), to: descriptor, name)
                return nil
            } catch {
                return error
            }
        }
    }
}
