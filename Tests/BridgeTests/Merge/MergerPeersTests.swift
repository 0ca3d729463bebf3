import Testing

@testable import Bridge
@testable import Capture
@testable import Correlate
@testable import OTLP
@testable import Propagation

/// Exchanges of which this host sees one end.
@Suite struct MergerPeersTests {
    private static let given = MergeScene.parent(1, 0xA)

    @Test func aServersSpanHangsFromTheCallersOnAPeer() {
        var scene = MergeScene.withPeers()
        let server = scene.across(1, .server, headers: Self.given)
        #expect(server.traceID == MergeScene.trace(1))
        #expect(server.parentSpanID == MergeScene.spanID(1, .client))
        #expect(server.join.name.description == "flow" && server.confidence == 1)
        #expect(scene.merger.counters.joinedByPeer == 1 && scene.merger.counters.unconfirmedParent == 0)
    }

    @Test func aServersSpanHangsFromTheContextsWhereItsCallersHostIsNoPeer() {
        for peers in [nil, "10.0.1.0/24", "10.0.0.1"] {
            var scene = MergeScene.withPeers(peers)
            #expect(scene.across(1, .server, headers: Self.given).parentSpanID == 0xA)
        }
    }

    @Test func anIDThatOnlyThisHostKnowsIsNobodysParent() {
        var scene = MergeScene.withPeers()
        #expect(scene.across(1, .server, headers: Self.given) { $0.hasSharedID = false }.parentSpanID == 0xA)
    }

    @Test func thisHostIsNoPeerOfItself() {
        var scene = MergeScene.withPeers()
        #expect(scene.across(1, .server, headers: Self.given, from: 2, with: 2).parentSpanID == 0xA)
    }

    @Test func whatIsNotRecordedStaysSo() {
        var scene = MergeScene.withPeers()
        #expect(!scene.across(1, .server, headers: MergeScene.parent(1, 0xA, flags: "00")).isSampled)
    }

    @Test func bothAgentsGiveOneTreeWithAContext() {
        for native in [nil, []] as [Set<Propagator>?] {
            var (here, there) = (MergeScene.withPeers(native: native), MergeScene.withPeers(native: native))
            let client = here.across(1, .client, headers: Self.given, from: 1, with: 2)
            let server = there.across(1, .server, headers: Self.given, from: 2, with: 1)
            #expect(server.parentSpanID == client.spanID && server.traceID == client.traceID)
        }
    }

    @Test func withoutContextBothEndsShareTheTraceOfWhichTheClientIsTheRoot() {
        var (here, there) = (MergeScene(), MergeScene())
        let client = here.across(1, .client)
        let server = there.across(1, .server)
        #expect(client.traceID == server.traceID && client.parentSpanID == 0 && server.parentSpanID == 0)
        #expect(!client.linksToServer)
    }

    @Test func withoutContextTheClientNamesTheTraceThatTheServerBegins() {
        var (here, there) = (MergeScene(), MergeScene())
        here.open(9, .server, pid: 7)
        let client = here.across(1, .client, by: Samples.end(9, .server))
        let server = there.across(1, .server)
        #expect(client.linksToServer && client.traceID != server.traceID)
        #expect(server.traceID == MergeScene.own(1) && server.spanID == MergeScene.spanID(1, .server))
        #expect(here.merger.counters.linkedToServer == 1)
    }

    @Test func theLinkIsExported() {
        var scene = MergeScene()
        scene.open(9, .server, pid: 7)
        let place = scene.across(1, .client, by: Samples.end(9, .server))
        var batch = SpanBatch()
        var mapper = SpanMapper()
        let linked = scene.samples.linked(1, .client, phase: .closed)
        mapper.append(
            linked.exchange, fields: scene.samples.fields, place: place, resource: ResourceData(attributes: []),
            wallClockOffset: 0, to: &batch)
        let links = batch.links[batch.links.indices(of: batch.spans[0].links)]
        #expect(links.map(\.traceID) == [MergeScene.own(1)])
        #expect(links.map(\.spanID) == [MergeScene.spanID(1, .server)])
    }

    @Test func aLinkIsMadeOnlyWhereTheServerBeginsATrace() {
        let parent = Samples.end(9, .server)
        // There a context says where it belongs.
        var scene = MergeScene()
        scene.open(9, .server, headers: MergeScene.parent(1, 0x9), pid: 7)
        #expect(!scene.across(1, .client, by: parent, headers: Self.given).linksToServer)
        // A fetch carries its contexts in the answer, which says nothing of the server's.
        #expect(scene.across(2, .client, by: parent) { $0.message = .receive }.linksToServer)
        // A handshake that went well is no server's span.
        #expect(!scene.across(3, .client, by: parent) { $0.protocol = .tls }.linksToServer)
        // The other host has another id for it.
        #expect(!scene.across(4, .client, by: parent) { $0.hasSharedID = false }.linksToServer)
    }

