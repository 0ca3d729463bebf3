import Testing

@testable import Bridge
@testable import Capture

/// `processors.redact` and `service.routes`, and what they mean to Capture and to mapping.
@Suite struct ConfigurationRedactTests {
    private typealias Support = ConfigurationTestSupport

    @Test func defaultsMaskAndAskForNothing() throws {
        let configuration = try Support.load().configuration
        #expect(configuration.captureOptions.headers.others == [RequestMarks.scrapeTimeout.description])
        let options = configuration.mappingOptions
        #expect(options.query == .mask && options.sql == .mask && options.patterns == nil && options.routes.isEmpty)
    }

    @Test func whatIsWrittenActs() throws {
        let text = """
            processors:
              redact:
                headers: {allow: [X-Tenant, referer]}
                query: keep
                sql: drop
                patterns: ['\\d{3,}', {pattern: 'a,b', replacement: ''}]
            service: {routes: ['/users/{id}', '/files/*']}
            """
        let loaded = try Support.load(text)
        #expect(loaded.warnings.isEmpty)
        let configuration = loaded.configuration
        #expect(
            configuration.captureOptions.headers.others
                == ["x-tenant", "referer", RequestMarks.scrapeTimeout.description])
        #expect(
            configuration.redact.patterns == [RedactionPattern("\\d{3,}"), RedactionPattern("a,b", replacement: "")])
        let options = configuration.mappingOptions
        #expect(options.query == .keep && options.sql == .drop && options.headers == ["x-tenant", "referer"])
        #expect(options.patterns != nil && options.routes.map(\.text) == ["/users/{id}", "/files/*"])
        #expect(try Support.load(configuration.yaml).configuration.yaml == configuration.yaml)
    }

    @Test func namedInAPipelineItActsOnce() throws {
        let text = """
            processors: {redact/strict: {query: drop}}
            service: {pipelines: {traces: {processors: [correlate, redact/strict]}}}
            """
        #expect(try Support.load(text).configuration.redact.query == .drop)
    }

    @Test func everyKeyIsReachedFromTheEnvironment() throws {
        let environment = [
            "INTERSPAN_PROCESSORS__REDACT__HEADERS__ALLOW": "x-a, x-b", "INTERSPAN_PROCESSORS__REDACT__QUERY": "drop",
            "INTERSPAN_PROCESSORS__REDACT__PATTERNS": "a{1,2}\nb,c",
            "INTERSPAN_SERVICE__ROUTES": "/users/{id},/files/*",
        ]
        let configuration = try Support.load(nil, environment).configuration
        #expect(configuration.redact.headers.allowed == ["x-a", "x-b"] && configuration.redact.query == .drop)
        #expect(configuration.redact.patterns.map(\.pattern) == ["a{1,2}", "b,c"])
        #expect(configuration.routes.map(\.text) == ["/users/{id}", "/files/*"])
    }

    @Test func listsAreBounded() {
        func errors(_ key: String, _ items: [String]) -> [String] {
            Support.errors("processors: {redact: {\(key): [\(items.joined(separator: ", "))]}}")
        }
        #expect(errors("patterns", (0..<64).map { "'a\($0)'" }).isEmpty)
        #expect(errors("patterns", (0..<65).map { "'a\($0)'" }).count == 1)
        #expect(errors("patterns", ["'\(String(repeating: "a", count: 1025))'"]).count == 1)
        #expect(
            Support.errors("service: {routes: [\((0..<257).map { "/a\($0)" }.joined(separator: ", "))]}").count == 1)
    }

    @Test func routeThatIsNeverReachedIsTold() throws {
        let warnings = try Support.load("service: {routes: ['/a/{id}', /a/me, '/b/*', '/b/c/{d}', /c]}").warnings
        #expect(
            warnings == [
                "service.routes: /a/me has no effect behind /a/{id}",
                "service.routes: /b/c/{d} has no effect behind /b/*",
            ])
    }
}
