internal import OTLP

/// What sections say of exporters, in the exporters' own terms.
extension OTLPGRPCSettings {
    init(_ section: OTLPGRPCConfiguration, _ configuration: Configuration) {
        self.init(endpoint: section.endpoint)
        headers = section.headers.map { ($0.name, $0.value) }
        authority = section.authority
        compression = section.compression == .gzip ? .gzip : .none
        timeoutNanoseconds = section.timeout
        tls = TLSSettings(section.tls)
        // As in the Collector: who names an authority wants TLS.
        tls.insecure = !section.usesTLS
        retry = RetrySettings(section.retry)
        queue.apply(section.queue, configuration)
    }
}

extension OTLPHTTPSettings {
    init(_ section: OTLPHTTPConfiguration, _ signal: Signal, _ configuration: Configuration) {
        self.init(endpoint: section.url(for: signal))
        headers = section.headers.map { ($0.name, $0.value) }
        compression = section.compression == .gzip ? .gzip : .none
        timeoutNanoseconds = section.timeout
        encoding = section.encoding == .json ? .json : .protobuf
        proxyURL = section.proxyURL
        tls = TLSSettings(section.tls)
        retry = RetrySettings(section.retry)
        queue.apply(section.queue, configuration)
    }
}

extension TLSSettings {
    init(_ section: TLSConfiguration) {
        self.init()
        insecure = section.isInsecure
        caFile = section.caFile
        caPEM = section.caPEM
        includeSystemCACertsPool = section.includesSystemCAs
        certFile = section.certificateFile
        certPEM = section.certificatePEM
        keyFile = section.keyFile
        keyPEM = section.keyPEM
        serverNameOverride = section.serverName
        minVersion = section.minimumVersion
        maxVersion = section.maximumVersion
        insecureSkipVerify = section.skipsVerification
        // 0 is never.
        reloadIntervalNanoseconds = section.reloadInterval == 0 ? .max : section.reloadInterval
    }
}

extension RetrySettings {
    init(_ section: RetryConfiguration) {
        self.init()
        enabled = section.isEnabled
        initialIntervalNanoseconds = section.initialInterval
        maxIntervalNanoseconds = section.maximumInterval
        maxElapsedTimeNanoseconds = section.maximumElapsedTime
        multiplier = section.multiplier
        randomizationFactor = section.randomizationFactor
    }
}

extension QueueSettings {
    /// Takes over what a section says; what it has no word for stays.
    mutating func apply(_ section: SendingQueueConfiguration, _ configuration: Configuration) {
        consumers = Int(section.consumers)
        guard section.isEnabled else {
            // Nothing waits: what is on its way is all there is.
            sizer = .requests
            size = consumers
            batch.flushTimeoutNanoseconds = 0
            return
        }
        size = Int(clamping: section.size)
        sizer =
            switch section.sizer {
            case .requests: .requests
            case .items: .items
            case .bytes: .bytes
            }
        if let name = section.storage, let storage = configuration.storages.first(where: { $0.name == name }) {
            self.storage = StorageSettings(storage)
        }
        batch.flushTimeoutNanoseconds = section.batch.flushTimeout
        batch.minSize = max(1, Int(section.batch.minimumSize))
        batch.maxSize = Int(section.batch.maximumSize)
    }
}

extension StorageSettings {
    init(_ section: FileStorageConfiguration) {
        self.init(directory: section.directory)
        maxBytes = Int(clamping: section.maximumSize)
        fsync = section.syncs
    }
}

extension FileSettings {
    init(_ section: FileExporterConfiguration) {
        self.init(path: section.path)
        rotation = section.rotation.map { section in
            var rotation = RotationSettings()
            rotation.maxMegabytes = Int(section.maximumMegabytes)
            rotation.maxDays = Int(section.maximumDays)
            rotation.maxBackups = Int(section.maximumBackups)
            rotation.localTime = section.usesLocalTime
            return rotation
        }
    }
}
