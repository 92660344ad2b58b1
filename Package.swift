// swift-tools-version: 6.2
import PackageDescription

// EDGE_DEVICE=1 leaves only what runs on a board in the package: full Swift on the host and Embedded Swift for the
// boards compile the same Device sources (docs/architecture.md).
let device = Context.environment["EDGE_DEVICE"] != nil

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("MemberImportVisibility"),
]
// A toolset's flags come after a target's and win, so the optimisation level of the device build stands here.
let lean: [SwiftSetting] = strict + (device ? [.unsafeFlags(["-Osize"], .when(configuration: .release))] : [])
let strictC: [CSetting] = [.treatAllWarnings(as: .error), .enableWarning("all"), .enableWarning("extra")]
let strictCXX: [CXXSetting] = [.treatAllWarnings(as: .error), .enableWarning("all"), .enableWarning("extra")]

/// The functions whose calls the device build of `conformance` counts (Tests/KernelCheck/AllocationCount).
let allocating = ["malloc", "calloc", "realloc", "aligned_alloc", "posix_memalign"]

/// A room of the device: lean Swift, no Foundation. `fast` keeps -O for code that runs for every frame.
func deviceRoom(_ name: String, _ dependencies: [Target.Dependency], fast: Bool = false) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/Device/\(name)", swiftSettings: fast ? strict : lean)
}

/// A C or C++ face of a library: header, module map, and code only where Swift cannot call the library itself.
func library(_ name: String, links: [String] = [], c: [CSetting] = [], cxx: [CXXSetting] = []) -> Target {
    .target(
        name: name, path: "Sources/Libraries/\(name)", cSettings: strictC + c, cxxSettings: strictCXX + cxx,
        linkerSettings: links.map { .linkedLibrary($0) })
}

func workstationRoom(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/Workstation/\(name)", swiftSettings: strict)
}

func tests(_ room: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(
        name: "\(room)Tests", dependencies: dependencies, path: "Tests/\(room)", swiftSettings: strict)
}

// What --version says. SwiftPM remembers a manifest's answers, so tools that must be right name the commit themselves.
let commit = Context.environment["SWIFTLET_COMMIT"] ?? Context.gitInformation?.currentCommit ?? ""

let package = Package(
    name: "swiftlet",
    products: [
        .library(name: "Inference", targets: ["Inference", "EdgeFormat"]),
        .library(name: "Denoising", targets: ["Denoising", "Inference", "EdgeFormat"]),
        .library(name: "swiftlet", type: .static, targets: ["CInterface"]),
        .executable(name: "edge-run", targets: ["edge-run"]),
        .executable(name: "conformance", targets: ["conformance"]),
    ],
    targets: [
        library(
            "CSystem",
            c: [.define("SWIFTLET_COMMIT", to: "\"\(commit)\"")] + (device ? [.define("EDGE_DEVICE")] : [])),
        library("CXXHash"),
        library("CJPEG", links: ["jpeg"]),
        library("CPNG", links: ["png", "z"]),
        library("CVideo"),
        library("CSwiftlet"),
        .target(name: "Kernels", path: "Sources/Device/Kernels", cSettings: strictC),
        deviceRoom("EdgeFormat", ["CXXHash"]),
        deviceRoom("Platform", ["CSystem"]),
        deviceRoom("Console", ["Platform", "EdgeFormat"]),
        deviceRoom("Inference", ["Kernels", "EdgeFormat", "Platform"], fast: true),
        deviceRoom("CInterface", ["Inference", "EdgeFormat", "CSwiftlet"]),
        deviceRoom("Imaging", ["EdgeFormat", "Kernels", "CJPEG", "CPNG"], fast: true),
        deviceRoom("Capture", ["Imaging", "EdgeFormat", "Platform", "CVideo"]),
        deviceRoom("Recognition", ["Inference", "Imaging", "EdgeFormat", "Platform"]),
        deviceRoom("Denoising", ["Inference", "EdgeFormat"], fast: true),
        .executableTarget(
            name: "edge-run",
            dependencies: [
                "Denoising", "Recognition", "Capture", "Imaging", "Inference", "EdgeFormat", "Console", "Platform",
            ],
            path: "Sources/Commands/edge-run", swiftSettings: lean),
        .target(
            name: "KernelCheck",
            dependencies: [
                "AllocationCount", "Kernels", "Denoising", "Recognition", "Capture", "Imaging", "Inference",
                "EdgeFormat", "Console", "Platform",
            ],
            path: "Tests/KernelCheck/Checks", swiftSettings: lean),
        .target(
            name: "AllocationCount", path: "Tests/KernelCheck/AllocationCount",
            cSettings: strictC + (device ? [.define("COUNT_ALLOCATIONS")] : [])),
        .executableTarget(
            name: "conformance", dependencies: ["KernelCheck", "Console", "Platform"],
            path: "Tests/KernelCheck/conformance", swiftSettings: lean,
            linkerSettings: device ? [.unsafeFlags(allocating.flatMap { ["-Xlinker", "--wrap=\($0)"] })] : []),
    ],
    cLanguageStandard: .gnu11,
    cxxLanguageStandard: .cxx17
)

