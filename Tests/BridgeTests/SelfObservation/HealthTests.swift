import Testing

@testable import Bridge
@testable import OTLP

/// What `/healthz` and `/readyz` say.
@Suite struct HealthTests {
    private func ready(_ phase: AgentState.Phase, _ states: [Backend.State?], captures: Bool = true) -> ReadinessReport
    {
        ReadinessReport(
            phase: phase, usesCapture: captures,
            exporters: states.map { .init(name: "otlp_http/x", signal: .traces, backend: $0) })
    }

    @Test func readyIsWhoIsActiveAndWhoseBackendsAnswer() {
        #expect(ready(.active, [.answering, nil]).answer.status == 200)
        #expect(ready(.active, []).answer.status == 200, "nothing to export to is nothing to wait for")
        #expect(ready(.starting, [.answering]).answer.status == 503)
        #expect(ready(.ending, [.answering]).answer.status == 503)
        #expect(ready(.active, [.untried]).answer.status == 503)
        #expect(ready(.active, [.answering, .silent(why: "Timeout was reached")]).answer.status == 503)
    }

    @Test func theBodyNamesWhatIsMissing() {
        let answer = ready(.starting, [.silent(why: "Timeout was reached"), .answering]).answer
        #expect(answer.contentType == "application/json")
        #expect(
            String(decoding: answer.body, as: UTF8.self) == """
                {"status":"not ready","waits_for":[{"part":"agent","reason":"programs are not attached yet"},\
                {"part":"otlp_http/x","signal":"traces","reason":"Timeout was reached"}]}

                """)
        #expect(ready(.starting, [], captures: false).obstacles.first?.reason == "receivers do not listen yet")
        #expect(String(decoding: ready(.active, []).answer.body, as: UTF8.self) == "{\"status\":\"ready\"}\n")
    }

    @Test func aThreadThatDoesNotGoOnIsNotWell() {
        let pulse = ThreadPulse()
        #expect(!pulse.isStalled(now: .max), "it has not begun")
        pulse.beat(now: 1000)
        #expect(!pulse.isStalled(now: 1000 + ThreadPulse.patience))
        #expect(pulse.isStalled(now: 1001 + ThreadPulse.patience))
        #expect(!pulse.isStalled(now: 0))
        pulse.mayWait()
        #expect(!pulse.isStalled(now: .max - 1), "somebody else keeps it waiting")
        pulse.beat(now: 5)
        #expect(pulse.isStalled(now: .max - 1))
        pulse.rest()
        #expect(!pulse.isStalled(now: .max - 1))
    }

    @Test func stalledThreadsAreNamed() {
        let state = AgentState()
        state.capture.beat(now: 1)
        state.bridge.beat(now: ThreadPulse.patience)
        #expect(state.stalled(now: ThreadPulse.patience + 2) == ["capture"])
        let answer = HealthReport(stalled: ["capture"], uptime: 2_500_000_000).answer
        #expect(answer.status == 503)
        #expect(
            String(decoding: answer.body, as: UTF8.self).hasPrefix("{\"status\":\"stalled\",\"threads\":[\"capture\"]"))
        let well = HealthReport(stalled: [], uptime: 2_500_000_000).answer
        #expect(well.status == 200)
        #expect(String(decoding: well.body, as: UTF8.self).contains("\"uptime_seconds\":2"))
    }
}
