import Foundation
import Testing

@testable import Bridge

/// What tests of the configuration share.
enum ConfigurationTestSupport {
    /// The repository's folder.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Files of a folder with an ending, by name.
    static func files(_ folder: String, _ ending: String = "yaml") -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path())) ?? []
        return names.filter { $0.hasSuffix("." + ending) }.sorted().map { folder + "/" + $0 }
    }

    /// The text of a file of the repository.
    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// What a text (or nothing) and an environment make.
    static func load(_ text: String? = nil, _ environment: [String: String] = [:]) throws -> LoadedConfiguration {
        try ConfigurationLoader.load(text, file: "test.yaml", environment: environment)
    }

    /// The errors of a text and an environment, a line each; none when it is valid.
    static func errors(_ text: String? = nil, _ environment: [String: String] = [:]) -> [String] {
        do throws(ConfigurationErrors) {
            _ = try ConfigurationLoader.load(text, file: "test.yaml", environment: environment)
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    /// The first OTLP/HTTP exporter, or the one of a name.
    static func otlp(
        _ text: String? = nil, _ environment: [String: String] = [:], name: String = "otlp_http"
    ) throws -> OTLPHTTPConfiguration {
        let exporters = try load(text, environment).configuration.exporters
        for case .otlpHTTP(name, let section) in exporters { return section }
        Issue.record("no exporter \(name) in \(exporters.map(\.name))")
        return OTLPHTTPConfiguration()
    }

    /// The OTLP/gRPC exporter of a name.
    static func grpc(
        _ text: String? = nil, _ environment: [String: String] = [:], name: String = "otlp_grpc"
    ) throws -> OTLPGRPCConfiguration {
        let exporters = try load(text, environment).configuration.exporters
        for case .otlpGRPC(name, let section) in exporters { return section }
        Issue.record("no exporter \(name) in \(exporters.map(\.name))")
        return OTLPGRPCConfiguration()
    }
}
