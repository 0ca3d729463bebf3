internal import Glibc

/// Of how many parts (arenas) the C library's heap is.
///
/// By default threads get up to eight for each processor, whichever is free when a thread first allocates: each grows to the
/// most that it ever held, and keeps what is free of it to itself. An agent whose exporters come and go with its
/// configuration, and whose queues fill while a backend is away, ends with several times what it uses at any moment.
public enum HeapArenas {
    /// Enough that the capture thread seldom waits for another: per record nothing is allocated, and what is small comes
    /// from a cache of each thread's own.
    public static let enough: CInt = 2

    /// M_ARENA_MAX of <malloc.h>, which Swift does not see.
    private static let maximum: CInt = -8

    /// Lets there be so many, from now on; those that are there stay.
    ///
    /// - Returns: whether the C library has such a setting, and takes it.
    @discardableResult public static func limit(to count: CInt = enough) -> Bool {
        guard let symbol = dlsym(nil, "mallopt") else { return false }
        typealias Setting = @convention(c) (CInt, CInt) -> CInt
        return unsafeBitCast(symbol, to: Setting.self)(maximum, count) == 1
    }
}
