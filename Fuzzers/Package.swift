// swift-tools-version: 6.2
import PackageDescription

// A package of its own: only a root package may use unsafe flags, and the library itself should stay usable as a
// dependency. Built and run by tools/fuzz.

/// A fuzzer: one file, one parser. libFuzzer brings main.
func fuzzer(_ name: String, _ products: [String]) -> Target {
    .executableTarget(
        name: name, dependencies: products.map { .product(name: $0, package: "swiftlet") },
        swiftSettings: [
            .treatAllWarnings(as: .error),
            .enableUpcomingFeature("MemberImportVisibility"),
            .unsafeFlags(["-parse-as-library"]),
        ])
}

let package = Package(
    name: "swiftlet-fuzzers",
    dependencies: [.package(name: "swiftlet", path: "..")],
    targets: [
        fuzzer("ONNXFuzzer", ["ModelFiles"]),
        fuzzer("TFLiteFuzzer", ["ModelFiles"]),
        fuzzer("PictureFuzzer", ["Datasets"]),
        fuzzer("SetFuzzer", ["Datasets"]),
        fuzzer("EdgeFuzzer", ["Inference", "Denoising"]),
    ]
)
