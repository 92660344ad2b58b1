import Console
import Testing

@Suite struct NumPyArrayTests {
    /// What numpy.save writes for numpy.arange(6, dtype="<f4").reshape(2, 3).
    static let saved: [UInt8] = {
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"
        let padded = header + String(repeating: " ", count: 117 - header.utf8.count) + "\n"
        let floats: [Float] = [0, 1, 2, 3, 4, 5]
        return [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(padded.utf8)
            + floats.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian) { [UInt8]($0) } }
    }()

    private func read(_ file: [UInt8]) throws -> NumPyArray {
        try file.withUnsafeBytes { try NumPyArray(npy: $0, place: "x.npy") }
    }

    private func file(_ header: String, _ version: UInt8 = 1, data: Int = 0) -> [UInt8] {
        let length = header.utf8.count
        let size: [UInt8] = [UInt8(length & 255), UInt8(length >> 8)] + (version > 1 ? [0, 0] : [])
        return [0x93] + Array("NUMPY".utf8) + [version, 0] + size + Array(header.utf8)
            + [UInt8](repeating: 0, count: data)
    }

    @Test func whatNumPySavesIsRead() throws {
        let array = try read(Self.saved)
        #expect(array.element == .float32)
        #expect(array.shape == [2, 3])
        #expect(array.bytes.count == 24)
        #expect(array.npy() == Self.saved)
    }

    @Test(arguments: NumPyArray.Element.allCases)
    func whatIsWrittenIsReadBack(_ element: NumPyArray.Element) throws {
        for shape in [[], [0], [3], [2, 5], [1, 2, 3, 4, 5]] {
            let count = shape.reduce(element.size, *)
            let array = NumPyArray(element, shape: shape, bytes: (0..<count).map { UInt8(truncatingIfNeeded: $0) })
            let file = array.npy()
            #expect((file.count - count) % 64 == 0)
            #expect(try read(file) == array)
        }
    }

    @Test func entriesMayStandInAnyOrderAndVersionsDifferInTheirLength() throws {
        for version in [UInt8(1), 2, 3] {
            let array = try read(file("{\"shape\":(4,),'fortran_order':False,'descr':'|i1'}", version, data: 4))
            #expect(array == NumPyArray(.int8, shape: [4], bytes: [0, 0, 0, 0]))
        }
    }

    @Test func everyCutFileIsRefused() {
        for count in 0..<Self.saved.count {
            let failure = #expect(throws: Failure.self) { try read(Array(Self.saved.prefix(count))) }
            #expect(failure?.status == .data && failure?.line.hasPrefix("x.npy: ") == true)
        }
        #expect(throws: Failure(.data, "x.npy: the shape needs 24 bytes, the file has 25")) {
            try read(Self.saved + [0])
        }
    }

    @Test(arguments: [
        ("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", "elements of type '<f8'"),
        ("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", "elements of type '>f4'"),
        ("{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }", "columns first"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904,9,), }", "the header is not NumPy's"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (461168601842738790,9,), }", "the shape is too large"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", "the header is not NumPy's"),
        ("{'descr': '<f4', 'fortran_order': False}", "the header is not NumPy's"),
        ("{'descr': '<f4', 'descr", "the header is not NumPy's"), ("", "the header is not NumPy's"),
    ])
    func whatIsNotUnderstoodIsNamed(_ header: String, _ sentence: String) {
        let failure = #expect(throws: Failure.self) { try read(file(header, data: 4)) }
        #expect(failure?.line.hasPrefix("x.npy: \(sentence)") == true, "\(failure?.line ?? "")")
    }

    @Test func everyChangedByteOfTheHeaderIsAnErrorOrAnArray() {
        for index in 0..<128 {
            for value in [UInt8(0), 32, 39, 40, 49, 57, 255] {
                var file = Self.saved
                file[index] = value
                if let array = try? read(file) { #expect(array.bytes.count == 24) }
            }
        }
    }
}
