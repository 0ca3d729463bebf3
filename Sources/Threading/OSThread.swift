internal import Glibc

/// A thread of the operating system: for work that blocks or never yields, which on the cooperative pool would starve
/// everything else on a machine with two cores. Signals are left to the threads that wait for them.
public struct OSThread: Sendable {
    private let thread: pthread_t

    /// Starts a thread.
    ///
    /// - Parameters:
    ///   - name: what `ps -L` and debuggers show; cut to 15 bytes, as the kernel wants.
    ///   - body: what it does. It must end by itself; see ``join()``.
    /// - Throws: ``ThreadError`` when the system has no thread to give.
    public init(name: StaticString, _ body: @escaping @Sendable () -> Void) throws(ThreadError) {
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        // The new thread inherits the mask.
        pthread_sigmask(SIG_BLOCK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        var thread = pthread_t()
        let box = Unmanaged.passRetained(Body(name: name, run: body))
        let result = pthread_create(
            &thread, nil,
            { argument in
                // It is the box that is passed just below.
                let body = Unmanaged<Body>.fromOpaque(argument!).takeRetainedValue()
                OSThread.setName(body.name)
                body.run()
                return nil
            }, box.toOpaque())
        guard result == 0 else {
            box.release()
            throw ThreadError(reason: String(cString: strerror(result)))
        }
        self.thread = thread
    }

    /// Waits for its end. Once only.
    public func join() { pthread_join(thread, nil) }

    /// `pthread_setname_np` is not in the headers that Swift reads; the kernel takes the name by this way as well.
    private static func setName(_ name: StaticString) {
        let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        _ = write(file, name.utf8Start, name.utf8CodeUnitCount)
        close(file)
    }

    private final class Body: Sendable {
        let name: StaticString
        let run: @Sendable () -> Void

        init(name: StaticString, run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }
}

/// The system has no thread to give.
public struct ThreadError: Error, CustomStringConvertible, Sendable {
    /// Why, in the system's words.
    public let reason: String

    /// One line.
    public var description: String { "no thread could be started: \(reason)" }
}
