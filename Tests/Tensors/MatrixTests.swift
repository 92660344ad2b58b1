import Tensors
import Testing

@Suite("Matrix products")
struct MatrixTests {
    @Test("are what the definition says, for small shapes, both ways up, added or not")
    func definition() throws {
        try BLAS.load()
        for m in 1...4 {
            for n in [1, 2, 5, 17] {
                for k in [1, 3, 16] {
                    for flags in 0..<8 { check(m, n, k, flags & 1 != 0, flags & 2 != 0, adds: flags & 4 != 0) }
                }
            }
        }
    }

    private func check(_ m: Int, _ n: Int, _ k: Int, _ turnsA: Bool, _ turnsB: Bool, adds: Bool) {
        var generator = RandomGenerator(1, UInt64(m), UInt64(n), UInt64(k))
        let a = Tensor([m, k], integers(m * k, &generator))
        let b = Tensor([k, n], integers(k * n, &generator))
        let start = integers(m * n, &generator)
        let c = Tensor([m, n], start)
        let left = turnsA ? matrix(transpose(a)).transposed : matrix(a)
        let right = turnsB ? matrix(transpose(b)).transposed : matrix(b)
        multiply(left, right, into: matrix(c), adds: adds)
        for row in 0..<m {
            for column in 0..<n {
                var sum = adds ? start[row * n + column] : 0
                for index in 0..<k { sum += a.base[row * k + index] * b.base[index * n + column] }
                #expect(c.base[row * n + column] == sum, "\(m)x\(n)x\(k) \(turnsA) \(turnsB) \(adds)")
            }
        }
    }

    /// Small whole numbers: every order of adding gives the same.
    private func integers(_ count: Int, _ generator: inout RandomGenerator) -> [Float] {
        (0..<count).map { _ in Float(generator.below(9) - 4) }
    }

    private func matrix(_ tensor: Tensor) -> Matrix {
        Matrix(tensor, rows: tensor.shape[0], columns: tensor.shape[1])
    }

    private func transpose(_ tensor: Tensor) -> Tensor {
        let (rows, columns) = (tensor.shape[0], tensor.shape[1])
        let result = Tensor(uninitialized: [columns, rows])
        for row in 0..<rows {
            for column in 0..<columns { result.base[column * rows + row] = tensor.base[row * columns + column] }
        }
        return result
    }
}

@Suite("OpenBLAS")
struct BLASTests {
    @Test("gets its core type from the table, and guesses where there is no row")
    func coreTypes() {
        #expect(BLAS.coreType(family: 26, model: 2, wide: true) == "SkylakeX")
        #expect(BLAS.coreType(family: 26, model: 2, wide: false) == nil)
        #expect(BLAS.coreType(family: 25, model: 0x11, wide: true) == "Haswell")
        #expect(BLAS.coreType(family: 25, model: 0x01, wide: false) == nil)
        #expect(BLAS.coreType(family: 6, model: 0x8f, wide: true) == nil)
    }

    @Test("is loaded once, and says which kernels it uses")
    func loads() throws {
        try BLAS.load()
        try BLAS.load()
        #expect(BLAS.kernels?.isEmpty == false)
    }
}
