internal import CONNX
import EdgeFormat
import Foundation
import Platform

/// The files that a model keeps elements in. They lie in the model's folder or below it; nothing else is opened.
final class ExternalData {
    /// The model's folder, symbolic links resolved; nil of a model that was not read from a file.
    private let folder: String?
    /// By location.
    private var files: [String: MappedFile] = [:]

    /// A run of a file's bytes, valid as long as this value lives.
    struct Part {
        fileprivate var file: MappedFile
        var location: String
        var range: Range<Int>

        var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: file.bytes[range]) }
    }

    /// - Parameter path: of the model; nil where it has none.
    init(ofModel path: String?) {
        folder = path.flatMap { path in
            let end = path.utf8.lastIndex(of: UInt8(ascii: "/"))
            return Self.resolved(end.map { String(path[...$0]) } ?? ".")
        }
    }

    /// The bytes of a tensor whose elements are said to be in another file.
    func part(of tensor: OpaquePointer) throws(EdgeError) -> Part {
        guard let location = Self.entry("location", tensor), !location.isEmpty else {
            throw EdgeError(.data, at: "", "its elements are in another file, which is not named")
        }
        do throws(EdgeError) {
            let file = try file(location)
            let size = file.bytes.count
            let offset = try Self.number("offset", tensor) ?? 0
            let length = try Self.number("length", tensor) ?? max(size - offset, 0)
            guard offset <= size, length <= size - offset else {
                throw EdgeError(.data, at: "", "\(length) bytes from \(offset) on are wanted of \(size)")
            }
            return Part(file: file, location: location, range: offset..<offset + length)
        } catch {
            throw error.within("elements in '\(location.oneLine)'")
        }
    }

    private func file(_ location: String) throws(EdgeError) -> MappedFile {
        if let known = files[location] { return known }
        guard let folder else {
            throw EdgeError(.data, at: "", "a model that is not read from a file has no other files")
        }
        let parts = location.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.first?.isEmpty == false, !parts.contains(where: { $0.elementsEqual("..".utf8) }),
            !location.utf8.contains(0)
        else {
            throw EdgeError(.data, at: "", "the file is outside of the model's folder, and is not opened")
        }
        guard let path = Self.resolved(folder + "/" + location) else {
            throw EdgeError(.data, at: "", "there is no such file in the model's folder")
        }
        guard path.utf8.starts(with: (folder == "/" ? folder : folder + "/").utf8) else {
            throw EdgeError(.data, at: "", "a symbolic link leads out of the model's folder, and is not followed")
        }
        do throws(SystemError) {
            // A pipe would keep whoever opens it waiting.
            guard try Files.kind(path) == .regular else { throw SystemError(.open, ErrorNumber.noSuchDevice, path) }
            let file = try MappedFile(path: path)
            files[location] = file
            return file
        } catch {
            throw EdgeError(.data, at: "", error.sentence)
        }
    }

    private static func entry(_ key: String, _ tensor: OpaquePointer) -> String? {
        let value = connx_tensor_external_entry(tensor, key)
        guard value.start != nil else { return nil }
        return String(decoding: UnsafeRawBufferPointer(start: value.start, count: value.count), as: UTF8.self)
    }

    private static func number(_ key: String, _ tensor: OpaquePointer) throws(EdgeError) -> Int? {
        guard let text = entry(key, tensor) else { return nil }
        guard let number = Int(text), number >= 0 else {
            throw EdgeError(.data, at: "", "\(key) '\(text.oneLine)' is no number of bytes")
        }
        return number
    }

    /// The path without symbolic links and "."; nil where there is nothing.
    private static func resolved(_ path: String) -> String? {
        guard let bytes = realpath(path, nil) else { return nil }
        defer { free(bytes) }
        return String(cString: bytes)
    }
}
