import CInterspanBPF
import Testing

@testable import Capture

/// Query attributes (`CLIENT_QUERY_ATTRIBUTES`) that are a part of a trace context.
@Suite struct MySQLAttributeTests {
    private typealias Bytes = MySQLBytes
    private static let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    private func run(_ steps: [(Side, [UInt8])], joined: Bool = false) -> TrackerRun {
        var options = CaptureOptions()
        options.headers.contexts = ["traceparent", "tracestate", "sw8"]
        var builder = RecordBuilder()
        if joined { (builder.sent, builder.received) = (500, 500) }
        var run = TrackerRun(options: options)
        let login: [(Side, [UInt8])] = [
            (.responder, Bytes.greeting("8.0.36")), (.requester, Bytes.login(Bytes.plain | 1 << 27)),
            (.responder, Bytes.ok(2)),
        ]
        for (side, bytes) in (joined ? [] : login) + steps { run.feed(builder.say(side, bytes, asRequester: true)) }
        run.feed(builder.event(INTERSPAN_KIND_CLOSE))
        run.finish()
        return run
    }

    private func text(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }

    /// Which are null, that types and names follow, those, and the values.
    private func values(_ values: [(type: UInt8, name: String, value: [UInt8]?)]) -> [UInt8] {
        var nulls = [UInt8](repeating: 0, count: (values.count + 7) / 8)
        for (index, value) in values.enumerated() where value.value == nil { nulls[index / 8] |= 1 << UInt8(index % 8) }
        return nulls + [1] + values.flatMap { [$0.type, 0] + text($0.name) } + values.flatMap { $0.value ?? [] }
    }

    private func query(_ attributes: [(type: UInt8, name: String, value: [UInt8]?)], _ sql: String) -> [UInt8] {
        Bytes.command(
            0x03, [UInt8(attributes.count), 1] + (attributes.isEmpty ? [] : values(attributes)) + Array(sql.utf8))
    }

    private func execution(_ attributes: [(type: UInt8, name: String, value: [UInt8]?)], flags: UInt8 = 8) -> [UInt8] {
        Bytes.command(0x17, [7, 0, 0, 0, flags, 1, 0, 0, 0, UInt8(attributes.count)] + values(attributes))
    }

    private func contexts(_ closed: TrackerRun.Closed?) -> [String] {
        (closed?.fields ?? []).filter { $0.key == .context }.map { "\($0.name)=\($0.value)" }
    }

    @Test func contextOfAQueryIsHandedOn() {
        let attributes: [(UInt8, String, [UInt8]?)] = [
            (0x08, "n", [UInt8](repeating: 1, count: 8)), (0xFE, "TraceParent", text(MySQLAttributeTests.parent)),
            (0xFD, "other", text("secret")), (0xFD, "sw8", nil), (0x03, "tracestate", [1, 2, 3, 4]),
            (0xFD, "tracestate", text("a=1")),
        ]
        for joined in [false, true] {
            let run = run(
                [
                    (.requester, joined ? Bytes.query("SELECT 1") : query([], "SELECT 1")), (.responder, Bytes.ok()),
                    (.requester, query(attributes, "SELECT 7")), (.responder, Bytes.ok()),
                ], joined: joined)
            #expect(run.closed.last?.value(.statement) == "SELECT 7")
            #expect(contexts(run.closed.last) == ["TraceParent=\(MySQLAttributeTests.parent)", "tracestate=a=1"])
        }
    }

    @Test func executionHasItsOwnBesideTheStatementThatWasPrepared() {
        let prepared = Bytes.packet(1, [0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
        let attributes: [(UInt8, String, [UInt8]?)] = [
            (0x08, "", [UInt8](repeating: 1, count: 8)), (0xFD, "", text("traceparent")),
            (0xFD, "traceparent", text(MySQLAttributeTests.parent)),
        ]
        let run = run([
            (.requester, Bytes.prepare("SELECT ?, ?")), (.responder, prepared), (.requester, execution(attributes)),
            (.responder, Bytes.ok()), (.requester, execution(attributes, flags: 0)), (.responder, Bytes.ok()),
        ])
        #expect(run.closed.map { $0.value(.statement) } == ["SELECT ?, ?", "SELECT ?, ?"])
        #expect(run.closed.map(contexts) == [["traceparent=\(MySQLAttributeTests.parent)"], []])
    }

    @Test func whatIsCutOrWrongIsIgnored() {
        let whole = query(
            [(0xFD, "traceparent", text(MySQLAttributeTests.parent)), (0xFD, "b", text("c"))], "SELECT 1")
        for count in 6..<whole.count - 4 {
            let cut = Array(whole[4..<count])
            let run = run([(.requester, Bytes.packet(0, cut)), (.responder, Bytes.ok())])
            #expect(contexts(run.closed.first).allSatisfy { $0 == "traceparent=\(MySQLAttributeTests.parent)" })
        }
        for place in 5..<30 {
            for byte in [UInt8(0), 0xFB, 0xFC, 0xFE, 0xFF] {
                var garbled = whole
                garbled[place] = byte
                _ = run([(.requester, garbled), (.responder, Bytes.ok())])
                _ = run([(.requester, execution([(byte, "traceparent", text("x"))])), (.responder, Bytes.ok())])
            }
        }
    }
}
