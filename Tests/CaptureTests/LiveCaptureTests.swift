import Foundation
import Testing

@testable import Capture

/// The live source as a whole: real requests become exchanges.
@Suite(.serialized) struct LiveCaptureTests {
    @Test(arguments: LiveTraffic.hooks)
    func aRequestIsSeenAtBothEnds(hook: CaptureOptions.Hook) throws {
        var options = CaptureOptions()
        options.hook = hook
        var capture = try LiveCapture(options: options)
        let process = try LiveTraffic.python("request.py", ["3"])
        try process.run()
        let pid = UInt32(process.processIdentifier)
        var batch = ObservationBatch()
        var targets: [String] = []
        var opened = 0
        func take(_ batch: inout ObservationBatch) {
            for observation in batch.observations {
                switch observation {
                case .opened(let exchange) where exchange.process.key.pid == pid: opened += 1
                case .closed(let exchange) where exchange.process.key.pid == pid:
                    #expect(exchange.status == 200 && exchange.outcome == .complete)
                    let target = batch.fields.first(.target, in: exchange.fields)
                    targets.append(
                        target.map { batch.fields.withBytes(of: $0.value) { String(decoding: $0, as: UTF8.self) } }
                            ?? "")
                default: break
                }
            }
            #expect(batch.wallClockOffset > 0 && batch.watermark > 0)
            batch.removeAll()
        }
        let deadline = Date(timeIntervalSinceNow: 240)
        while process.isRunning, Date() < deadline {
            #expect(try capture.fill(&batch))
            take(&batch)
        }
        capture.finish(&batch)
        take(&batch)
        #expect(opened == 6)
        #expect(targets.sorted() == ["/0", "/0", "/1", "/1", "/2", "/2"])
        let counters = capture.counters
        #expect(counters.hooked == counters.submitted && counters.submitted == counters.consumed)
        #expect(counters.losses[.ringFull] == 0 && counters.losses[.unread] == 0)
    }
}
