import Glibc

/// An array of plain data that may be larger than memory: it lies in a scratch file, and the kernel keeps of it what is
/// in use. Disk is taken as it grows, so that a full one is an error rather than a fault later.
struct MappedArray<Element: BitwiseCopyable>: ~Copyable {
    private let file: ScratchFile
    private var base: UnsafeMutableRawPointer?
    private var capacity = 0
    /// How many elements there are.
    private(set) var count = 0

    private static var stride: Int { MemoryLayout<Element>.stride }

    /// An empty one.
    init() throws(CorrelateError) { file = try ScratchFile() }

    deinit { if let base { munmap(base, capacity * MemoryLayout<Element>.stride) } }

    /// Adds an element.
    mutating func append(_ element: Element) throws(CorrelateError) {
        if count == capacity { try grow(to: count + 1) }
        base?.storeBytes(of: element, toByteOffset: count * Self.stride, as: Element.self)
        count += 1
    }

    /// Makes it so many elements, all of them this one.
    mutating func fill(_ number: Int, with element: Element) throws(CorrelateError) {
        if number > capacity { try grow(to: number) }
        count = number
        for index in 0..<number { self[index] = element }
    }

    /// One of the elements; the index must be below ``count``.
    subscript(index: Int) -> Element {
        get {
            assert(index < count)
            return base!.load(fromByteOffset: index &* Self.stride, as: Element.self)
        }
        nonmutating set {
            assert(index < count)
            base!.storeBytes(of: newValue, toByteOffset: index &* Self.stride, as: Element.self)
        }
    }

    /// Sorts the elements; equal ones may change places.
    func sort(by isBefore: (Element, Element) -> Bool) {
        guard let base, count > 1 else { return }
        var elements = UnsafeMutableBufferPointer(start: base.assumingMemoryBound(to: Element.self), count: count)
        elements.sort(by: isBefore)
    }

    private mutating func grow(to needed: Int) throws(CorrelateError) {
        // Whole pages, and at least as much again as there is.
        let bytes = (max(needed, capacity * 2, 4096) * Self.stride + 4095) & ~4095
        let status = posix_fallocate(file.descriptor, 0, off_t(bytes))
        guard status == 0 else {
            throw CorrelateError("no room for temporary data (TMPDIR): \(String(cString: strerror(status)))")
        }
        if let base { munmap(base, capacity * Self.stride) }
        base = nil
        guard let mapped = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file.descriptor, 0),
            mapped != MAP_FAILED
        else { throw CorrelateError("no room for temporary data: " + CorrelateError.reason()) }
        base = mapped
        capacity = bytes / Self.stride
    }
}
