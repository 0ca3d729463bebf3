import Testing

@testable import Bridge

/// `file_storage`, and queues that lie in it.
@Suite struct ConfigurationStorageTests {
    typealias Support = ConfigurationTestSupport

    private static let text = """
        exporters: {otlp_grpc: {sending_queue: {storage: file_storage/q}, RETRY}}
        extensions: {file_storage/q: {SECTION}}
        service: {extensions: [file_storage/q], pipelines: {traces: {exporters: [otlp_grpc]}}}
        """

    private func text(section: String = "", retry: String = "") -> String {
        Self.text.replacing("SECTION", with: section).replacing("RETRY", with: retry)
    }

    @Test func everyKeyIsRead() throws {
        let text = text(section: "directory: /q, max_size: 10MiB, fsync: true, create_directory: false")
        let loaded = try Support.load(text)
        var expected = FileStorageConfiguration()
        expected.name = "file_storage/q"
        expected.directory = "/q"
        expected.maximumSize = 10 << 20
        expected.syncs = true
        expected.createsDirectory = false
        #expect(loaded.configuration.storages == [expected])
        #expect(loaded.warnings.isEmpty)
        #expect(try Support.grpc(text).queue.storage == "file_storage/q")
    }

    @Test func defaultsAreOurs() throws {
        let storage = try #require(try Support.load(text()).configuration.storages.first)
        #expect(storage.directory == "/var/lib/interspan/queue")
        #expect(storage.maximumSize == 1 << 30)
        #expect(!storage.syncs)
        #expect(storage.createsDirectory)
    }

    @Test func whatLiesOnDiskIsNeverGivenUpUnlessThatIsSaid() throws {
        func time(_ text: String) throws -> UInt64 { try Support.grpc(text).retry.maximumElapsedTime }
        #expect(try time(text()) == 0)
        #expect(try time(text(retry: "retry_on_failure: {max_interval: 1m}")) == 0)
        #expect(try time(text(retry: "retry_on_failure: {max_elapsed_time: 1h}")) == 3_600_000_000_000)
        let memory = "service: {pipelines: {traces: {exporters: [otlp_grpc]}}}"
        #expect(try time(memory) == 300_000_000_000)
        // What is in effect can be written into a file.
        let printed = try Support.load(text()).configuration.yaml
        #expect(printed.contains("max_elapsed_time: 0s"))
        #expect(try Support.load(printed).configuration.yaml == printed)
    }

    @Test func aStorageThatIsNotListedIsUsedWithAWarning() throws {
        let loaded = try Support.load(text().replacing("extensions: [file_storage/q], ", with: ""))
        #expect(loaded.configuration.storages.count == 1)
        #expect(
            loaded.warnings == [
                "service.extensions: file_storage/q is not among them, and in use since an exporter names it"
            ])
    }

    @Test func aStorageThatNobodyUsesIsAWarning() throws {
        let loaded = try Support.load("extensions: {file_storage: }\nservice: {extensions: [file_storage]}")
        #expect(loaded.warnings == ["extensions.file_storage: no exporter names it, nothing is stored there"])
        #expect(loaded.configuration.storages.isEmpty)
    }

    @Test func anUndefinedStorageIsAnErrorThatNamesTheNearest() {
        let errors = Support.errors(
            text().replacing("extensions: {file_storage/q:", with: "extensions: {file_storage/p:"))
        let message = "expected an extension that is defined below extensions, found 'file_storage/q'"
        let hint = ", did you mean 'file_storage/p'?"
        #expect(
            errors == [
                "exporters.otlp_grpc.sending_queue.storage: line 1: " + message + hint,
                "service.extensions: line 3: " + message + hint,
            ])
    }

    @Test func aQueueThatIsNotThereLiesNowhere() throws {
        let text = text().replacing("storage:", with: "enabled: false, storage:")
        let loaded = try Support.load(text)
        #expect(loaded.configuration.storages.isEmpty)
        #expect(loaded.configuration.exporters.first?.storage == nil)
        #expect(try Support.grpc(text).retry.maximumElapsedTime == 300_000_000_000)
        #expect(
            loaded.warnings == [
                "exporters.otlp_grpc.sending_queue.storage: has no effect, since enabled is false",
                "extensions.file_storage/q: no exporter names it, nothing is stored there",
            ])
    }

    @Test func aStorageThatOnlyVariablesNameIsReached() throws {
        let configuration = try Support.load(
            nil,
            [
                "INTERSPAN_EXTENSIONS__FILE_STORAGE_A__DIRECTORY": "/q",
                "INTERSPAN_SERVICE__EXTENSIONS": "file_storage/a",
                "INTERSPAN_EXPORTERS__OTLP_HTTP__SENDING_QUEUE__STORAGE": "file_storage/a",
            ]
        ).configuration
        #expect(configuration.storages.map(\.name) == ["file_storage/a"])
    }

    @Test func variablesAloneGiveAQueueOnDisk() throws {
        let loaded = try Support.load(
            nil,
            [
                "INTERSPAN_EXTENSIONS__FILE_STORAGE__DIRECTORY": "/q", "INTERSPAN_SERVICE__EXTENSIONS": "file_storage",
                "INTERSPAN_EXPORTERS__OTLP_HTTP__SENDING_QUEUE__STORAGE": "file_storage",
            ])
        #expect(loaded.warnings.isEmpty)
        #expect(loaded.configuration.storages.map(\.directory) == ["/q"])
        #expect(loaded.configuration.exporters.first?.storage == "file_storage")
    }
}
