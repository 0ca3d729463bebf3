import CInterspanBPF
import Foundation
import Testing

@testable import Capture

/// What `doctor` is told, and what is computed around the rings.
@Suite(.serialized) struct LiveReportTests {
    @Test func theReportAgreesWithWhatLoads() {
        let report = KernelReport.probe(options: CaptureOptions())
        #expect(report.hook == LiveTraffic.hooks.first)
        #expect(!report.kernel.isEmpty && !report.architecture.isEmpty)
        for hook in BPFProgram.hooks {
            let failures = report.programs.filter { $0.hook == hook && $0.failure != nil && $0.name != "turn" }
            #expect(failures.isEmpty == LiveTraffic.hooks.contains(hook), "\(hook): \(failures)")
            #expect(failures.allSatisfy { $0.failure?.contains("\n") == false })
        }
        #expect(report.rings > 0 && report.ringBytes >= 32_768)
        #expect(!report.notSeen.isEmpty && !report.scope.isEmpty)
        #expect(report.capabilities.map(\.name).contains("CAP_BPF"))
    }

    @Test func eachRingHasItsShareRoundedDown() {
        #expect(RingLayout(total: 8 << 20, processors: 3).size == 2 << 20)
        #expect(RingLayout(total: 8 << 20, processors: 2).size == 4 << 20)
        #expect(RingLayout(total: 0, processors: 2).size == 32_768)
        #expect(RingLayout(total: .max, processors: 1).size == 1 << 30)
        let small = RingLayout(total: 0, processors: 2)
        #expect(Int(small.payloadBound) + MemoryLayout<interspan_record>.size + 8 <= small.size / 4)
        #expect(RingLayout(total: 8 << 20, processors: 2).payloadBound == 65_536)
    }

    @Test func base64IsDecodedOrRefused() {
        func decoded(_ text: StaticString) -> [UInt8]? {
            guard let bytes = Base64.decode(text) else { return nil }
            defer { bytes.deallocate() }
            return Array(bytes)
        }
        #expect(decoded("TWFu") == Array("Man".utf8))
        #expect(decoded("TWE=") == Array("Ma".utf8))
        #expect(decoded("TQ==") == Array("M".utf8))
        #expect(decoded("+/+/") == [0xFB, 0xFF, 0xBF])
        #expect(decoded("TWF") == nil && decoded("TW?u") == nil && decoded("") == nil)
    }

    @Test func theWallClockIsTheOffsetAway() {
        let clock = WallClock()
        let wall = Int64(WallClock.monotonic()) + clock.offset
        #expect(abs(Date(timeIntervalSince1970: Double(wall) / 1e9).timeIntervalSinceNow) < 1)
    }

    @Test func whatIsMissingIsNamed() {
        let failure = LoadFailure.loading(.fexit, SystemError(number: EPERM))
        #expect(failure.description.contains("trampolines"))
        #expect(LoadFailure.ring(SystemError(number: EPERM)).description.contains("seccomp"))
        #expect(LoadFailure.ring(SystemError(number: EINVAL)).description.contains("no BPF ring buffers: 5.8"))
        #expect(LoadFailure.ring(SystemError(number: ENOSYS)).description.contains("no bpf()"))
        guard Privileges().missing.isEmpty else { return }
        let untold = LoadFailure.precondition(Privileges(), hasTypes: false)
        #expect(untold?.description.contains("CONFIG_DEBUG_INFO_BTF") == true)
    }
}
