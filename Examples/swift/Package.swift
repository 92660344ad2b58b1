// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "example",
    dependencies: [.package(name: "swiftlet", path: "../..")],
    targets: [
        .executableTarget(name: "infer", dependencies: [.product(name: "Inference", package: "swiftlet")])
    ]
)
