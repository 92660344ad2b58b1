internal import CSwiftlet
internal import EdgeFormat
internal import Inference

/// What a `swiftlet_session *` points to: a session, or why there is none, and what the last call came to.
final class SessionHandle {
    private let session: Session?
    private let order: AxisOrder
    let inputs: [TensorDescription]
    let outputs: [TensorDescription]
    private(set) var errorText: CText
    private let noText = CText("")
    /// The inputs that were set since the last run.
    private var isSet: [Bool]
    /// Whether the outputs hold a run's results.
    private var hasRun = false

    init(_ open: () throws(EdgeError) -> (Session, AxisOrder)) {
        errorText = noText
        do throws(EdgeError) {
            let (session, order) = try open()
            (self.session, self.order) = (session, order)
            inputs = (0..<session.inputCount).map { TensorDescription(session.input($0).tensor, order) }
            outputs = (0..<session.outputCount).map { TensorDescription(session.output($0).tensor, order) }
            status = SWIFTLET_OK
        } catch {
            (session, order, inputs, outputs) = (nil, .source, [], [])
            errorText = CText(error.line)
            status = error.status
        }
        isSet = inputs.map { _ in false }
    }

    /// How opening went.
    let status: swiftlet_status

    /// The object behind a pointer that C holds.
    static func at(_ pointer: OpaquePointer?) -> SessionHandle? {
        pointer.map { Unmanaged<SessionHandle>.fromOpaque(UnsafeRawPointer($0)).takeUnretainedValue() }
    }

    /// Does a call's work and keeps its error.
    private func report(_ body: (Session) throws(EdgeError) -> Void) -> swiftlet_status {
        // A session that could not be opened keeps saying why.
        guard let session else { return status }
        do throws(EdgeError) {
            try body(session)
            errorText = noText
            return SWIFTLET_OK
        } catch {
            errorText = CText(error.line)
            return error.status
        }
    }
}

// The calls.
extension SessionHandle {
    func describe(
        _ tensors: [TensorDescription], _ end: StaticString, _ index: Int,
        _ target: UnsafeMutablePointer<swiftlet_tensor>?
    ) -> swiftlet_status {
        report { session throws(EdgeError) in
            guard let target else { throw EdgeError(.usage, at: session.model.path, "the place for a tensor is NULL") }
            guard tensors.indices.contains(index) else {
                throw EdgeError(
                    .usage, at: session.model.path, "has no \(end) number \(index), but \(tensors.count)")
            }
            tensors[index].write(target)
        }
    }

    /// Sets an input by a call of the session.
    func set<Value>(
        _ index: Int, _ values: UnsafePointer<Value>?, _ count: Int,
        by call: (Session, UnsafeBufferPointer<Value>, AxisOrder) throws(EdgeError) -> Void
    ) -> swiftlet_status {
        report { session throws(EdgeError) in
            guard let values, count >= 0 else {
                throw EdgeError(.usage, at: session.model.path, "the values of input number \(index) are NULL")
            }
            try call(session, UnsafeBufferPointer(start: values, count: count), order)
            isSet[index] = true
            // The inputs may share memory with the outputs.
            hasRun = false
        }
    }

    func run() -> swiftlet_status {
        report { session throws(EdgeError) in
            for index in isSet.indices where !isSet[index] {
                throw EdgeError(
                    .usage, at: session.model.path,
                    "input '" + session.input(index).tensor.name + "' was not set since the last run")
            }
            session.run()
            for index in isSet.indices { isSet[index] = false }
            hasRun = true
        }
    }

    func reset() -> swiftlet_status { report { session in session.reset() } }

    /// Gets something of an output by a call of the session.
    func get<Value>(
        _ index: Int, _ target: UnsafeMutablePointer<Value>?, _ count: Int,
        by call: (Session, UnsafeMutableBufferPointer<Value>, AxisOrder) throws(EdgeError) -> Void
    ) -> swiftlet_status {
        report { session throws(EdgeError) in
            guard let target, count >= 0 else {
                throw EdgeError(.usage, at: session.model.path, "the place for output number \(index) is NULL")
            }
            guard hasRun else {
                let sentence = "the outputs hold no results: run, then get them before the next set"
                throw EdgeError(.usage, at: session.model.path, sentence)
            }
            try call(session, UnsafeMutableBufferPointer(start: target, count: count), order)
        }
    }
}
