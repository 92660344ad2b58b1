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

/// Rows of floats in memory that others own, seen as a matrix or as its transpose.
public struct Matrix {
    let base: UnsafeMutablePointer<Float>
    public let rows: Int
    public let columns: Int
    /// Distance between two rows in memory, in floats.
    let stride: Int
    let isTransposed: Bool

    public init(_ base: UnsafeMutablePointer<Float>, rows: Int, columns: Int) {
        self.init(base: base, rows: rows, columns: columns, stride: columns, isTransposed: false)
    }

    private init(base: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int, isTransposed: Bool) {
        self.base = base
        self.rows = rows
        self.columns = columns
        self.stride = stride
        self.isTransposed = isTransposed
    }

    /// The same memory with rows and columns exchanged.
    public var transposed: Matrix {
        Matrix(base: base, rows: columns, columns: rows, stride: stride, isTransposed: !isTransposed)
    }
}

/// c = a·b, or c += a·b where `adds`. One thread computes it; its rounding depends on the shapes and the processor only.
/// - Precondition: the shapes fit, and `c` is not transposed.
public func multiply(_ a: Matrix, _ b: Matrix, into c: Matrix, adds: Bool = false) {
    precondition(
        a.columns == b.rows && c.rows == a.rows && c.columns == b.columns && !c.isTransposed,
        "the shapes of a matrix product must fit")
    openblas_multiply(
        a.isTransposed, b.isTransposed, Int32(c.rows), Int32(c.columns), Int32(a.columns), a.base, Int32(a.stride),
        b.base, Int32(b.stride), adds, c.base, Int32(c.stride))
}
