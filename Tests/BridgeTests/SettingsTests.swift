import Testing

@testable import Bridge
@testable import OTLP

/// That what the configuration says reaches those whom it is meant for.
@Suite struct SettingsTests {
    typealias Support = ConfigurationTestSupport

    private func grpc(_ exporter: String, _ rest: String = "") throws -> OTLPGRPCSettings {
        let text = """
            exporters: {otlp_grpc: {\(exporter)}}
            extensions: {file_storage: {directory: /q, create_directory: false}}
            receivers: {otlp: {protocols: {http: {}, \(rest)}}}
            service: {extensions: [file_storage], pipelines: {traces: {receivers: [otlp], exporters: [otlp_grpc]}}}
            """
        let configuration = try Support.load(text).configuration
        return OTLPGRPCSettings(try Support.grpc(text), configuration)
    }

    @Test func aFolderIsNotMadeWhenThatIsSaid() throws {
        let storage = try grpc("sending_queue: {storage: file_storage}").queue.storage
        #expect(storage?.createsDirectory == false)
        #expect(storage?.directory == "/q")
    }

    @Test(arguments: [
        ("https://tempo", "https://tempo:443"), ("https://[::1]", "https://[::1]:443"),
        ("http://tempo:4317/", "http://tempo:4317"), ("HTTPS://tempo:1", "https://tempo:1"),
        ("dns://tempo:4317", "tempo:4317"), ("dns:///tempo:4317", "tempo:4317"), ("[::1]:4317", "[::1]:4317"),
    ])
    func everyEndpointThatIsAcceptedIsOneForTheExporter(written: String, sent: String) throws {
        let settings = try grpc("endpoint: \"\(written)\"")
        #expect(settings.endpoint == sent)
        _ = try GRPCBinding(settings, .traces)
    }

    @Test func whatAReceiverTakesFindsRoom() throws {
        let rest = "grpc: {max_recv_msg_size_mib: 200}"
        #expect(try grpc("", rest).queue.memoryLimit == 400 << 20)
        #expect(try grpc("").queue.memoryLimit == 64 << 20)
        let receivers = try Support.load(
            "{receivers: {otlp: {protocols: {\(rest)}}}, service: {pipelines: {traces: {receivers: [otlp]}}}}"
        ).configuration.receivers
        #expect(receivers.map { OTLPReceiverSettings($0).maxBytesInFlight } == [400 << 20])
    }

    @Test func aQueueInMemoryThatCountsBytesHoldsSoMany() throws {
        #expect(try grpc("sending_queue: {sizer: bytes, queue_size: 1000000000}").queue.memoryLimit == 1_000_000_000)
        let stored = try grpc("sending_queue: {sizer: bytes, queue_size: 1000000000, storage: file_storage}")
        #expect(stored.queue.memoryLimit == 64 << 20)
    }
}
