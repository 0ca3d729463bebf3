// swift-tools-version: 6.2
import PackageDescription

// Every target of ours is compiled with the same rules. Warnings are errors everywhere: a warning that is
// tolerated today is a page of them next year.
let rules: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

// Tests are built in release mode as well, beside the sources that they share with the live tests: what is optimised is
// what they test, not they themselves.
let testRules = rules + [.unsafeFlags(["-Onone"], .when(configuration: .release))]

let package = Package(
    name: "interspan",
    products: [
        .executable(name: "interspan", targets: ["interspan"]),
        // For Benchmarks/Encoding, which is a package of its own: only products can be depended upon across packages. No
        // interface for others.
        .library(name: "OTLP", targets: ["OTLP", "COTLPMessages"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // C, wrapped once each. Who may call which, `scripts/check-imports` says.
        .systemLibrary(name: "CInterspanBPF", path: "bpf/include"),
        .systemLibrary(name: "CLibBPF", pkgConfig: "libbpf", providers: [.apt(["libbpf-dev"])]),
        .systemLibrary(name: "CNghttp2", pkgConfig: "libnghttp2", providers: [.apt(["libnghttp2-dev"])]),
        .systemLibrary(name: "CProtobufC", pkgConfig: "libprotobuf-c", providers: [.apt(["libprotobuf-c-dev"])]),
        .systemLibrary(name: "CLibCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
        .systemLibrary(name: "CSnappy", pkgConfig: "snappy", providers: [.apt(["libsnappy-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .target(name: "COTLPMessages", dependencies: ["CProtobufC"]),  // OTLP; generated from proto/
        // RE2 has no interface for C: a few lines give it one.
        .target(name: "CRE2", linkerSettings: [.linkedLibrary("re2")]),

        .plugin(name: "CompileBPF", capability: .buildTool()),
        .target(
            name: "Capture",
            dependencies: ["CInterspanBPF", "CLibBPF", "CNghttp2", "CZlib", "CZstd", "CLZ4", "CSnappy"],
            swiftSettings: rules, plugins: ["CompileBPF"]),
        .target(name: "Threading", swiftSettings: rules),
        .target(name: "Propagation", swiftSettings: rules),
        .target(name: "Correlate", dependencies: ["Capture", "Propagation"], swiftSettings: rules),
        .target(
            name: "OTLP",
            dependencies: [
                "Threading", "CLibCurl", "CProtobufC", "CZlib", "CSQLite", "COTLPMessages",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOHPACK", package: "swift-nio-http2"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ], swiftSettings: rules),
        .target(
            name: "Bridge",
            dependencies: [
                "Capture", "Propagation", "Correlate", "OTLP", "Threading", "CRE2", "Yams",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ], swiftSettings: rules),
        .executableTarget(
            name: "interspan",
            dependencies: ["Bridge", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            swiftSettings: rules),

        .testTarget(name: "ThreadingTests", dependencies: ["Threading"], swiftSettings: testRules),
        .testTarget(name: "CaptureTests", dependencies: ["Capture", "CInterspanBPF"], swiftSettings: testRules),
        .testTarget(name: "PropagationTests", dependencies: ["Propagation"], swiftSettings: testRules),
        .testTarget(name: "CorrelateTests", dependencies: ["Correlate", "Capture"], swiftSettings: testRules),
        .testTarget(
            name: "OTLPTests",
            dependencies: [
                "OTLP", "Threading",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOHPACK", package: "swift-nio-http2"),
            ], swiftSettings: testRules),
        .testTarget(
            name: "BridgeTests",
            dependencies: [
                "Bridge", "Capture", "Correlate", "OTLP", "Propagation",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: testRules),
    ],
    cxxLanguageStandard: .cxx17
)
