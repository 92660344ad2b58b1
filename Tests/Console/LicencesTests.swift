import Console
import Testing

/// The texts that every program must be able to print.
@Suite struct LicencesTests {
    @Test func textsUnpackToWhatWasPacked() {
        #expect(Licences.areWhole)
        #expect(
            Licences.device.hasPrefix("This program holds these works, under the licences below.\n\nSwiftlet\n====="))
    }

    @Test func everyLibraryHasItsText() {
        for words in [
            "Apache License", "GNU C Library (glibc)", "GNU LESSER GENERAL PUBLIC LICENSE",
            "GCC RUNTIME LIBRARY EXCEPTION",
            "Independent JPEG Group", "libpng", "Jean-loup Gailly and Mark Adler", "Yann Collet",
        ] {
            #expect(Licences.device.contains(words))
            #expect(Licences.workstation.contains(words))
        }
    }
}
