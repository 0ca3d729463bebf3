internal import OTLP

/// What sections say of receivers, in the receivers' own terms.
extension OTLPReceiverSettings {
    init(_ section: OTLPReceiverConfiguration) {
        self.init()
        grpc = section.protocols.grpc.map(GRPC.init)
        http = section.protocols.http.map(HTTP.init)
        maxBytesInFlight = max(maxBytesInFlight, 2 * section.largestMessage)
    }
}

extension OTLPReceiverConfiguration {
    /// Most bytes of a request that is taken.
    fileprivate var largestMessage: Int {
        max(protocols.grpc?.maximumMessageBytes ?? 0, protocols.http?.maximumBodyBytes ?? 0)
    }
}

extension Configuration {
    /// Most bytes of a request that any receiver takes.
    var largestReceived: Int { receivers.map(\.largestMessage).max() ?? 0 }
}

extension OTLPReceiverSettings.GRPC {
    fileprivate init(_ section: GRPCProtocolConfiguration) {
        self.init()
        endpoint = ListenAddress(section.address)
        tls = section.tls.flatMap(ServerTLSSettings.init)
        maxMessageSize = section.maximumMessageBytes
        // 0 is the server's own limit.
        if section.maximumStreams > 0 { maxConcurrentStreams = Int(section.maximumStreams) }
    }
}

extension OTLPReceiverSettings.HTTP {
    fileprivate init(_ section: HTTPProtocolConfiguration) {
        self.init()
        endpoint = ListenAddress(section.address)
        tls = section.tls.flatMap(ServerTLSSettings.init)
        maxBodySize = section.maximumBodyBytes
        tracesPath = section.path(for: .traces)
        metricsPath = section.path(for: .metrics)
        logsPath = section.path(for: .logs)
    }
}

extension ListenAddress {
    init(_ address: HostPort) { self.init(host: address.host, port: Int(address.port)) }
}

extension ServerTLSSettings {
    /// Nil without a certificate and a key, which is refused when the configuration is read.
    fileprivate init?(_ section: ServerTLSConfiguration) {
        guard let certificate = PEM(file: section.certificateFile, text: section.certificatePEM),
            let key = PEM(file: section.keyFile, text: section.keyPEM)
        else { return nil }
        self.init(certificate: certificate, key: key)
        clientCA = section.clientCAFile.map(PEM.file)
        minVersion = section.minimumVersion
        maxVersion = section.maximumVersion
        // 0 is never.
        reloadIntervalNanoseconds = section.reloadInterval == 0 ? .max : section.reloadInterval
    }
}

extension ServerTLSSettings.PEM {
    fileprivate init?(file: String?, text: String?) {
        if let file { self = .file(file) } else if let text { self = .inline(text) } else { return nil }
    }
}
