import CLibCurl
import Synchronization
import Threading

/// Tries connections to backends to which nothing is delivered at the moment, on a thread of its own, and tells each
/// ``Backend`` what came of it. A connection is made as the exporter's are, with its certificates and through its proxy, and
/// closed at once.
public final class BackendProber: Sendable {
    /// How often is looked whether anything is due, ms.
    private static let pause: Int32 = 250

    private let backends: @Sendable () -> [Backend]
    private let multi: CurlMulti?
    private let isEnding = Atomic(false)
    private let thread = Mutex<OSThread?>(nil)

    /// - Parameter backends: gives those that there are at the moment; nil to try none.
    public init(_ backends: (@Sendable () -> [Backend])?) {
        self.backends = backends ?? { [] }
        multi = backends == nil ? nil : CurlMulti()
    }

    /// Starts the thread, if there is anything to try. Once only.
    /// - Throws: ``ThreadError``.
    public func start() throws {
        guard let multi else { return }
        let started = try OSThread(name: "otlp-probe") { [self] in work(multi) }
        thread.withLock { $0 = started }
    }

    /// Ends it. Calling it again does nothing.
    public func stop() {
        isEnding.store(true, ordering: .relaxed)
        multi?.wake()
        thread.withLock { $0.take() }?.join()
    }

    private func work(_ multi: CurlMulti) {
        var probes: [UnsafeMutableRawPointer: (transfer: Transfer, backend: Backend)] = [:]
        while !isEnding.load(ordering: .relaxed) {
            multi.perform { handle, result in
                guard let probe = probes.removeValue(forKey: handle) else { return }
                multi.remove(handle)
                probe.backend.probeEnded(result)
            }
            let now = Monotonic.now()
            for backend in backends() where !probes.values.contains(where: { $0.backend === backend }) {
                guard let transfer = backend.probe(now: now) else { continue }
                if multi.add(transfer.handle) { probes[transfer.handle] = (transfer, backend) }
            }
            multi.wait(milliseconds: Self.pause)
        }
        for probe in probes.values { multi.remove(probe.transfer.handle) }
    }
}
