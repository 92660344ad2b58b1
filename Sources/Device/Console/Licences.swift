internal import Platform

/// What `--licences` prints.
public enum Licences {
    /// Everything that is linked into `edge-run`, each with its text.
    public static var device: String {
        var text = "This program holds these works, under the licences below.\n\n"
        for part in LicenceTexts.all { text += part.text + "\n" }
        return text
    }

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
