internal import OTLP

/// Docker's or podman's HTTP API on an AF_UNIX socket (Docker Engine API, `GET /containers/{id}/json`; podman's compatible one).
enum DockerAPI: RuntimeAPI {
    static let unknown = [404]

    static func path(of id: String) -> String { "containers/\(id)/json" }

    static func ask(_ fetch: HTTPFetch, for id: String) throws(FetchFailure) -> [UInt8] { try fetch.get() }

    /// Reads what the API says of a container; nil when it is no such answer, or that of another container.
    static func read(_ answer: [UInt8], id: String, labels: LabelReader) -> ContainerMetadata? {
        var container = ContainerMetadata(id: id)
        var told: String?
        let isWhole = answer.withUnsafeBytes { bytes in
            var reader = JSONReader(bytes)
            return reader.object { reader, key in
                switch key {
                case "Id": return reader.string(atMost: 64, into: &told)
                case "Name":
                    var name: String?
                    guard reader.string(atMost: LabelReader.longestValue, into: &name) else { return false }
                    container.name = name.map { $0.hasPrefix("/") ? String($0.dropFirst()) : $0 }
                    return true
                case "Image": return reader.string(atMost: 256, into: &container.imageID)
                case "Config": return read(config: &reader, into: &container, labels)
                default: return reader.skip()
                }
            }
        }
        guard isWhole, told == id else { return nil }
        container.takePodFromLabels()
        return container
    }

    private static func read(
        config reader: inout JSONReader, into container: inout ContainerMetadata, _ labels: LabelReader
    ) -> Bool {
        reader.objectOrElse { reader, key in
            switch key {
            case "Image":
                var image: String?
                guard reader.string(atMost: LabelReader.longestValue, into: &image) else { return false }
                if let image { container.setImage(image) }
                return true
            case "Labels": return labels.read(&reader, into: &container.labels)
            default: return reader.skip()
            }
        }
    }
}
