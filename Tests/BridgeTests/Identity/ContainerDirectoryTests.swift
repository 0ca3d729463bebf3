import Logging
import Synchronization
import Testing

@testable import Bridge
@testable import OTLP

/// Runtimes that answer, hang, lie, and go away.
@Suite struct ContainerDirectoryTests {
    private typealias Samples = ContainerSamples

    /// A clock that stands still unless it is moved.
    private final class Clock: Sendable {
        let time = Atomic<UInt64>(1_000_000_000_000)
        func advance(_ seconds: UInt64) { time.add(seconds * 1_000_000_000, ordering: .relaxed) }
    }

    private func place(_ id: String = Samples.id) -> ProcessPlace {
        var place = ProcessPlace()
        place.containerID = id
        return place
    }

    private func directory(_ paths: [String], _ clock: Clock? = nil, kubernetes: String? = nil) -> ContainerDirectory {
        let labels = LabelReader()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let source = kubernetes.flatMap { KubernetesSource(url: $0, environment: { _ in nil }, labels: labels) }
        let runtimes = paths.map { RuntimeSource<DockerAPI>(socket: $0, labels: labels) }
        guard let clock else {
            return ContainerDirectory(runtimes: runtimes, kubernetes: source, labels: labels, logger: logger)
        }
        return ContainerDirectory(runtimes: runtimes, kubernetes: source, labels: labels, logger: logger) {
            clock.time.load(ordering: .relaxed)
        }
    }

    @Test func containerIsAskedForOnceAndRemembered() throws {
        let server = try SocketServer { head in
            head.hasPrefix("GET /containers/\(Samples.id)/json HTTP/1.1\r\n") ? Samples.inspect() : []
        }
        defer { server.disappear() }
        let directory = directory([server.path])
        #expect(directory.known(place()) == nil)
        for _ in 0..<3 {
            #expect(directory.find(place(), within: 2_000_000_000)?.name == "shop-web-1")
        }
        #expect(directory.known(place())?.labels["com.docker.compose.service"] == "web")
        #expect(server.connections == 1)
    }

    @Test func othersAreAskedAfterAChange() throws {
        let server = try SocketServer { _ in Samples.inspect() }
        defer { server.disappear() }
        let directory = directory([])
        #expect(directory.isEmpty && directory.find(place(), within: 1_000_000_000) == nil)
        var next = IdentityConfiguration()
        (next.containerRuntime, next.kubernetes) = (server.path, "none")
        directory.use(next)
        #expect(!directory.isEmpty)
        #expect(directory.find(place(), within: 2_000_000_000)?.name == "shop-web-1")
        next.containerRuntime = "none"
        directory.use(next)
        #expect(directory.find(place(), within: 2_000_000_000) == nil && server.connections == 1)
    }

    @Test func nothingIsAskedOfWhatIsInNoContainer() throws {
        let server = try SocketServer { _ in Samples.inspect() }
        defer { server.disappear() }
        #expect(directory([server.path]).find(ProcessPlace(), within: 1_000_000_000) == nil)
        #expect(server.connections == 0)
    }

    @Test func socketThatHangsIsLeftAloneAfterwards() throws {
        let server = try SocketServer { _ in nil }
        defer { server.disappear() }
        let directory = directory([server.path])
        let clock = ContinuousClock()
        let first = clock.measure { #expect(directory.find(place(), within: 300_000_000) == nil) }
        #expect(first < .seconds(30))
        // Another container, and many: nobody asks, so nobody waits.
        for index in 0..<1000 {
            let id = String(repeating: "0", count: 64 - "\(index)".utf8.count) + "\(index)"
            #expect(directory.find(place(id), within: 300_000_000) == nil)
        }
        #expect(server.connections == 1)
    }

    @Test func whatFailedIsAskedAgainLaterAndLessAndLess() throws {
        let clock = Clock()
        let server = try SocketServer(status: 500) { _ in Array("no".utf8) }
        defer { server.disappear() }
        let directory = directory([server.path], clock)
        var asked: [Int] = []
        for _ in 0..<60 {
            _ = directory.find(place(), within: 1_000_000_000)
            asked.append(server.connections)
            clock.advance(11)
        }
        // Pauses of 5, 10, 20, 40, 80, 160 and 300 s.
        #expect(asked.last == 8)
    }

    @Test func labelsOfAMegabyteAreLeftOut() throws {
        let long = String(repeating: "x", count: 1 << 20)
        let server = try SocketServer { _ in Samples.inspect(labels: ["long": long, "app.kubernetes.io/name": "shop"]) }
        defer { server.disappear() }
        let directory = directory([server.path])
        #expect(directory.find(place(), within: 5_000_000_000)?.labels == ["app.kubernetes.io/name": "shop"])
        #expect(directory.labelsLeftOut == 1)
    }

    @Test func answerWithoutEndIsGivenUp() throws {
        let server = try SocketServer { _ in [UInt8](repeating: 0x20, count: RuntimeSource<DockerAPI>.mostBytes + 1) }
        defer { server.disappear() }
        #expect(directory([server.path]).find(place(), within: 5_000_000_000) == nil)
        var fetch = HTTPFetch(url: "http://localhost/")
        fetch.socketPath = server.path
        fetch.mostBytes = 1000
        fetch.timeout = 5_000_000_000
        #expect(throws: FetchFailure.tooLarge) { try fetch.get() }
    }

    @Test func socketThatDisappearsAndComesBackIsNoError() throws {
        let clock = Clock()
        let server = try SocketServer { _ in Samples.inspect() }
        let directory = directory(["/tmp/interspan-never-there.sock", server.path], clock)
        #expect(directory.find(place(), within: 1_000_000_000)?.name == "shop-web-1")
        server.disappear()
        // Remembered while it is gone, and then unknown.
        #expect(directory.find(place(), within: 1_000_000_000)?.name == "shop-web-1")
        clock.advance(601)
        #expect(directory.find(place(), within: 1_000_000_000) == nil)
    }

    @Test func unknownContainerIsAskedForAgainAfterAWhile() throws {
        let clock = Clock()
        let server = try SocketServer(status: 404) { _ in Array("{\"message\": \"no such container\"}".utf8) }
        defer { server.disappear() }
        let directory = directory([server.path], clock)
        for _ in 0..<5 { #expect(directory.find(place(), within: 1_000_000_000) == nil) }
        #expect(server.connections == 1)
        clock.advance(11)
        #expect(directory.find(place(), within: 1_000_000_000) == nil)
        #expect(server.connections == 2)
    }

    @Test func rememberedContainersAreBounded() {
        var cache = MetadataCache()
        for index in 0..<(MetadataCache.most * 3) { cache.keep(nil, for: "\(index)", now: 1) }
        #expect(cache.count <= MetadataCache.most)
    }

    @Test func kubernetesIsNoneOutsideOfIt() {
        #expect(KubernetesSource(url: nil, environment: { _ in nil }, labels: LabelReader()) == nil)
        let name = KubernetesSource(url: "https://10.0.0.1:6443/", environment: { _ in nil }, labels: LabelReader())?
            .name
        #expect(name == "https://10.0.0.1:6443")
    }
}
