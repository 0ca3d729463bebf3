import Foundation

/// A program in Go, built in the ways that put its goroutines in different places.
enum GoPrograms {
    struct Build: CustomStringConvertible, Sendable {
        var name: String
        var arguments: [String]
        var usesC = true
        /// Where it is; nil when it could not be built.
        var path: String?

        var description: String { name }
    }

    /// Those that this machine can build. Why there are none is said aloud.
    static let all: [Build] = {
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/go") else {
            print("SKIPPED: goroutines: no go here")
            return []
        }
        return [
            Build(name: "plain", arguments: []),
            Build(name: "withoutC", arguments: [], usesC: false),
            Build(name: "stripped", arguments: ["-ldflags=-s -w"]),
            Build(name: "positionIndependent", arguments: ["-buildmode=pie"]),
            Build(name: "linkedByC", arguments: ["-ldflags=-linkmode=external"]),
            Build(name: "besideVariablesOfC", arguments: ["-tags=storage"]),
            Build(name: "besideVariablesOfCStripped", arguments: ["-tags=storage", "-ldflags=-s -w"]),
        ].map(built)
    }()

    private static func built(_ build: Build) -> Build {
        let folder = FileManager.default.temporaryDirectory.appending(path: "interspan-go-\(getpid())")
        let path = folder.appending(path: build.name).path
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/go")
        process.arguments = ["build", "-buildvcs=false", "-o", path] + build.arguments + ["."]
        process.currentDirectoryURL = LiveTraffic.folder.appending(path: "goroutines")
        process.environment = ProcessInfo.processInfo.environment.merging([
            "CGO_ENABLED": build.usesC ? "1" : "0", "GOFLAGS": "", "GOTOOLCHAIN": "local",
        ]) { $1 }
        try? process.run()
        process.waitUntilExit()
        var built = build
        built.path = process.terminationStatus == 0 ? path : nil
        return built
    }
}
