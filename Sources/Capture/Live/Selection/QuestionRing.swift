internal import CInterspanBPF
internal import CLibBPF
internal import Glibc

/// What the programs ask about processes. Used by one thread.
struct QuestionRing: ~Copyable {
    /// What is read at one time, at most.
    static let batch = 1024

    private let ring: OpaquePointer
    /// Where the ring's reader puts them.
    private let inbox: UnsafeMutablePointer<[interspan_question]>

    /// For the programs' ring.
    init(descriptor: CInt) throws(SystemError) {
        inbox = .allocate(capacity: 1)
        inbox.initialize(to: [])
        let ring = ring_buffer__new(
            descriptor,
            { context, data, size in
                guard let context, let data, size >= MemoryLayout<interspan_question>.size else { return 0 }
                let inbox = context.assumingMemoryBound(to: [interspan_question].self)
                inbox.pointee.append(data.loadUnaligned(as: interspan_question.self))
                // A negative number ends the reading; what was read is read.
                return inbox.pointee.count < QuestionRing.batch ? 0 : -EAGAIN
            }, inbox, nil)
        guard let ring else {
            let number = errno
            inbox.deinitialize(count: 1)
            inbox.deallocate()
            throw SystemError(number: number)
        }
        self.ring = ring
    }

    deinit {
        ring_buffer__free(ring)
        inbox.deinitialize(count: 1)
        inbox.deallocate()
    }

    /// Ready when there is something to read.
    var descriptor: CInt { ring_buffer__epoll_fd(ring) }

    /// Takes what there is, in order.
    func take(_ body: (interspan_question) -> Void) -> Int {
        inbox.pointee.removeAll(keepingCapacity: true)
        ring_buffer__consume(ring)
        for question in inbox.pointee { body(question) }
        return inbox.pointee.count
    }
}
