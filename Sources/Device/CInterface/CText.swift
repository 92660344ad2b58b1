/// A text as C reads it: bytes at an address that stays until this object goes, with a zero after them.
final class CText {
    let bytes: UnsafePointer<CChar>

    init(_ text: String) {
        let utf8 = text.utf8
        let memory = UnsafeMutablePointer<CChar>.allocate(capacity: utf8.count + 1)
        var count = 0
        for byte in utf8 {
            memory[count] = CChar(bitPattern: byte)
            count += 1
        }
        memory[count] = 0
        bytes = UnsafePointer(memory)
    }

    deinit { bytes.deallocate() }
}
