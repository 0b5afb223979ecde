// swift-tools-version:6.1
import PackageDescription

/// A package of its own, so that the product never depends on what measures it. `Sources/WaybillCore` is a link to the
/// product's: its declarations have `package` access, and only targets of one package see them.
let package = Package(
    name: "waybill-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    ],
    targets: [
        .executableTarget(
            name: "waybill-bench",
            dependencies: [
                "CLinux", "CSQLite", "WaybillCore",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]
        ),
        .target(name: "WaybillCore"),
        .systemLibrary(name: "CLinux"),
        // Straight at the library, without the layers whose price is measured.
        .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
    ],
    swiftLanguageModes: [.v6]
)
