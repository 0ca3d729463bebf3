import Foundation

/// A Java runtime that has virtual threads, with each way of collecting garbage, since each moves objects in its own.
struct JavaRuntime: CustomStringConvertible, Sendable {
    var java: String
    var options: [String]

    var description: String { options.joined() }

    /// Those of this machine: where `JAVA_21` says, or Debian puts them. Why there are none is said aloud.
    static let all: [JavaRuntime] = {
        let folder = "/usr/lib/jvm"
        let installed = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let candidates =
            [ProcessInfo.processInfo.environment["JAVA_21"]].compactMap(\.self)
            + installed.filter { $0.contains("-21-") || $0.contains("-25-") }.map { "\(folder)/\($0)/bin/java" }
        guard let java = candidates.first(where: FileManager.default.isExecutableFile(atPath:)) else {
            print("SKIPPED: virtual threads: no Java 21 here")
            return []
        }
        let collectors = ["Serial", "Parallel", "G1", "Z"].map { "-XX:+Use\($0)GC" }
        return collectors.map { JavaRuntime(java: java, options: [$0]) }
    }()

    /// Where the compiled program is; nil when nothing here compiles it.
    static let classes: String? = {
        let folder = FileManager.default.temporaryDirectory.appending(path: "interspan-java-\(getpid())").path
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/javac")
        process.arguments = ["-d", folder, LiveTraffic.folder.appending(path: "VirtualThreads.java").path]
        try? process.run()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? folder : nil
    }()
}
