import Foundation
import Platform

/// A directory of a test's own, gone with this object.
final class TemporaryDirectory {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/swiftlet-platform-" + UUID().uuidString
        try Files.makeDirectories(path)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }
    func names() throws -> [String] { try Files.list(path) }
}
