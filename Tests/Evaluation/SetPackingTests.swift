import Compilation
import Datasets
import EdgeFormat
import Evaluation
import Foundation
import Inference
import Recognition
import TestSupport
import Testing

private let pictures = DrawnData.pictures(seed: 8, count: 20, split: .test)

/// A packed set in a file of its own, changed by `change`, and what verifying it says.
private func verify(
    _ compiled: [UInt8], against other: [UInt8]? = nil, _ change: (inout [UInt8]) -> Void = { _ in }
) throws -> EdgeError? {
    let model = try Model(bytes: compiled, place: "model")
    let packed = try SetPacking.pack(
        pictures, indices: Array(0..<pictures.count), model: model, producer: "test", threads: 2
    ) { _ in }
    var bytes = packed.file
    change(&bytes)
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("swiftlet-\(UUID()).set")
    try Data(bytes).write(to: path)
    defer { try? FileManager.default.removeItem(at: path) }
    let recognizer = try Recognizer(try Model(bytes: other ?? compiled, place: "model"))
    do throws(EdgeError) {
        let result = try SetVerification(path: path.path).run(recognizer) { _ in true }
        #expect(result.count == pictures.count && result.right == packed.accuracy.right)
        return nil
    } catch {
        return error
    }
}

@Test func aPackedSetAgreesWithTheModelThatPackedIt() throws {
    #expect(try verify(try TestModels.tiny().file) == nil)
}

@Test func anotherModelsSetIsRefused() throws {
    let error = try verify(try TestModels.tiny().file, against: try TestModels.tiny(packedSets: [1]).file)
    #expect(error?.kind == .usage)
}

@Test func aChangedPixelIsFoundAndItsPictureNamed() throws {
    let error = try verify(try TestModels.tiny().file) { bytes in
        bytes[bytes.count - 14 * 28 - 14] ^= 0x80  // in the middle of the last picture, 28 x 28 pixels
        bytes = ContainerWriter.mendingChecksums(bytes) ?? bytes
    }
    #expect(error?.kind == .check)
    #expect(error?.line.contains(pictures.name(pictures.count - 1)) == true)
}

@Test func aDamagedSetIsAnError() throws {
    #expect(try verify(try TestModels.tiny().file) { $0[$0.count / 2] ^= 1 }?.kind == .data)
    #expect(try verify(try TestModels.tiny().file) { $0.removeLast() }?.kind == .data)
}
