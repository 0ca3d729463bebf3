internal import Capture
internal import Glibc

/// Which process is which, over the reuse of numbers and over boots.
struct InstanceIDs: Sendable {
    /// A number of this boot of this host: ids are unique across both.
    private let bootSeed: UInt64
    private let ticksPerSecond: UInt64

    init() {
        var hash = Mixer(seed: 0x424F_4F54)  // "BOOT"
        for byte in ProcFS.read("/proc/sys/kernel/random/boot_id") ?? [] { hash.absorb(UInt64(byte)) }
        bootSeed = hash.finish().0
        ticksPerSecond = UInt64(max(1, sysconf(Int32(_SC_CLK_TCK))))
    }

    /// When a process started, as a record would say it to the tick, ns; nil when it is gone.
    func start(of number: UInt32) -> UInt64? {
        ProcFS.startTicks(number).map { $0 &* (1_000_000_000 / ticksPerSecond) }
    }

    /// Whether the number still belongs to the process that was recorded: its start, which the kernel rounds down to a
    /// tick for `stat`, is the recorded one.
    func isSame(_ process: ProcessIdentity) -> Bool {
        guard let ticks = ProcFS.startTicks(process.namespacePID) else { return false }
        let tick = 1_000_000_000 / ticksPerSecond
        let recorded = process.key.start / tick
        return recorded >= ticks ? recorded - ticks <= 1 : ticks - recorded <= 1
    }

    /// A UUID of version 8 (RFC 9562), equal for equal process.
    func id(of key: ProcessKey) -> String {
        var hash = Mixer(seed: bootSeed)
        hash.absorb(UInt64(key.pid))
        hash.absorb(key.start)
        var (high, low) = hash.finish()
        high = high & ~0xF000 | 0x8000
        low = low & ~(0b11 << 62) | 0b10 << 62
        let digits = hexadecimal(high) + hexadecimal(low)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { text.append("-") }
            text.append(digit)
        }
        return text
    }

    private func hexadecimal(_ word: UInt64) -> String {
        let digits = String(word, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
