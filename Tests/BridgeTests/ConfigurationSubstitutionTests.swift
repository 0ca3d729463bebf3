import Testing

@testable import Bridge

@Suite struct ConfigurationSubstitutionTests {
    typealias Support = ConfigurationTestSupport

    private func endpoint(_ text: String, _ environment: [String: String] = [:]) throws -> String {
        try Support.otlp("exporters: {otlp_http: {endpoint: '\(text)'}}", environment).endpoint
    }

    @Test func variablesAndDefaultsArePutIn() throws {
        #expect(try endpoint("http://${env:HOST}:4318", ["HOST": "tempo"]) == "http://tempo:4318")
        #expect(try endpoint("http://${HOST}:4318", ["HOST": "tempo"]) == "http://tempo:4318")
        #expect(try endpoint("http://${env:HOST:-b}:${env:PORT:-1}", ["PORT": "2"]) == "http://b:2")
        #expect(try endpoint("http://${env:HOST:-b}", ["HOST": ""]) == "http://b")
        #expect(try endpoint("${env:URL:-http://a:1/b?c=:-d}") == "http://a:1/b?c=:-d")
    }

    @Test func aValueThatComesOutEmptyIsNotGiven() throws {
        #expect(try endpoint("${env:URL:-}") == "http://localhost:4318")
        #expect(
            try Support.otlp("exporters: {otlp_http: {headers: {a: '${env:A:-}', b: ''}}}").headers
                == [.init(name: "b", value: "")])
    }

    @Test func dollarsAreDoubledAndLoneOnesStay() throws {
        let text = "exporters: {otlp_http: {headers: {a: '$${env:X}', b: '5$ $x $', c: '$$$$'}}}"
        #expect(try Support.otlp(text).headers.map(\.value) == ["${env:X}", "5$ $x $", "$$"])
    }

    @Test func whatAVariableHoldsIsNotSearchedAgain() throws {
        let section = try Support.otlp("exporters: {otlp_http: {headers: {a: '${env:A}'}}}", ["A": "${env:B}$$"])
        #expect(section.headers.map(\.value) == ["${env:B}$$"])
    }

    @Test func listsComeWithCommas() throws {
        let text = "service: {pipelines: {traces: {exporters: '${env:WHERE}'}}}"
        let configuration = try Support.load(text, ["WHERE": "debug, otlp_http"]).configuration
        #expect(configuration.pipelines[0].exporters == ["debug", "otlp_http"])
    }

    @Test func everythingThatIsUnsetIsNamedAtOnce() {
        let errors = Support.errors(
            "exporters:\n  otlp_http:\n    endpoint: ${env:ONE}\n    timeout: ${TWO}\n    encoding: ${env:THREE}",
            ["THREE": "xml"])
        #expect(
            errors == [
                "exporters.otlp_http.endpoint: line 3: the environment variable ONE is not set, and there is no default",
                "exporters.otlp_http.timeout: line 4: the environment variable TWO is not set, and there is no default",
                "exporters.otlp_http.encoding: line 5: expected proto or json, found 'xml'",
            ])
    }

    @Test(arguments: ["${}", "${env:}", "${env:1A}", "${env:A-B}", "${file:/etc/passwd}", "${env:A", "${"])
    func whatIsNoSubstitutionIsAnError(_ text: String) {
        let errors = Support.errors("exporters: {otlp_http: {endpoint: '\(text)'}}", ["A": "http://a"])
        #expect(errors.count == 1)
        #expect(errors[0].hasPrefix("exporters.otlp_http.endpoint: line 1: expected "))
    }

    @Test func whatTheEnvironmentPutsInIsBounded() {
        let text =
            "exporters: {otlp_http: {headers: {" + (0..<50).map { "h\($0): '${BIG}'" }.joined(separator: ", ") + "}}}"
        let errors = Support.errors(text, ["BIG": String(repeating: "x", count: 100_000)])
        #expect(errors.count == 9)
        #expect(errors.allSatisfy { $0.hasSuffix("expected less than 4 MiB from the environment") })
    }
}
