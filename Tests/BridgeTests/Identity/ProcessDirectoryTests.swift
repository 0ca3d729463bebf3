import Glibc
import Logging
import Testing

@testable import Bridge
@testable import Capture
@testable import Correlate
@testable import OTLP
import Threading

enum ResolverSupport {
    static func identity(pid: UInt32, start: UInt64, command: String = "tests") -> ProcessIdentity {
        var words: (UInt64, UInt64) = (0, 0)
        withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: Array(command.utf8.prefix(16))) }
        return ProcessIdentity(
            key: ProcessKey(pid: pid, start: start), namespacePID: pid, networkNamespace: 0, cgroup: 0, command: words)
    }

    /// An exchange of this very process.
    static func own() -> Exchange {
        let pid = UInt32(getpid())
        let tick = 1_000_000_000 / UInt64(sysconf(Int32(_SC_CLK_TCK)))
        var samples = Samples()
        var exchange = samples.linked(1, .client).exchange
        exchange.process = identity(pid: pid, start: (ProcFS.startTicks(pid) ?? 0) * tick)
        return exchange
    }
}

@Suite struct ProcessDirectoryTests {
    @Test func processIsLookedUpOnceAndKeepsItsName() throws {
        let resolver = ProcessResolver(source: ProcessResource())
        let threads = try resolver.start()
        defer {
            resolver.stop()
            for thread in threads { thread.join() }
        }
        var directory = ProcessDirectory(resolver: resolver)
        let exchange = ResolverSupport.own()
        var found: ResourceData?
        for _ in 0..<5000 where found == nil {
            found = directory.resource(for: exchange)
            usleep(1000)
        }
        let resource = try #require(found)
        #expect(resource.attributes.contains { $0.key == "process.executable.path" })
        #expect(resource.attributes.contains { $0.key == "host.name" })
        #expect(directory.resource(for: exchange) === resource)
    }

    @Test func answerForTheProgramBeforeIsNotTaken() throws {
        let resolver = ProcessResolver(source: ProcessResource())
        var directory = ProcessDirectory(resolver: resolver)
        let exchange = ResolverSupport.own()
        var before = exchange
        (before.process.namespacePID, before.process.command) = (0, (0x62, 0))
        #expect(directory.resource(for: before) == nil)
        // It replaces its program before the first question was answered, and is asked about again.
        directory.forget(exchange.process.key)
        #expect(directory.resource(for: exchange) == nil)
        let threads = try resolver.start()
        var found: ResourceData?
        for _ in 0..<5000 where found == nil {
            found = directory.resource(for: exchange)
            usleep(1000)
        }
        resolver.stop()
        for thread in threads { thread.join() }
        #expect(found != nil)
        #expect(found?.serviceName != "b")
    }

    @Test func whatWaitsTooLongTakesWhatIsKnownAlready() {
        let resolver = ProcessResolver(source: ProcessResource())
        var directory = ProcessDirectory(resolver: resolver)
        let exchange = ResolverSupport.own()
        #expect(directory.resource(for: exchange) == nil)
        let fallback = directory.fallback(for: exchange)
        #expect(fallback.serviceName == "tests")
        #expect(directory.resource(for: exchange) === fallback)
    }

    @Test func hostsFileOfThisVeryProcessIsRead() {
        let files = HostsFiles()
        let own = files.file(of: UInt32(getpid()))
        let text = ProcFS.read("/etc/hosts") ?? []
        let expected = HostsFile(text)
        let address = Address(Endpoint(ipv4: 0x7F00_0101, port: 0))
        #expect(own.name(of: address) == expected.name(of: address))
        #expect(files.file(of: 0).name(of: address) == nil)
    }

    @Test func hundredThousandProcessesThatEndAreForgotten() {
        let resolver = ProcessResolver(source: ProcessResource())
        var directory = ProcessDirectory(resolver: resolver)
        var exchange = ResolverSupport.own()
        for number in 0..<100_000 {
            exchange.process.key = ProcessKey(pid: UInt32(number), start: 1)
            _ = directory.resource(for: exchange)
            directory.retire(exchange.process.key, now: UInt64(number) * 1_000_000_000)
        }
        #expect(directory.count <= 4096 + 16)
    }
}
