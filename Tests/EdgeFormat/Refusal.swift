import EdgeFormat
import Testing

/// Why the reader refuses a file, always as one of bad data; nil where it takes it.
func refusal(of file: [UInt8]) -> String? {
    file.withUnsafeBytes { buffer in
        do throws(EdgeError) {
            _ = try ModelFile(buffer, place: "x.edge", keeping: nil)
            return nil
        } catch {
            #expect(error.kind == .data)
            return error.line
        }
    }
}
