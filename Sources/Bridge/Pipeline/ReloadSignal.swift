internal import ServiceLifecycle
internal import Threading
internal import UnixSignals

/// Does something at each SIGHUP, one after the other, on a thread of its own.
struct ReloadSignal: Service {
    /// What is done.
    let action: @Sendable () -> Void

    /// Listens until the group shuts down.
    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
                let thread = try? OSThread(name: "reload") {
                    action()
                    done.resume()
                }
                // Without a thread to be had, everything stays as it is.
                if thread == nil { done.resume() }
            }
        }
    }
}
