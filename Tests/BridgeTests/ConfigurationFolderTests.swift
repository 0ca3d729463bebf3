import OTLP
import Testing

@testable import Bridge

/// Every file of `config/`, and every wrong one.
@Suite struct ConfigurationFolderTests {
    typealias Support = ConfigurationTestSupport

    @Test(arguments: Support.files("config")) func everyExampleIsValidWithoutAnyVariable(_ path: String) throws {
        let loaded = try ConfigurationLoader.load(try Support.text(path), file: path, environment: [:])
        #expect(loaded.warnings.isEmpty)
        #expect(!loaded.configuration.exporters.isEmpty)
    }

    @Test(arguments: Support.files("config", "env")) func everyEnvironmentFileIsValid(_ path: String) throws {
        var environment: [String: String] = [:]
        for line in try Support.text(path).split(separator: "\n") where !line.hasPrefix("#") {
            let parts = line.split(separator: "=", maxSplits: 1)
            environment[String(parts[0])] = String(parts[1])
        }
        let loaded = try Support.load(nil, environment)
        #expect(loaded.warnings.isEmpty)
        #expect(try Support.otlp(nil, environment).url(for: .traces) == "http://tempo:4318/v1/traces")
        #expect(loaded.configuration.telemetry.logs.format == .json)
    }

    @Test func thereAreExamplesAndWrongFiles() {
        #expect(Support.files("config").count >= 10)
        #expect(Support.files("config/invalid").count >= 40)
    }

    @Test(arguments: Support.files("config/invalid")) func everyWrongFileSaysExactlyWhatIsWrong(_ path: String) throws {
        let text = try Support.text(path)
        let prefix = "# expect: "
        let expected = text.split(separator: "\n").filter { $0.hasPrefix(prefix) }.map {
            String($0.dropFirst(prefix.count))
        }
        #expect(!expected.isEmpty)
        do throws(ConfigurationErrors) {
            let name = path.split(separator: "/").last.map(String.init) ?? path
            _ = try ConfigurationLoader.load(text, file: name, environment: [:])
            Issue.record("\(path) is valid")
        } catch {
            #expect(error.problems.map(\.description) == expected)
        }
    }
}
