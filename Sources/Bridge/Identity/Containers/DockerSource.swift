internal import Glibc
internal import OTLP

/// Docker's or podman's HTTP API on an AF_UNIX socket (Docker Engine API, `GET /containers/{id}/json`; podman's compatible one).
struct DockerSource: ContainerSource {
    /// Most bytes of an answer.
    static let mostBytes = 4 << 20

    private let socket: String
    private let labels: LabelReader

    /// - Parameters:
    ///   - socket: the socket's path.
    ///   - labels: reads labels, and counts those that are left out.
    init(socket: String, labels: LabelReader) {
        self.socket = socket
        self.labels = labels
    }

    var name: String { socket }
    var isPresent: Bool { access(socket, F_OK) == 0 }

    func container(_ id: String, timeout: UInt64) throws(FetchFailure) -> ContainerMetadata? {
        var fetch = HTTPFetch(url: "http://localhost/containers/\(id)/json")
        fetch.socketPath = socket
        fetch.timeout = timeout
        fetch.mostBytes = Self.mostBytes
        do throws(FetchFailure) {
            let answer = try fetch.get()
            guard let container = Self.read(answer, id: id, labels: labels) else { throw FetchFailure.malformed }
            return container
        } catch .refused(404) {
            return nil
        }
    }

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
