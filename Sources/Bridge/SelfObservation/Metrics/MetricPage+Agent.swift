internal import Capture
internal import OTLP

extension MetricPage {
    /// Adds everything.
    mutating func write(_ snapshot: MetricSnapshot) {
        write(agent: snapshot)
        write(snapshot.process)
        if let capture = snapshot.capture {
            write(capture)
            write(filtered: capture.capture.filtered, capture.selection)
            write(capture.correlate, busy: capture.correlateTime)
        }
        if let bridge = snapshot.bridge {
            gauge(
                "interspan_bridge_queue_batches", "Batches on their way from the capture thread to the bridge.",
                UInt64(max(bridge.batches, 0)))
            write(bridge.counted, refused: snapshot.capture?.refused.ends ?? 0)
            if let sample = bridge.counted.sample { write(sample) }
            write(bridge.counted.mapping, labelsLeftOut: bridge.labelsLeftOut)
            write(merge: bridge.counted)
            write(received: bridge)
        }
        write(snapshot.receivers)
        write(snapshot.exporters)
        if let derived = snapshot.derived { write(derived) }
    }

    private mutating func write(agent snapshot: MetricSnapshot) {
        add(
            "interspan_build_info", .gauge, "1, with the version of the program.",
            [([("version", Version.number)], .integer(1))])
        gauge(
            "interspan_active", "Whether programs are attached and receivers listen: 1, else 0.",
            snapshot.isActive ? 1 : 0)
        add(
            "interspan_process_uptime_seconds", .counter, "Time since the agent began.",
            [([], .real(Self.seconds(snapshot.uptime)))])
    }

    private mutating func write(_ usage: ProcessUsage) {
        add(
            "interspan_process_start_time_seconds", .gauge, "When the process began, in seconds since 1970.",
            [([], .real(usage.began))])
        add(
            "interspan_process_cpu_seconds", .counter, "Processor time of the process.",
            [([], .real(Self.seconds(usage.processorTime)))])
        add(
            "interspan_process_thread_cpu_seconds", .counter, "Processor time of the threads that run, by their name.",
            usage.threads.sorted { $0.key < $1.key }.map { ([("thread", $0.key)], .real(Self.seconds($0.value))) })
        gauge("interspan_process_memory_rss_bytes", "Memory of the process that is resident.", usage.residentBytes)
        gauge("interspan_process_threads", "Threads of the process.", usage.threadCount)
        gauge("interspan_process_open_fds", "Open file descriptors.", usage.openFiles)
        gauge("interspan_process_max_fds", "Most file descriptors that may be open.", usage.mostFiles)
    }
}
