import Datasets
import EdgeFormat
import Foundation

/// Any bytes as IDX pictures (plain or gzip), as IDX labels, as a .tar and as a list of labels are refused with an error of
/// one line, or are a set whose pictures can be asked for.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    write(bytes, "pictures/train-images-idx3-ubyte")
    open(scratch + "/pictures")
    write(bytes, "labels/train-labels-idx1-ubyte")
    open(scratch + "/labels")
    write(bytes, "archive/set.tar")
    open(scratch + "/archive/set.tar")
    write(bytes, "list/labels.txt")
    open(scratch + "/list")
    return 0
}

private func open(_ path: String) {
    do throws(EdgeError) {
        let set = try DataSource.open(path, split: .train)
        for index in 0..<min(set.count, 3) {
            _ = set.label(index)
            _ = try set.encoded(index)
            _ = try set.picture(index, color: .rgb)
        }
    } catch {
        precondition(!error.line.isEmpty)
    }
}

/// Plain calls of C: Foundation's would take most of the time.
private func write(_ bytes: [UInt8], _ name: String) {
    guard let file = fopen(scratch + "/" + name, "wb") else { preconditionFailure("no scratch folder") }
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
}

/// A folder of folders, removed when the fuzzer ends.
private let scratch: String = {
    let path = NSTemporaryDirectory() + "/set-fuzzer-\(getpid())"
    for name in ["pictures", "labels", "archive", "list"] {
        try? FileManager.default.createDirectory(atPath: path + "/" + name, withIntermediateDirectories: true)
    }
    atexit { try? FileManager.default.removeItem(atPath: scratch) }
    return path
}()

/// Two pictures of 2 x 1 pixels and their labels.
private var seedPictures: [UInt8] { [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4] }
private var seedLabels: [UInt8] { [0, 0, 8, 1, 0, 0, 0, 2, 7, 9] }

/// Writes the files that stay as they are; and what the fuzzer begins with into the folder FUZZ_SEEDS, where that is set.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ argc: UnsafeMutableRawPointer?, _ argv: UnsafeMutableRawPointer?) -> Int32 {
    write(seedLabels, "pictures/train-labels-idx1-ubyte")
    write(seedPictures, "labels/train-images-idx3-ubyte")
    write([UInt8]("P5 1 1 255\n0".utf8), "list/a.pgm")
    guard let folder = ProcessInfo.processInfo.environment["FUZZ_SEEDS"] else { return 0 }
    // The pictures above, packed by gzip.
    let packed = Data(base64Encoded: "H4sIAAAAAAACA2Ng4GBmYGBgAmJGEM3IxMwCALy4gdEUAAAA")
    let seeds: [(String, Data?)] = [
        ("pictures.idx", Data(seedPictures)), ("labels.idx", Data(seedLabels)), ("pictures.gz", packed),
        ("list.txt", Data("# file index\na.pgm 3 name\n".utf8)), ("empty.tar", Data(count: 1024)),
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
