import EdgeFormat
import Foundation
import ModelFiles
import ModelGraph
import Testing

/// Elements in files beside the model: read where they lie in its folder, refused everywhere else.
@Suite struct ExternalDataTests {
    /// A folder with `model/m.onnx`, which a test writes, `model/weights.bin` and `secret.bin` outside of the model's.
    private final class Folder {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("external-\(UUID().uuidString)")
        var model: URL { url.appendingPathComponent("model") }

        init() throws {
            try FileManager.default.createDirectory(
                at: model.appendingPathComponent("inner"), withIntermediateDirectories: true)
            let weights = ([9, 1, 2, 3, 4] as [Float]).withUnsafeBytes { Data($0) }
            for name in ["model/weights.bin", "model/inner/weights.bin", "secret.bin"] {
                try weights.write(to: url.appendingPathComponent(name))
            }
            try Data().write(to: model.appendingPathComponent("empty.bin"))
        }

        deinit { try? FileManager.default.removeItem(at: url) }

        func link(_ name: String, to target: String) throws {
            try FileManager.default.createSymbolicLink(
                atPath: model.appendingPathComponent(name).path, withDestinationPath: target)
        }

        /// What x·w is for x = 1, 1, 1, 1, or the line that refuses it behind the constant's name.
        func result(_ entries: [(String, String)], type: Int = 1) throws -> String {
            var tensor = Proto.tensor("w", type: type, [4, 1]).adding(14, 1)
            for (key, value) in entries { tensor = tensor.adding(13, Message().adding(1, key).adding(2, value)) }
            let bytes = Proto.model([Proto.node("MatMul", ["x", "w"], "y")], constants: [tensor])
            let path = model.appendingPathComponent("m.onnx").path
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            do throws(EdgeError) {
                let graph = try ONNXFile.read(path: path)
                let y = try ReferenceInterpreter(graph).run([.float32([1, 1, 1, 1])])[0].floats ?? []
                return "\(y[0])"
            } catch {
                #expect(error.kind == .data && !error.line.contains("\n"))
                let place = path + ": constant 'w': "
                #expect(error.line.hasPrefix(place))
                return String(error.line.dropFirst(place.count))
            }
        }
    }

    @Test func elementsInTheModelsFolderAreRead() throws {
        let folder = try Folder()
        #expect(try folder.result([("location", "weights.bin"), ("offset", "4"), ("length", "16")]) == "10.0")
        #expect(try folder.result([("location", "weights.bin"), ("length", "16")]) == "15.0")
        // Up to the end of the file, where no length is given.
        #expect(try folder.result([("location", "weights.bin"), ("offset", "4")]) == "10.0")
        #expect(try folder.result([("location", "inner/weights.bin"), ("offset", "4"), ("checksum", "?")]) == "10.0")
        #expect(try folder.result([("location", "./weights.bin"), ("offset", "4")]) == "10.0")
        try folder.link("near.bin", to: "inner/weights.bin")
        #expect(try folder.result([("location", "near.bin"), ("offset", "4")]) == "10.0")
    }

    @Test func nothingOutsideTheFolderIsOpened() throws {
        let folder = try Folder()
        try folder.link("far.bin", to: "../secret.bin")
        try folder.link("up", to: "..")
        try folder.link("round.bin", to: "round.bin")
        let outside = "the file is outside of the model's folder, and is not opened"
        let link = "a symbolic link leads out of the model's folder, and is not followed"
        let missing = "there is no such file in the model's folder"
        for (location, sentence) in [
            ("../secret.bin", outside), ("inner/../../secret.bin", outside), ("/etc/passwd", outside),
            (folder.url.path + "/model/weights.bin", outside), ("..", outside), ("/", outside),
            ("far.bin", link), ("up/secret.bin", link), ("round.bin", missing), ("nowhere.bin", missing),
            ("weights.bin/x", missing), ("weights.bin\0.png", outside),
        ] {
            let name = location.replacingOccurrences(of: "\0", with: "?")
            let offset = [("location", location), ("offset", "4")]
            #expect(try folder.result(offset) == "elements in '\(name)': \(sentence)", "\(location)")
        }
    }

    @Test func whatIsNoFileIsNotRead() throws {
        let folder = try Folder()
        #expect(mkfifo(folder.model.appendingPathComponent("pipe").path, 0o600) == 0)
        try folder.link("null", to: "/dev/null")
        for location in ["inner", "pipe", "."] {
            let line = try folder.result([("location", location)])
            #expect(line.hasPrefix("elements in '\(location)': "), "\(line)")
        }
        #expect(try folder.result([("location", "null")]).contains("a symbolic link leads out"))
        #expect(try folder.result([("location", "empty.bin")]) == "its part of 'empty.bin' is empty")
        #expect(try folder.result([]) == "its elements are in another file, which is not named")
        #expect(try folder.result([("location", "")]) == "its elements are in another file, which is not named")
    }

    @Test func lengthsMustFit() throws {
        let folder = try Folder()
        func refuse(_ sentence: String, _ entries: (String, String)...) throws {
            #expect(try folder.result([("location", "weights.bin")] + entries) == sentence)
        }
        try refuse("holds 20 bytes; its shape wants 16")
        try refuse("holds 12 bytes; its shape wants 16", ("length", "12"))
        let place = "elements in 'weights.bin': "
        try refuse(place + "16 bytes from 8 on are wanted of 20", ("offset", "8"), ("length", "16"))
        try refuse(place + "0 bytes from 21 on are wanted of 20", ("offset", "21"))
        try refuse(
            place + "9223372036854775807 bytes from 4 on are wanted of 20", ("offset", "4"),
            ("length", "9223372036854775807"))
        for number in ["-4", "4.0", "x", "", "9223372036854775808", "4\n5"] {
            let shown = number.replacingOccurrences(of: "\n", with: "?")
            try refuse(place + "offset '\(shown)' is no number of bytes", ("offset", number))
        }
        #expect(try folder.result([("location", "weights.bin")], type: 8) == "element type string is not supported")
    }

    @Test func bytesAloneHaveNoFolder() {
        let tensor = Proto.tensor("w", type: 1, [4, 1]).adding(14, 1)
            .adding(13, Message().adding(1, "location").adding(2, "weights.bin"))
        let bytes = Proto.model([Proto.node("MatMul", ["x", "w"], "y")], constants: [tensor])
        let place = "m.onnx: constant 'w': elements in 'weights.bin': "
        #expect(refusal(bytes) == place + "a model that is not read from a file has no other files")
    }
}
