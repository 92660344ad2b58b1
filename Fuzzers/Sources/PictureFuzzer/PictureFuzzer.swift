import EdgeFormat
import Foundation
import Imaging

/// Any bytes are refused with an error of one line, or are a picture that goes through an input pipeline. The file's name
/// says "raw frame", so that the first byte chooses between that and the other formats.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    var bytes = Array(UnsafeBufferPointer(start: start, count: count))
    mendChecksums(&bytes)
    let isRaw = bytes.first == UInt8(ascii: "R")
    for color in [InputColor.grey, .rgb] {
        do throws(EdgeError) {
            let picture = try PictureFile.decode(bytes, color: color, place: isRaw ? "0-YUYV-6x5.raw" : "fuzz")
            let table = [Int8](repeating: 0, count: 256)
            let pipeline = InputPipeline(
                crop: .automatic, width: 5, height: 7, color: color,
                tables: .integers([[Int8]](repeating: table, count: color.channels)))
            _ = try InputProcessor(pipeline: pipeline).resize(picture)
        } catch {
            precondition(!error.line.isEmpty && !error.line.contains("\n"))
        }
    }
    return 0
}

/// Makes the checksums of a PNG file's chunks right, so that damage gets behind them.
private func mendChecksums(_ file: inout [UInt8]) {
    guard file.starts(with: [0x89, 0x50, 0x4E, 0x47]) else { return }
    var position = 8
    while position + 12 <= file.count {
        let length = file[position..<(position + 4)].reduce(0) { $0 << 8 | Int($1) }
        let end = position + 8 + length
        guard end + 4 <= file.count else { return }
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in file[(position + 4)..<end] {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? 0xEDB8_8320 ^ (crc >> 1) : crc >> 1 }
        }
        for (offset, shift) in [24, 16, 8, 0].enumerated() { file[end + offset] = UInt8((~crc >> UInt32(shift)) & 255) }
        position = end + 4
    }
}

/// Writes what the fuzzer begins with into the folder FUZZ_SEEDS, where that is set.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ argc: UnsafeMutableRawPointer?, _ argv: UnsafeMutableRawPointer?) -> Int32 {
    guard let folder = ProcessInfo.processInfo.environment["FUZZ_SEEDS"] else { return 0 }
    let drawing = DrawnDigits.picture(seed: 1, index: 1, side: 20).picture
    // An interlaced PNG of 16-bit grey and alpha, 3 x 2, written by zlib.
    let png = Data(
        base64Encoded:
            "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACEAQAAAEQ6kJEAAAAJUlEQVR4nGNgYPj/n2GOw871DH4Kd64zMOq8Kff3Oek/N2eZOgCeJwt9O3qiTQAAAABJRU5ErkJggg=="
    )
    let seeds: [(String, Data?)] = [
        ("seed.png", png), ("seed.pgm", Data(PictureFile.encodeNetpbm(drawing))),
        ("seed.ppm", Data(PictureFile.encodeNetpbm(drawing.converted(to: .rgb)))),
        ("grey.jpg", (try? PictureFile.encodeJPEG(drawing, quality: 80)).map { Data($0) }),
        ("rgb.jpg", (try? PictureFile.encodeJPEG(drawing.converted(to: .rgb), quality: 80)).map { Data($0) }),
        ("seed.raw", Data(repeating: UInt8(ascii: "R"), count: 60)),
    ]
    for (name, seed) in seeds {
        do {
            try seed?.write(to: URL(fileURLWithPath: folder).appendingPathComponent(name))
        } catch {
            print("no seed: \(error)")
        }
    }
    return 0
}
