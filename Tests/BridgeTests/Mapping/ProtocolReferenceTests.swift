import Testing

@testable import Bridge
@testable import Capture

@Suite struct ProtocolReferenceTests {
    typealias Support = ConfigurationTestSupport

    @Test func theReferenceIsWhatTheCodeSays() throws {
        let committed = try Support.text("docs/protocols.md")
        let same = committed == ProtocolReference.markdown
        #expect(same, "docs/protocols.md is old: interspan protocols > docs/protocols.md")
    }

    @Test(arguments: ApplicationProtocol.allCases)
    func everyProtocolHasItsOwnDescriptionAndAttributes(_ identity: ApplicationProtocol) {
        let about = ProtocolDescription(identity)
        for text in [about.name, about.recognised, about.spans, about.limits] {
            #expect(!text.isEmpty && !text.contains("|") && !text.contains("\n"))
        }
        let others = ApplicationProtocol.allCases.filter { $0 != identity }.map { ProtocolDescription($0).name }
        #expect(!others.contains(about.name))
        let keys = MappedAttributes.keys(of: identity)
        #expect(keys.isSuperset(of: ["interspan.exchange.id", "network.peer.address", "error.type"]))
    }

    @Test func attributesAreThoseOfTheProtocolsOwnConventions() {
        #expect(MappedAttributes.keys(of: .http1).isSuperset(of: ["http.request.method", "url.full", "url.path"]))
        #expect(MappedAttributes.keys(of: .mysql).isSuperset(of: ["db.system.name", "db.response.status_code"]))
        #expect(
            !MappedAttributes.keys(of: .mysql).contains("db.collection.name"), "no exchange of MySQL has that field")
        #expect(MappedAttributes.keys(of: .kafka).contains("messaging.kafka.offset"))
        #expect(!MappedAttributes.keys(of: .mqtt).contains("messaging.kafka.offset"))
    }
}
