import Testing

@testable import Bridge
@testable import OTLP

/// What of another configuration takes effect at once, and what waits.
@Suite struct ReloadPlanTests {
    private static func plan(_ text: String, over current: String = "service: {}") throws -> ReloadPlan {
        ReloadPlan(
            try ConfigurationTestSupport.load(text).configuration,
            over: try ConfigurationTestSupport.load(current).configuration)
    }

    @Test(arguments: [
        "receivers: {ebpf: {select: [{ports: [80]}], exclude: [{user: root}]}}",
        "processors: {correlate: {enabled: false, window: 1s, min_confidence: 0.9, value_echo: false, echo_ignore: [x]}}",
        """
        processors: {merge: {propagators: [b3], native: [b3], sql_comments: false, reroot: link, ttl: 5s, wait: 1s,
          keys: {trace_id: [x-t], span_id: [x-s]}, baggage: [user]}}
        """,
        "processors: {redact: {headers: {allow: [x-a]}, query: keep, sql: keep, patterns: [{pattern: a}]}}",
        "service: {routes: ['/a/{b}'], identity: {container_runtime: none, kubernetes: none}}",
        """
        service: {telemetry: {logs: {level: debug, format: json}, health: {address: none},
          metrics: {address: '127.0.0.1:9999', derived: true}}}
        """,
        """
        processors: {sample: {ratio: 0.5, keep: [{error: true}]}}
        service: {pipelines: {traces: {receivers: [ebpf], processors: [sample]}}}
        """,
    ]) func whatCanChangeTakesEffect(_ text: String) throws {
        let (wanted, plan) = (try ConfigurationTestSupport.load(text).configuration, try Self.plan(text))
        #expect(plan.left == [])
        #expect(plan.next.yaml == wanted.yaml && wanted.yaml != Configuration().yaml)
    }

    @Test(arguments: [
        ("receivers: {ebpf: {hook: syscall, exclude: [{pid: 1}]}}", ["receivers.ebpf.hook"]),
        (
            "receivers: {ebpf: {payload_limit: 1024, ring_buffer: 1MiB}}",
            ["receivers.ebpf.payload_limit", "receivers.ebpf.ring_buffer"]
        ),
        ("processors: {correlate: {max_memory: 1MiB, window: 1s}}", ["processors.correlate.max_memory"]),
        (
            "processors: {merge: {enabled: false, sdk_spans: drop, ttl: 5s}}",
            ["processors.merge.enabled", "processors.merge.sdk_spans"]
        ),
        ("service: {state_directory: /tmp/x, routes: [/a]}", ["service.state_directory"]),
    ]) func whatCannotIsNamedKeyByKeyAndStays(_ text: String, _ keys: [String]) throws {
        let plan = try Self.plan(text)
        #expect(plan.left.map(\.key) == keys)
        #expect(plan.left.allSatisfy { !$0.reason.isEmpty })
        // What was taken over is in effect: the same again leaves the same, and nothing changes.
        let again = ReloadPlan(try ConfigurationTestSupport.load(text).configuration, over: plan.next)
        #expect(again.left == plan.left && again.next.yaml == plan.next.yaml)
        let back = ReloadPlan(try ConfigurationTestSupport.load("service: {}").configuration, over: plan.next)
        #expect(back.left == [])
    }

    @Test func capturingBeginsAtTheStart() throws {
        let received = "receivers: {otlp: {protocols: {http: {}}}}\nservice: {pipelines: {traces: {receivers: [otlp]}}}"
        #expect(try Self.plan("service: {}", over: received).left.map(\.key) == ["service.pipelines"])
    }
}
