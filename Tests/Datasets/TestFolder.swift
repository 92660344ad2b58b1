import Datasets
import EdgeFormat
import Foundation
import Imaging

/// A folder of this test's own, gone with this object.
final class TestFolder {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("datasets-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        let url = URL(fileURLWithPath: path + "/" + name)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
    }

    func write(_ name: String, _ text: String) throws { try write(name, [UInt8](text.utf8)) }
}

/// A grey picture file of one pixel.
func onePixel(_ value: UInt8) -> [UInt8] { [UInt8]("P5 1 1 255\n".utf8) + [value] }

/// The error of opening, nil where a set came out.
func openingError(_ path: String, split: Split = .train, labels: String? = nil) -> EdgeError? {
    do throws(EdgeError) {
        _ = try DataSource.open(path, split: split, labels: labels)
        return nil
    } catch {
        return error
    }
}

func bigEndian(_ value: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }

/// gzip data of stored blocks.
func gzip(_ bytes: [UInt8]) -> [UInt8] {
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
        crc ^= UInt32(byte)
        for _ in 0..<8 { crc = crc & 1 == 1 ? 0xEDB8_8320 ^ (crc >> 1) : crc >> 1 }
    }
    var file: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
    let length = [UInt8(bytes.count & 255), UInt8(bytes.count >> 8)]
    file += [1] + length + length.map { ~$0 } + bytes
    return file + bigEndian(Int(~crc)).reversed() + bigEndian(bytes.count).reversed()
}

/// The folder of shared data beside the repository, nil (and a line that says so) where there is none.
func sharedData(_ path: String) -> String? {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    let shared = root.appendingPathComponent("../shared/data/" + path).standardizedFileURL.path
    if FileManager.default.fileExists(atPath: shared) { return shared }
    print("not run: no ../shared")
    return nil
}
