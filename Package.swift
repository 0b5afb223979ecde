// swift-tools-version:6.1
import PackageDescription

/// Targets are drawn around outside things; arrows point down only (see ARCHITECTURE.md).
let package = Package(
    name: "waybill",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "waybill", targets: ["waybill"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-async-algorithms", from: "1.1.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // Floor 3: the program.
        .executableTarget(
            name: "waybill",
            dependencies: [
                "EmbeddedStorage", "HTTPAPI", "KafkaLog", "PostgresStore", "Senders", "Simulation", "WaybillCore",
                "WaybillEngine",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]
        ),
        // Floor 2: one outside thing each; they never import one another.
        .target(
            name: "HTTPAPI",
            dependencies: [
                "WaybillCore", "WaybillEngine",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "AsyncAlgorithms", package: "swift-async-algorithms"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            resources: [
                .embedInCode("Resources/status.html"), .embedInCode("Resources/sign-in.html"),
                .embedInCode("Resources/openapi.yaml"), .embedInCode("Resources/tracking.css"),
                .embedInCode("Resources/tracking-texts.json"),
            ]
        ),
        .target(
            name: "EmbeddedStorage",
            dependencies: [
                "WaybillCore", "WaybillEngine",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]
        ),
        .target(name: "KafkaLog", dependencies: ["CLibrdkafka", "WaybillCore", "WaybillEngine"]),
        .target(name: "PostgresStore", dependencies: ["CLibpq", "WaybillCore", "WaybillEngine"]),
        .target(
            name: "Senders",
            dependencies: [
                "CLibcurl", "WaybillCore", "WaybillEngine",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]
        ),
        .target(name: "Simulation", dependencies: ["WaybillCore", "WaybillEngine"]),
        // Floor 1: services and the ports they need.
        .target(
            name: "WaybillEngine",
            dependencies: [
                "WaybillCore",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        // Floor 0: pure values and functions.
        .target(name: "WaybillCore"),

        // Module maps of C libraries; each is imported by one target.
        .systemLibrary(name: "CLibrdkafka", pkgConfig: "rdkafka", providers: [.apt(["librdkafka-dev"])]),
        .systemLibrary(name: "CLibcurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),

        // Tests, by purity.
        .target(
            name: "TestSupport",
            dependencies: ["Simulation", "WaybillCore", "WaybillEngine"],
            path: "Tests/TestSupport"
        ),
        // A process of its own for the tests that break brokers.
        .executableTarget(name: "mock-broker", dependencies: ["CLibrdkafka"], path: "Tests/MockBroker"),
        .testTarget(name: "WaybillCoreTests", dependencies: ["WaybillCore", "TestSupport"]),
        .testTarget(
            name: "WaybillEngineTests",
            dependencies: [
                "WaybillEngine", "Simulation", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .testTarget(name: "SimulationTests", dependencies: ["Simulation"]),
        .testTarget(
            name: "AdapterTests",
            dependencies: [
                "EmbeddedStorage", "KafkaLog", "PostgresStore", "Senders", "Simulation", "TestSupport", "mock-broker",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),
        .testTarget(
            name: "HTTPAPITests",
            dependencies: [
                "HTTPAPI", "Simulation", "TestSupport",
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "Yams", package: "Yams"),
            ]
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "TestSupport", "Simulation",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Yams", package: "Yams"),
            ]
        ),
        .testTarget(
            name: "HouseTests",
            dependencies: ["TestSupport", "HTTPAPI", "WaybillCore", .product(name: "Yams", package: "Yams")]
        ),
    ],
    swiftLanguageModes: [.v6]
)
