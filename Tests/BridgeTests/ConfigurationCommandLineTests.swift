import Foundation
import Testing

@testable import Bridge

/// The program itself, as its users run it.
@Suite struct ConfigurationCommandLineTests {
    typealias Support = ConfigurationTestSupport

    struct Result {
        var status: Int32
        var output: String
        var errors: String
    }

    /// The program that was built beside the tests.
    private static let program: URL? = {
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") }.map { URL(filePath: $0) }
        let folder = (bundle ?? Bundle.main.executableURL)?.deletingLastPathComponent()
        let program = folder?.appending(path: "interspan")
        return program.flatMap { FileManager.default.isExecutableFile(atPath: $0.path()) ? $0 : nil }
    }()

    private func run(_ arguments: String..., environment: [String: String] = [:]) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "interspan-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // Files, since a pipe that nobody reads meanwhile can fill.
        let paths = ["out", "err"].map { folder.appending(path: $0) }
        for path in paths { try Data().write(to: path) }
        let process = Process()
        let program: URL = try #require(Self.program, "interspan was not built beside the tests")
        process.executableURL = program
        process.arguments = arguments
        process.environment = environment
        process.standardOutput = try FileHandle(forWritingTo: paths[0])
        process.standardError = try FileHandle(forWritingTo: paths[1])
        try process.run()
        process.waitUntilExit()
        let texts = try paths.map { try String(contentsOf: $0, encoding: .utf8) }
        return Result(status: process.terminationStatus, output: texts[0], errors: texts[1])
    }

    private func path(_ file: String) -> String { Support.root.appending(path: file).path() }

    @Test func versionIsData() throws {
        let result = try run("version")
        #expect(result.status == 0)
        #expect(result.output == "interspan \(Version.number)\n")
        #expect(result.errors.isEmpty)
    }

    @Test func helpIsDataAndShowsExamples() throws {
        for arguments in [["--help"], ["run", "--help"], ["replay", "--help"], ["doctor", "--help"]] {
            let result = try arguments.count == 1 ? run(arguments[0]) : run(arguments[0], arguments[1])
            #expect(result.status == 0)
            #expect(result.output.contains("EXAMPLES"))
            #expect(result.errors.isEmpty)
        }
    }

    @Test(arguments: [
        ["nonsense"], ["replay"], ["doctor", "--jsn"], ["config", "validate", "--config"], ["run", "x"],
    ])
    func wrongArgumentsAreStatusTwo(_ arguments: [String]) throws {
        let result: Result
        switch arguments.count {
        case 1: result = try run(arguments[0])
        case 2: result = try run(arguments[0], arguments[1])
        default: result = try run(arguments[0], arguments[1], arguments[2])
        }
        #expect(result.status == 2)
        #expect(result.output.isEmpty)
        #expect(result.errors.hasPrefix("Error: "))
    }

    @Test func validConfigurationsAreStatusZero() throws {
        let result = try run("config", "validate", "--config", path("config/jaeger.yaml"))
        #expect(result.status == 0)
        #expect(result.errors.isEmpty)
    }

    @Test(arguments: ["run", "replay", "validate", "print"]) func wrongConfigurationsAreStatusTwo(_ command: String)
        throws
    {
        let file = path("config/invalid/later-keys.yaml")
        let result =
            switch command {
            case "run": try run("run", "--config", file)
            case "replay": try run("replay", "x.pcap", "--config", file)
            default: try run("config", command, "--config", file)
            }
        #expect(result.status == 2)
        #expect(result.output.isEmpty)
        let expected = try Support.text("config/invalid/later-keys.yaml").split(separator: "\n")
        #expect(result.errors.split(separator: "\n").count == expected.filter { $0.hasPrefix("# expect: ") }.count)
    }

    @Test(arguments: ["/does/not/exist.yaml", "/", "/dev/zero"]) func whatCannotBeReadIsOneLineAndStatusTwo(
        _ file: String
    ) throws {
        let result = try run("config", "validate", "--config", file)
        #expect(result.status == 2)
        #expect(result.errors.split(separator: "\n").count == 1)
        #expect(result.errors.hasPrefix(file + ": "))
    }

    @Test func theEnvironmentIsHeededAndWarningsGoToStderr() throws {
        let result = try run(
            "config", "print",
            environment: ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://tempo:4318", "OTEL_EXPORTER_OTLP_TIMEOUT": "soon"])
        #expect(result.status == 0)
        #expect(result.output.contains("endpoint: \"http://tempo:4318\"\n"))
        #expect(result.errors.hasPrefix("warning: OTEL_EXPORTER_OTLP_TIMEOUT: expected a whole number"))
    }

    @Test func theReferenceIsWritten() throws {
        #expect(try run("config", "reference").output == ConfigurationReference.markdown)
    }
}