if !device {
    let onDevice: [Target.Dependency] = [
        "Platform", "Console", "EdgeFormat", "Imaging", "Inference", "Recognition", "Denoising",
    ]
    package.products += [
        .executable(name: "train", targets: ["train"]),
        .executable(name: "quantize", targets: ["quantize"]),
        // What Fuzzers/ is built on.
        .library(name: "ModelFiles", targets: ["ModelFiles", "ModelGraph", "EdgeFormat"]),
        .library(name: "Datasets", targets: ["Datasets", "Imaging", "EdgeFormat"]),
    ]
    package.targets += [
        library("COpenBLAS"),
        library("CConvolution"),
        library("CZlib", links: ["z"]),
        library(
            "CONNX", links: ["onnx", "onnx_proto", "protobuf"],
            cxx: [.define("ONNX_NAMESPACE", to: "onnx"), .define("ONNX_ML", to: "1")]),
        workstationRoom("Tensors", onDevice + ["COpenBLAS", "CConvolution", "Kernels"]),
        workstationRoom("Datasets", onDevice + ["Tensors", "CZlib"]),
        workstationRoom("ModelGraph", onDevice + ["Tensors"]),
        workstationRoom("ModelFiles", onDevice + ["ModelGraph", "Tensors", "CONNX"]),
        workstationRoom("Autograd", onDevice + ["Tensors"]),
        workstationRoom("Diffusion", onDevice + ["ModelGraph", "Tensors"]),
        workstationRoom("Networks", onDevice + ["Autograd", "Diffusion", "ModelGraph", "Tensors"]),
        workstationRoom("Training", onDevice + ["Networks", "Autograd", "Diffusion", "Datasets", "Tensors"]),
        workstationRoom("Quantization", onDevice + ["Diffusion", "ModelGraph", "Datasets", "Tensors"]),
        workstationRoom("Compilation", onDevice + ["Quantization", "Diffusion", "ModelGraph", "Tensors", "Kernels"]),
        workstationRoom(
            "Evaluation",
            onDevice + ["Compilation", "Quantization", "Diffusion", "ModelGraph", "Datasets", "Tensors"]),
        workstationRoom(
            "Reports", onDevice + ["Evaluation", "Quantization", "Diffusion", "ModelGraph", "Datasets", "Tensors"]),
        .executableTarget(
            name: "train",
            dependencies: onDevice + [
                "Training", "Networks", "Autograd", "Diffusion", "Datasets", "ModelFiles", "ModelGraph", "Tensors",
            ],
            path: "Sources/Commands/train", swiftSettings: strict),
        .executableTarget(
            name: "quantize",
            dependencies: onDevice + [
                "Reports", "Evaluation", "Compilation", "Quantization", "Diffusion", "Datasets", "ModelFiles",
                "ModelGraph", "Tensors",
            ],
            path: "Sources/Commands/quantize", swiftSettings: strict),
        .target(
            name: "TestSupport",
            dependencies: ["Compilation", "Quantization", "ModelGraph", "Inference", "EdgeFormat"],
            path: "Tests/Support", swiftSettings: strict),
        .executableTarget(
            name: "make-fixtures", dependencies: ["TestSupport", "Compilation", "Console", "EdgeFormat", "Platform"],
            path: "Tests/Fixtures/make-fixtures", swiftSettings: strict),
        tests("Platform", ["Platform"]),
        tests("Console", ["Console", "Platform"]),
        tests("EdgeFormat", ["EdgeFormat", "TestSupport", "Compilation"]),
        tests("Kernels", ["KernelCheck"]),
        tests("Inference", ["Inference", "EdgeFormat", "Platform", "TestSupport", "Compilation"]),
        tests("Imaging", ["Imaging", "EdgeFormat"]),
        tests("Capture", ["Capture", "Imaging", "EdgeFormat", "Platform"]),
        tests("Denoising", ["Denoising", "Diffusion", "EdgeFormat"]),
        tests("Diffusion", ["Diffusion", "Denoising", "ModelGraph", "Tensors", "EdgeFormat"]),
        tests("Tensors", ["Tensors"]),
        tests("Datasets", ["Datasets", "Tensors", "EdgeFormat", "Imaging"]),
        tests("ModelGraph", ["ModelGraph", "EdgeFormat"]),
        tests("ModelFiles", ["ModelFiles", "ModelGraph", "EdgeFormat"]),
        tests("Autograd", ["Autograd", "Tensors"]),
        tests("Networks", ["Networks", "Autograd", "Diffusion", "ModelGraph", "Tensors", "EdgeFormat"]),
        tests(
            "Training",
            [
                "Training", "Networks", "Autograd", "Diffusion", "Imaging", "Datasets", "Tensors",
                "EdgeFormat",
            ]),
        tests(
            "Quantization",
            ["Quantization", "Denoising", "Diffusion", "ModelGraph", "Tensors", "EdgeFormat", "TestSupport"]),
        tests(
            "Compilation",
            ["Compilation", "Quantization", "ModelGraph", "Inference", "EdgeFormat", "Tensors", "TestSupport"]),
        tests(
            "Evaluation",
            [
                "Evaluation", "Compilation", "Quantization", "Diffusion", "Denoising", "ModelGraph", "Datasets",
                "Recognition", "Imaging", "Inference", "EdgeFormat", "Tensors", "TestSupport",
            ]),
        tests(
            "Reports",
            [
                "Reports", "Evaluation", "Compilation", "Quantization", "Diffusion", "ModelGraph", "Datasets",
                "Imaging", "EdgeFormat", "TestSupport",
            ]),
    ]
}
