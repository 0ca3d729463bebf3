internal import Glibc

/// A thread of the operating system: for work that blocks or never yields, which on the cooperative pool would starve
/// everything else on a machine with two cores.
struct OSThread: Sendable {
    private let thread: pthread_t

    /// Starts a thread.
    ///
    /// - Parameters:
    ///   - name: up to 15 bytes; `ps -L` shows it.
    ///   - body: what it does. It must end by itself; see ``join()``.
    init(name: StaticString, body: @escaping @Sendable () -> Void) {
        // Signals are for the main thread: a worker that takes one would have its system call interrupted.
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, &before)
        var thread = pthread_t()
        let box = Unmanaged.passRetained(
            Box {
                OSThread.setName(name)
                body()
            })
        let result = pthread_create(
            &thread, nil,
            { argument in
                Unmanaged<Box>.fromOpaque(argument!).takeRetainedValue().body()
                return nil
            }, box.toOpaque())
        precondition(result == 0, "no thread could be started: \(String(cString: strerror(result)))")
        pthread_sigmask(SIG_SETMASK, &before, nil)
        self.thread = thread
    }

    /// Waits for its end. Once only.
    func join() { pthread_join(thread, nil) }

    /// `pthread_setname_np` is not in the headers that Swift reads; the kernel takes the name by this way as well.
    private static func setName(_ name: StaticString) {
        let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        _ = write(file, name.utf8Start, name.utf8CodeUnitCount)
        close(file)
    }

    private final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
