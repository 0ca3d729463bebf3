import Glibc

/// The thread of an exporter: started once, joined once. Signals are left to the threads that wait for them.
final class ExporterThread: Sendable {
    private final class Body: Sendable {
        private let name: String
        private let work: @Sendable () -> Void

        init(name: String, _ work: @escaping @Sendable () -> Void) {
            self.name = name
            self.work = work
        }

        func run() {
            // pthread_setname_np is not in the headers that Swift reads; the kernel takes the name here as well.
            let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
            if file >= 0 {
                _ = name.withCString { write(file, $0, strlen($0)) }
                close(file)
            }
            work()
        }
    }

    private let thread: pthread_t

    /// Starts a thread.
    /// - Parameter name: what `ps` and debuggers show; cut to 15 bytes, as the kernel wants.
    /// - Throws: ``ExporterError`` when the system has no thread to give.
    init(name: String, _ run: @escaping @Sendable () -> Void) throws {
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        // The new thread inherits the mask.
        pthread_sigmask(SIG_BLOCK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        var thread = pthread_t()
        let body = Unmanaged.passRetained(Body(name: name, run))
        let result = pthread_create(
            &thread, nil,
            { argument in
                // It is the body that is passed just below.
                let body = Unmanaged<Body>.fromOpaque(argument!).takeRetainedValue()
                body.run()
                return nil
            }, body.toOpaque())
        guard result == 0 else {
            body.release()
            throw ExporterError("cannot start a thread: \(String(cString: strerror(result)))")
        }
        self.thread = thread
    }

    /// Waits for its end. Once only.
    func join() { pthread_join(thread, nil) }
}
