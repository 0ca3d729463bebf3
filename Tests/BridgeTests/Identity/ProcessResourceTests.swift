import Foundation
import Testing

@testable import Bridge
@testable import Capture
@testable import OTLP

@Suite struct ProcessResourceTests {
    private func identity(pid: UInt32, start: UInt64, command: String = "tests") -> ProcessIdentity {
        var words: (UInt64, UInt64) = (0, 0)
        withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: Array(command.utf8.prefix(16))) }
        return ProcessIdentity(
            key: ProcessKey(pid: pid, start: start), namespacePID: pid, networkNamespace: 0, cgroup: 0, command: words)
    }

    private func value(_ key: String, _ resource: ResourceData) -> ResourceValue? {
        resource.attributes.first { $0.key == key }?.value
    }

    @Test func liveProcessIsDescribed() throws {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sleep")
        process.arguments = ["20"]
        process.environment = ["OTEL_SERVICE_NAME": "sleeper", "OTEL_RESOURCE_ATTRIBUTES": "team=night,process.pid=1"]
        try process.run()
        defer { process.terminate() }
        let pid = UInt32(process.processIdentifier)
        // The child runs its program once its environment is there; before, it is a copy of this process, or between both.
        while ProcFS.list("/proc/\(pid)/environ")?.contains("OTEL_SERVICE_NAME=sleeper") != true { usleep(1000) }
        let ticks = try #require(ProcFS.startTicks(pid))
        let start = ticks * 1_000_000_000 / UInt64(sysconf(Int32(_SC_CLK_TCK)))
        let source = ProcessResource()
        let resource = source.resolve(identity(pid: pid, start: start))
        #expect(resource.serviceName == "sleeper")
        #expect(value("team", resource) == .string("night"))
        #expect(value("process.pid", resource) == .int(Int64(pid)))
        #expect(value("process.executable.name", resource) == .string("sleep"))
        #expect(value("telemetry.sdk.name", resource) == .string("interspan"))
        guard case .string(let instance)? = value("service.instance.id", resource) else {
            Issue.record("no instance id")
            return
        }
        #expect(UUID(uuidString: instance) != nil)
        #expect(value("service.instance.id", source.resolve(identity(pid: pid, start: start))) == .string(instance))
    }

    @Test func reusedNumberIsNotTakenForTheProcess() {
        let source = ProcessResource()
        let stranger = source.resolve(identity(pid: UInt32(getpid()), start: 1, command: "gone"))
        #expect(stranger.serviceName == "gone")
        #expect(value("process.executable.path", stranger) == nil)
    }

    @Test func processWithoutNumberHereIsNotLookedUp() {
        var process = identity(pid: UInt32(getpid()), start: 1, command: "elsewhere")
        process.namespacePID = 0
        #expect(ProcessResource().resolve(process).serviceName == "elsewhere")
    }
}
