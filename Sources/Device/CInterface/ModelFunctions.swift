// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CSwiftlet
internal import EdgeFormat
internal import Inference

// The functions of swiftlet.h that take models; the compiler holds each against its declaration there, by its name.

@c @implementation
public func swiftlet_format_version() -> Int32 { Int32(Container.major) * 1000 + Int32(Container.minor) }

@c @implementation
public func swiftlet_open(
    _ path: UnsafePointer<CChar>?, _ model: UnsafeMutablePointer<OpaquePointer?>?
) -> swiftlet_status {
    open(model) { () throws(EdgeError) in
        guard let path else { throw EdgeError(.usage, at: "swiftlet_open", "the path is NULL") }
        return try Model(path: String(cString: path))
    }
}

@c @implementation
public func swiftlet_open_bytes(
    _ bytes: UnsafeRawPointer?, _ size: Int, _ model: UnsafeMutablePointer<OpaquePointer?>?
) -> swiftlet_status {
    open(model) { () throws(EdgeError) in
        guard let bytes, size >= 0 else { throw EdgeError(.usage, at: "swiftlet_open_bytes", "the bytes are NULL") }
        let copy = [UInt8](UnsafeRawBufferPointer(start: bytes, count: size))
        return try Model(bytes: copy, place: "the model in memory")
    }
}

private func open(
    _ target: UnsafeMutablePointer<OpaquePointer?>?, _ make: () throws(EdgeError) -> Model
) -> swiftlet_status {
    guard let target else { return SWIFTLET_INVALID }
    let handle = ModelHandle(make)
    target.pointee = OpaquePointer(Unmanaged.passRetained(handle).toOpaque())
    return handle.status
}

@c @implementation
public func swiftlet_close(_ model: OpaquePointer?) {
    if let model { Unmanaged<ModelHandle>.fromOpaque(UnsafeRawPointer(model)).release() }
}

@c @implementation
public func swiftlet_model_error(_ model: OpaquePointer?) -> UnsafePointer<CChar>? {
    ModelHandle.at(model)?.errorText.bytes
}

@c @implementation
public func swiftlet_graph_count(_ model: OpaquePointer?) -> Int { ModelHandle.at(model)?.graphNames.count ?? 0 }

@c @implementation
public func swiftlet_graph_name(_ model: OpaquePointer?, _ index: Int) -> UnsafePointer<CChar>? {
    guard let names = ModelHandle.at(model)?.graphNames, names.indices.contains(index) else { return nil }
    return names[index].bytes
}
