import EdgeFormat
import Foundation
import Imaging
import Testing

/// A seeded generator (xorshift64*), so that every run tests the same bytes.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed | 1 }

    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_F491_4F6C_DD1D
    }
}

/// FNV-1a, 64 bits.
func hash(_ bytes: [UInt8]) -> UInt64 {
    bytes.reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
}

func noisePicture(width: Int, height: Int, channels: Int, seed: UInt64) throws -> Picture {
    var generator = SeededGenerator(seed: seed)
    let bytes = (0..<(width * height * channels)).map { _ in UInt8.random(in: 0...255, using: &generator) }
    return try #require(Picture(width: width, height: height, channels: channels, bytes: bytes))
}

/// A pipeline whose tables keep pixels as they are but for the sign: byte 0 becomes −128.
func pipeline(
    width: Int, height: Int, color: InputColor = .grey, crop: InputCrop = .whole
) -> InputPipeline {
    let table = (0..<256).map { Int8($0 - 128) }
    return InputPipeline(
        crop: crop, width: width, height: height, color: color,
        tables: .integers(Array(repeating: table, count: color.channels)))
}

/// The error of decoding, nil where a picture came out.
func decodingError(_ bytes: [UInt8], color: InputColor = .rgb, place: String = "test") -> EdgeError? {
    do throws(EdgeError) {
        _ = try PictureFile.decode(bytes, color: color, place: place)
        return nil
    } catch {
        return error
    }
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
