/// Packet capture files as a source of observations: pcap and pcapng, several at once by time, a pipe among them as `-`.
///
/// Times are the packets' own, wall clock. There are no processes, threads or cgroups: evidence of execution is absent.
/// What the files lack is in ``counters`` as losses; what is wrong with them is in ``warnings``.
public struct ReplayCapture: ~Copyable, CaptureSource {
    /// Most packets of one ``fill(_:)``.
    static let packetsPerFill = 1024
    /// How long to wait for a pipe, ms.
    static let pipePatience: Int32 = 100
    /// How far packets of a capture may be out of order without being late, ns: cards and interfaces hand them over one
    /// by one.
    static let disorder: UInt64 = 10_000_000

    private var files: PacketMerge
    private var packets: PacketRecords
    private var tracker: ConnectionTracker
    private var watermark: UInt64 = 0
    private var stragglers: UInt64 = 0

    /// Opens capture files. Of the options, ``CaptureOptions/localNetworks``, ``CaptureOptions/maximumConnections``,
    /// ``CaptureOptions/maximumHead`` and ``CaptureOptions/headers`` apply.
    ///
    /// - Throws: ``CaptureError`` for the first file that cannot be read, is no packet capture, or has packets of a link
    ///   layer that is not supported.
    public init(paths: [String], options: CaptureOptions) throws(CaptureError) {
        files = try PacketMerge(paths: paths)
        packets = PacketRecords(options: options)
        tracker = ConnectionTracker(options: options)
    }

    /// What was wrong with the files so far, one line each: none of it kept the rest from being used.
    public var warnings: [String] {
        var warnings = files.warnings
        let fragments = packets.counters[.fragment]
        if fragments > 0 { warnings.append("\(fragments) IP fragments were left out; requests in them are not seen") }
        let cut = packets.counters[.headerCut]
        if cut > 0 {
            warnings.append("\(cut) packets are cut within their headers; capture with a larger snaplen (-s 0)")
        }
        return warnings
    }

    /// What was seen and lost so far; `hooked` counts TCP segments, `submitted` the records made of them.
    public var counters: CaptureCounters {
        var counters = tracker.counters
        counters.hooked = packets.counters.segments
        counters.submitted = packets.counters.records
        counters.losses[.tableFull] &+= packets.counters.evicted
        counters.losses[.straggler] &+= stragglers
        return counters
    }

    /// Reads packets, at most ``packetsPerFill``. Only a pipe makes it wait, and not for long.
    ///
    /// - Returns: false at the end of all files.
    /// - Throws: ``CaptureError`` when a file has no packet of a link layer that is supported, or was taken away.
    public mutating func fill(_ batch: inout ObservationBatch) throws(CaptureError) -> Bool {
        batch.wallClockOffset = 0
        var goesOn = true
        for count in 0..<ReplayCapture.packetsPerFill {
            guard files.isReady(milliseconds: count == 0 ? ReplayCapture.pipePatience : 0) else { break }
            guard let packet = try files.next() else {
                goesOn = false
                break
            }
            for address in files.takeAddresses() { packets.learn(local: address) }
            if packet.time < watermark { stragglers &+= 1 }
            ReplayCapture.pass(packet, through: &packets, to: &tracker, into: &batch)
        }
        let latest = packets.latest
        watermark = max(watermark, goesOn ? latest - min(latest, ReplayCapture.disorder) : latest)
        tracker.advance(to: watermark, into: &batch)
        batch.watermark = watermark
        return goesOn
    }

    /// Closes every exchange that is still open.
    public mutating func finish(_ batch: inout ObservationBatch) {
        ReplayCapture.finish(&packets, to: &tracker, into: &batch)
        tracker.finish(into: &batch)
        watermark = max(watermark, packets.latest)
        batch.watermark = watermark
        batch.wallClockOffset = 0
    }

    // A closure over parts of self would be one over all of it, which is being changed.
    private static func pass(
        _ packet: Packet, through packets: inout PacketRecords, to tracker: inout ConnectionTracker,
        into batch: inout ObservationBatch
    ) {
        packets.consume(packet) { tracker.consume($0, into: &batch) }
    }

    private static func finish(
        _ packets: inout PacketRecords, to tracker: inout ConnectionTracker, into batch: inout ObservationBatch
    ) {
        packets.finish { tracker.consume($0, into: &batch) }
    }
}
