internal import COpenBLAS
public import EdgeFormat

/// The matrix products of OpenBLAS.
public enum BLAS {
    /// Loads the library; call it before other threads start.
    /// - Throws: `EdgeError` (system) when it is not installed.
    public static func load() throws(EdgeError) {
        guard let reason = openblas_load() else { return }
        throw EdgeError(.system, at: "libopenblas.so.0", String(cString: reason))
    }

    /// The kernels in use, such as "SkylakeX"; nil before `load()`.
    public static var kernels: String? { openblas_kernels().map { String(cString: $0) } }

    /// The core type that the table names for an x86 processor, nil where OpenBLAS's own guess holds.
    public static func coreType(family: UInt32, model: UInt32, wide: Bool) -> String? {
        openblas_core_type(family, model, wide).map { String(cString: $0) }
    }
}

/// Some elements of a tensor, row by row, seen as a matrix or as its transpose.
public struct Matrix {
    let tensor: Tensor
    let offset: Int
    public let rows: Int
    public let columns: Int
    let isTransposed: Bool

    /// The elements from `offset` on.
    /// - Precondition: the tensor has so many.
    public init(_ tensor: Tensor, at offset: Int = 0, rows: Int, columns: Int) {
        precondition(
            offset >= 0 && rows >= 0 && columns >= 0 && offset + rows * columns <= tensor.count,
            "a matrix lies within its tensor")
        self.init(tensor: tensor, offset: offset, rows: rows, columns: columns, isTransposed: false)
    }

    private init(tensor: Tensor, offset: Int, rows: Int, columns: Int, isTransposed: Bool) {
        self.tensor = tensor
        self.offset = offset
        self.rows = rows
        self.columns = columns
        self.isTransposed = isTransposed
    }

    /// The same memory with rows and columns exchanged.
    public var transposed: Matrix {
        Matrix(tensor: tensor, offset: offset, rows: columns, columns: rows, isTransposed: !isTransposed)
    }

    /// Distance between two rows in memory.
    fileprivate var stride: Int32 { Int32(isTransposed ? rows : columns) }
    fileprivate var base: Row { tensor.base + offset }
}

/// c = a·b, or c += a·b where `adds`. One thread computes it; its rounding depends on the shapes and the processor only.
/// - Precondition: the shapes fit, and `c` is not transposed.
public func multiply(_ a: Matrix, _ b: Matrix, into c: Matrix, adds: Bool = false) {
    precondition(
        a.columns == b.rows && c.rows == a.rows && c.columns == b.columns && !c.isTransposed,
        "the shapes of a matrix product must fit")
    withExtendedLifetime((a, b, c)) {
        openblas_multiply(
            a.isTransposed, b.isTransposed, Int32(c.rows), Int32(c.columns), Int32(a.columns), a.base, a.stride,
            b.base, b.stride, adds, c.base, c.stride)
    }
}
