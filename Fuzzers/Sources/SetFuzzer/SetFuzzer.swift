import Datasets
import EdgeFormat
import Foundation

/// Any bytes as IDX pictures (plain or gzip), as IDX labels, as a .tar and as a list of labels are refused with an error of
/// one line, or are a set whose pictures can be asked for.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let bytes = Data(UnsafeBufferPointer(start: start, count: count))
    let pair = scratch.appendingPathComponent("pair")
    open(pair.path, [("train-images-idx3-ubyte", bytes), ("train-labels-idx1-ubyte", seedLabels)])
    open(pair.path, [("train-images-idx3-ubyte", seedPictures), ("train-labels-idx1-ubyte", bytes)])
    let archive = scratch.appendingPathComponent("archive")
    open(archive.appendingPathComponent("set.tar").path, [("set.tar", bytes)])
    let list = scratch.appendingPathComponent("list")
    open(list.path, [("labels.txt", bytes), ("a.pgm", Data("P5 1 1 255\n0".utf8))])
    return 0
}

/// Writes the files into the set's folder and opens the set.
private func open(_ path: String, _ files: [(String, Data)]) {
    let folder =
        path.hasSuffix(".tar") ? URL(fileURLWithPath: path).deletingLastPathComponent() : URL(fileURLWithPath: path)
    do {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, bytes) in files { try bytes.write(to: folder.appendingPathComponent(name)) }
    } catch {
        preconditionFailure("no scratch folder: \(error)")
    }
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

/// Removed when the fuzzer ends; its findings need no files.
private let scratch: URL = {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("set-fuzzer-\(getpid())")
    atexit {
        try? FileManager.default.removeItem(
            at: FileManager.default.temporaryDirectory.appendingPathComponent("set-fuzzer-\(getpid())"))
    }
    return folder
}()

/// Two pictures of 2 x 1 pixels and their labels.
private let seedPictures = Data([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4])
private let seedLabels = Data([0, 0, 8, 1, 0, 0, 0, 2, 7, 9])

/// Writes what the fuzzer begins with into the folder FUZZ_SEEDS, where that is set.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ argc: UnsafeMutableRawPointer?, _ argv: UnsafeMutableRawPointer?) -> Int32 {
    guard let folder = ProcessInfo.processInfo.environment["FUZZ_SEEDS"] else { return 0 }
    // The pictures above, packed by gzip.
    let packed = Data(base64Encoded: "H4sIAAAAAAACA2Ng4GBmYGBgAmJGEM3IxMwCALy4gdEUAAAA")
    let seeds: [(String, Data?)] = [
        ("pictures.idx", seedPictures), ("labels.idx", seedLabels), ("pictures.gz", packed),
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
