internal import CSwiftlet
internal import EdgeFormat
internal import Inference

/// What a `swiftlet_model *` points to: a model, or why there is none. Never changed after its making, so that any number
/// of threads may read it.
final class ModelHandle {
    let result: Result<Model, EdgeError>
    let errorText: CText
    let graphNames: [CText]

    init(_ open: () throws(EdgeError) -> Model) {
        do throws(EdgeError) {
            let model = try open()
            result = .success(model)
            errorText = CText("")
            graphNames = model.file.graphs.map { CText($0.name) }
        } catch {
            result = .failure(error)
            errorText = CText(error.line)
            graphNames = []
        }
    }

    var status: swiftlet_status {
        switch result {
        case .success: SWIFTLET_OK
        case .failure(let error): error.status
        }
    }

    /// The object behind a pointer that C holds.
    static func at(_ pointer: OpaquePointer?) -> ModelHandle? {
        pointer.map { Unmanaged<ModelHandle>.fromOpaque(UnsafeRawPointer($0)).takeUnretainedValue() }
    }
}

extension EdgeError {
    var status: swiftlet_status {
        switch kind {
        case .usage: SWIFTLET_INVALID
        case .data, .check: SWIFTLET_DATA
        case .system: SWIFTLET_SYSTEM
        }
    }
}
