@testable import Bridge
@testable import Capture
@testable import Correlate
@testable import OTLP
@testable import Propagation

extension MergeScene {
    /// The address of a host.
    static func host(_ number: UInt32) -> Endpoint { Endpoint(ipv4: 0x0A00_0000 | number, port: 0) }

    /// A scene whose agent has the other hosts among its peers, or not.
    static func withPeers(_ text: String? = "10.0.0.0/24", native: Set<Propagator>? = nil) -> MergeScene {
        var options = MergeOptions()
        options.peers = PeerHosts(text.flatMap { Network(parsing: $0) }.map { [$0] } ?? [])
        if let native { options.native = native }
        return MergeScene(options)
    }

    /// An end of an exchange between two hosts.
    private mutating func across(
        _ number: UInt64, _ role: Role, _ phase: LinkedExchange.Phase, by parent: ExchangeEnd?, _ method: LinkMethod,
        confidence: Double, headers: [(String, String)], from here: UInt32, with there: UInt32,
        _ change: (inout Exchange) -> Void
    ) -> LinkedExchange {
        var linked = samples.linked(number, role, phase: phase, parent: parent, method: method, headers: headers)
        if parent != nil { linked.link.confidence = confidence }
        linked.exchange.local = Self.host(here)
        linked.exchange.peer = Self.host(there)
        linked.exchange.hasSharedID = true
        change(&linked.exchange)
        return linked
    }

    /// Opens and closes an end of an exchange with another host.
    @discardableResult
    mutating func across(
        _ number: UInt64, _ role: Role, by parent: ExchangeEnd? = nil, _ method: LinkMethod = .thread,
        confidence: Double = 1, headers: [(String, String)] = [], from here: UInt32 = 1, with there: UInt32 = 2,
        _ change: (inout Exchange) -> Void = { _ in }
    ) -> SpanContext {
        let opened = across(
            number, role, .opened, by: parent, method, confidence: confidence, headers: headers, from: here,
            with: there, change)
        merger.open(opened, fields: samples.fields)
        let closed = across(
            number, role, .closed, by: parent, method, confidence: confidence, headers: headers, from: here,
            with: there, change)
        return merger.close(closed, fields: samples.fields)
    }

    /// The same, only opened.
    mutating func openAcross(
        _ number: UInt64, _ role: Role, by parent: ExchangeEnd? = nil, headers: [(String, String)] = [],
        from here: UInt32 = 1, with there: UInt32 = 2
    ) {
        let opened = across(
            number, role, .opened, by: parent, .thread, confidence: 1, headers: headers, from: here, with: there
        ) { _ in }
        merger.open(opened, fields: samples.fields)
    }

    /// The same, only closed.
    mutating func closeAcross(
        _ number: UInt64, _ role: Role, by parent: ExchangeEnd? = nil, from here: UInt32 = 1, with there: UInt32 = 2
    ) -> SpanContext {
        let closed = across(
            number, role, .closed, by: parent, .thread, confidence: 1, headers: [], from: here, with: there
        ) { _ in }
        return merger.close(closed, fields: samples.fields)
    }

    static func spanID(_ number: UInt64, _ role: Role) -> UInt64 { IDScheme.spanID(of: Samples.end(number, role)) }

    static func own(_ number: UInt64) -> TraceID { IDScheme.traceID(of: Samples.end(number, .client).id) }
}
