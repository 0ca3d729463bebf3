import Capture
import Testing

@testable import Bridge

@Suite struct SelectionConfigurationTests {
    typealias Support = ConfigurationTestSupport

    private static let variable = "INTERSPAN_RECEIVERS__EBPF__SELECT"

    @Test func aVariableHoldsTheListAsYAML() throws {
        let text = "[{ports: [80, 8000-8010], exe: \"*/python3*\"}, {labels: {app: shop}}]"
        let file = "receivers: {ebpf: {select: \(text)}}"
        let fromFile = try Support.load(file).configuration.ebpf
        #expect(fromFile.select.count == 2)
        #expect(fromFile.select[0].ports.map(\.text) == ["80", "8000-8010"])
        #expect(try Support.load(nil, [Self.variable: text]).configuration.ebpf == fromFile)
        #expect(
            try Support.load("receivers: {ebpf: {select: [{pid: 1}]}}", [Self.variable: text]).configuration.ebpf
                == fromFile
        )
        let substituted = try Support.load("receivers: {ebpf: {select: '${env:RULES}'}}", ["RULES": text])
        #expect(substituted.configuration.ebpf == fromFile)
    }

    @Test func aWrongVariableIsNamed() {
        #expect(
            Support.errors(nil, [Self.variable: "80,8080"]) == [
                "\(Self.variable): expected a list of mappings, such as [{ports: ...}], at most 256"
            ])
        #expect(
            Support.errors(nil, [Self.variable: "[{port: [80]}]"])
                == [
                    "\(Self.variable): unknown key, did you mean 'ports'?"
                ])
    }

    @Test func whatIsPrintedReadsBackAsTheSame() throws {
        let text = """
            receivers:
              ebpf:
                select: [{ports: [80, 8000-8010]}, {labels: {app: "a*", "x/y": "$$b"}}, {user: "1000", pid: 7}]
                exclude: [{command: "*\\\\*"}, {all: true}]
            """
        let loaded = try Support.load(text).configuration
        #expect(loaded.ebpf.select[1].labels.map(\.value.text) == ["a*", "$b"])
        #expect(try Support.load(loaded.yaml).configuration.ebpf == loaded.ebpf)
        #expect(loaded.yaml.contains("select: [{ports: [80, \"8000-8010\"]}, {labels: {app: \"a*\""))
    }

    @Test func oneRuleForAllMakesTheWholeNodeTheScope() throws {
        let own = try Support.load("receivers: {ebpf: {select: [{all: true}]}}").configuration
        #expect(own.captureOptions.networkNamespace == nil)
        let rules = try Support.load("receivers: {ebpf: {select: [{pid: 1}]}}").configuration
        #expect(rules.captureOptions.networkNamespace == NetworkScope.defaultNetworkNamespace())
    }

    @Test func thereIsAnEndToRules() {
        let rules = (1...257).map { "{pid: \($0)}" }.joined(separator: ", ")
        let errors = Support.errors("receivers: {ebpf: {select: [\(rules)]}}")
        #expect(
            errors == [
                "receivers.ebpf.select: line 1: expected a list of mappings, such as [{ports: ...}], at most 256"
            ])
    }
}
