/// The queue that an exporter's settings ask for: on disk if they name a folder, else in memory. It takes batches at
/// once; one on disk is opened by ``DeliveryQueue/open()``.
/// - Parameters:
///   - name: the exporter's, by which the files are called.
///   - onWork: called when there is something new to deliver, with a lock held: it must not call back.
func makeQueue(
    settings: QueueSettings, name: String, signal: Signal, log: ExporterLog,
    onWork: @escaping @Sendable () -> Void = {}
) -> any DeliveryQueue {
    guard let storage = settings.storage else { return SpanQueue(settings, onWork: onWork) }
    return DiskQueue(settings, storage: storage, name: name, signal: signal, log: log, onWork: onWork)
}