    @Test func aServerThatIsSeenHereNeedsNoLink() {
        var scene = MergeScene()
        scene.open(9, .server, pid: 7)
        scene.openAcross(1, .client, by: Samples.end(9, .server))
        scene.openAcross(1, .server, by: Samples.end(1, .client), from: 2, with: 1)
        #expect(!scene.closeAcross(1, .client, by: Samples.end(9, .server)).linksToServer)
        // Nor any other exchange with it.
        #expect(!scene.across(2, .client, by: Samples.end(9, .server)).linksToServer)
        scene.open(3, .client, by: Samples.end(9, .server))
        #expect(!scene.close(3, .client).linksToServer, "by loopback nothing leaves the host")
    }

    @Test func aTraceThatAPeerCountsOnIsWhatItIs() {
        for (peers, isPending) in [("10.0.0.0/24", false), (nil, true)] as [(String?, Bool)] {
            var scene = MergeScene.withPeers(peers)
            scene.openAcross(1, .server)
            scene.openAcross(2, .client)
            #expect(scene.merger.isPending(MergeScene.own(1)) == isPending)
            #expect(scene.merger.isPending(MergeScene.own(2)) == isPending)
        }
    }

    @Test func aCallIsInTheTraceThatItsContextTakesToAPeer() {
        // A service that received one trace goes on with another.
        let parent = Samples.end(9, .server)
        var scene = MergeScene.withPeers()
        scene.open(9, .server, headers: MergeScene.parent(9, 0x9), pid: 7)
        let call = scene.across(1, .client, by: parent, headers: Self.given)
        #expect(call.traceID == MergeScene.trace(1) && call.parentSpanID == 0xA)
        #expect(call.apartFrom == SpanKey(trace: MergeScene.trace(9), span: MergeScene.spanID(9, .server)))
        #expect(call.links.isEmpty && scene.merger.counters.movedForPeer == 1)
        // Elsewhere nothing counts on it.
        scene = MergeScene.withPeers(nil)
        scene.open(9, .server, headers: MergeScene.parent(9, 0x9), pid: 7)
        let other = scene.across(1, .client, by: parent, headers: Self.given)
        #expect(other.traceID == MergeScene.trace(9) && other.parentSpanID == MergeScene.spanID(9, .server))
        #expect(other.apartFrom == nil && other.links.count == 1)
    }

    @Test func aCallBelowASpanThatNobodySendsIsARootOfItsTrace() {
        var scene = MergeScene.withPeers(native: [])
        scene.open(9, .server, headers: MergeScene.parent(9, 0x9), pid: 7)
        let call = scene.across(1, .client, by: Samples.end(9, .server), headers: Self.given)
        #expect(call.traceID == MergeScene.trace(1) && call.parentSpanID == 0)
        #expect(call.links.count == 1 && call.apartFrom?.trace == MergeScene.trace(9))
    }

    @Test func anAddressIsAPeersInWhateverFamilyItIsWritten() throws {
        let peers = PeerHosts(["10.0.0.0/8", "fd00::/16", "127.0.0.0/8", "::1"].compactMap { Network(parsing: $0) })
        for (text, isPeer) in [
            ("10.1.2.3", true), ("11.0.0.1", false), ("::ffff:10.1.2.3", true), ("::ffff:11.1.2.3", false),
            ("fd00::1", true), ("fd01::1", false), ("127.0.0.1", false), ("::1", false),
        ] {
            #expect(peers.contains(try #require(Endpoint(addressText: text))) == isPeer, "\(text)")
        }
        #expect(!PeerHosts().contains(MergeScene.host(1)))
    }

    @Test func peersAreRead() throws {
        let read = try ConfigurationTestSupport.load("receivers: {ebpf: {peers: [10.0.0.0/8, 'fd00::/8', 10.9.9.9]}}")
        #expect(read.configuration.ebpf.peers.count == 3)
        #expect(read.configuration.merger.options.peers == PeerHosts(read.configuration.ebpf.peers))
        let many = (0...PeerHosts.maximum).map { "10.0.\($0 / 256).\($0 % 256)" }.joined(separator: ", ")
        #expect(throws: ConfigurationErrors.self) {
            try ConfigurationTestSupport.load("receivers: {ebpf: {peers: [\(many)]}}")
        }
    }
}
