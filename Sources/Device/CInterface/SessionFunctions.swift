// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CSwiftlet
internal import EdgeFormat
internal import Inference

// The functions of swiftlet.h that take sessions; the compiler holds each against its declaration there, by its name.

@c @implementation
public func swiftlet_session_open(
    _ model: OpaquePointer?, _ options: UnsafePointer<swiftlet_options>?,
    _ session: UnsafeMutablePointer<OpaquePointer?>?
) -> swiftlet_status {
    guard let session else { return SWIFTLET_INVALID }
    let handle = SessionHandle { () throws(EdgeError) in
        guard let model = ModelHandle.at(model) else {
            throw EdgeError(.usage, at: "swiftlet_session_open", "the model is NULL")
        }
        return try SessionOptions(options?.pointee ?? swiftlet_options()).open(try model.result.get())
    }
    session.pointee = OpaquePointer(Unmanaged.passRetained(handle).toOpaque())
    return handle.status
}

@c @implementation
public func swiftlet_session_close(_ session: OpaquePointer?) {
    if let session { Unmanaged<SessionHandle>.fromOpaque(UnsafeRawPointer(session)).release() }
}

@c @implementation
public func swiftlet_session_error(_ session: OpaquePointer?) -> UnsafePointer<CChar>? {
    SessionHandle.at(session)?.errorText.bytes
}

@c @implementation
public func swiftlet_input_count(_ session: OpaquePointer?) -> Int { SessionHandle.at(session)?.inputs.count ?? 0 }

@c @implementation
public func swiftlet_output_count(_ session: OpaquePointer?) -> Int { SessionHandle.at(session)?.outputs.count ?? 0 }

@c @implementation
public func swiftlet_input(
    _ session: OpaquePointer?, _ index: Int, _ tensor: UnsafeMutablePointer<swiftlet_tensor>?
) -> swiftlet_status {
    guard let handle = SessionHandle.at(session) else { return SWIFTLET_INVALID }
    return handle.describe(handle.inputs, "input", index, tensor)
}

@c @implementation
public func swiftlet_output(
    _ session: OpaquePointer?, _ index: Int, _ tensor: UnsafeMutablePointer<swiftlet_tensor>?
) -> swiftlet_status {
    guard let handle = SessionHandle.at(session) else { return SWIFTLET_INVALID }
    return handle.describe(handle.outputs, "output", index, tensor)
}

@c @implementation
public func swiftlet_set_floats(
    _ session: OpaquePointer?, _ input: Int, _ values: UnsafePointer<Float>?, _ count: Int
) -> swiftlet_status {
    guard let handle = SessionHandle.at(session) else { return SWIFTLET_INVALID }
    return handle.set(input, values, count) { session, values, order throws(EdgeError) in
        try session.setInput(input, reals: values, order: order)
    }
}

@c @implementation
public func swiftlet_set_elements(
    _ session: OpaquePointer?, _ input: Int, _ elements: UnsafeRawPointer?, _ size: Int
) -> swiftlet_status {
    guard let handle = SessionHandle.at(session) else { return SWIFTLET_INVALID }
    let bytes = elements?.assumingMemoryBound(to: UInt8.self)
    return handle.set(input, bytes, size) { session, bytes, order throws(EdgeError) in
        try session.setInput(input, bytes: UnsafeRawBufferPointer(bytes), order: order)
    }
}

@c @implementation
public func swiftlet_run(_ session: OpaquePointer?) -> swiftlet_status {
    SessionHandle.at(session)?.run() ?? SWIFTLET_INVALID
}

@c @implementation
public func swiftlet_reset(_ session: OpaquePointer?) -> swiftlet_status {
    SessionHandle.at(session)?.reset() ?? SWIFTLET_INVALID
}

@c @implementation
public func swiftlet_get_floats(
    _ session: OpaquePointer?, _ output: Int, _ values: UnsafeMutablePointer<Float>?, _ count: Int
) -> swiftlet_status {
    guard let handle = SessionHandle.at(session) else { return SWIFTLET_INVALID }
    return handle.get(output, values, count) { session, values, order throws(EdgeError) in
        try session.copyOutput(output, reals: values, order: order)
    }
}

@c @implementation
public func swiftlet_get_elements(
    _ session: OpaquePointer?, _ output: Int, _ elements: UnsafeMutableRawPointer?, _ size: Int
) -> swiftlet_status {
    guard let handle = SessionHandle.at(session) else { return SWIFTLET_INVALID }
    let bytes = elements?.assumingMemoryBound(to: UInt8.self)
    return handle.get(output, bytes, size) { session, bytes, order throws(EdgeError) in
        try session.copyOutput(output, bytes: UnsafeMutableRawBufferPointer(bytes), order: order)
    }
}

@c @implementation
public func swiftlet_output_rows(
    _ session: OpaquePointer?, _ output: Int, _ rows: UnsafeMutablePointer<Int>?
) -> swiftlet_status {
    guard let handle = SessionHandle.at(session) else { return SWIFTLET_INVALID }
    return handle.get(output, rows, 1) { session, rows, _ throws(EdgeError) in
        rows[0] = try session.outputRows(output)
    }
}
