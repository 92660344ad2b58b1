/// What `--licences` prints.
public enum Licences {
    /// Everything that is linked into `edge-run`, each with its text.
    public static var device: String {
        "This program holds these works, under the licences below.\n\n" + String(decoding: texts, as: UTF8.self)
    }

    /// The texts, unpacked: they are a twentieth of a small program, and much in them repeats.
    ///
    /// `|` ends a line. `~` with two digits and `^` with three say how far back to copy from, less one, a further digit how
    /// many bytes, less five; the last digit of each counts least. All else stands for itself.
    package static var texts: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(LicenceTexts.count)
        LicenceTexts.packed.withUTF8Buffer { packed in
            var at = 0
            while at < packed.count {
                let byte = packed[at]
                at += 1
                switch byte {
                case UInt8(ascii: "|"): bytes.append(UInt8(ascii: "\n"))
                case UInt8(ascii: "~"), UInt8(ascii: "^"):
                    var distance = 0
                    let end = at + (byte == UInt8(ascii: "~") ? 2 : 3)
                    while at < end {
                        distance = distance * 90 + digit(packed[at])
                        at += 1
                    }
                    for _ in 0..<digit(packed[at]) + 5 { bytes.append(bytes[bytes.count - 1 - distance]) }
                    at += 1
                default: bytes.append(byte)
                }
            }
        }
        return bytes
    }

    /// Whether the texts unpack to what was packed.
    package static var areWhole: Bool {
        let texts = texts
        let checksum = texts.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return texts.count == LicenceTexts.count && checksum == LicenceTexts.checksum
    }

    /// Digits are the characters from `!` on without `"`, `#` and the backslash.
    private static func digit(_ byte: UInt8) -> Int { Int(byte) - 33 - (byte > 35 ? 2 : 0) - (byte > 92 ? 1 : 0) }

    /// The same for the programs of the workstation, which also load shared libraries of the system.
    public static var workstation: String {
        """
        This program loads these shared libraries of the system; on Debian their licences stand in
        /usr/share/doc/PACKAGE/copyright.

          libopenblas0   OpenBLAS           BSD-3-Clause
          libonnx1       ONNX               Apache-2.0
          libprotobuf32  Protocol Buffers   BSD-3-Clause
          libstdc++6     GNU C++ library    GPL-3.0 with the GCC Runtime Library Exception

        The Swift toolchain's Foundation (Apache-2.0 with the Runtime Library Exception) holds ICU (Unicode-3.0).


        """ + device
    }
}
