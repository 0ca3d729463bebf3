internal import Glibc
internal import OTLP

/// How a runtime is asked what a container is, and how its answer reads.
protocol RuntimeAPI: Sendable {
    /// Statuses of answers (of HTTP, or of gRPC) which say that it does not know a container.
    static var unknown: [Int] { get }

    /// Where it says what a container is: the path of a URL, without its first stroke.
    static func path(of id: String) -> String

    /// Asks for a container, by a fetch of that URL.
    static func ask(_ fetch: HTTPFetch, for id: String) throws(FetchFailure) -> [UInt8]

    /// Reads an answer; nil when it is none, or that of another container.
    static func read(_ answer: [UInt8], id: String, labels: LabelReader) -> ContainerMetadata?
}

/// A runtime behind its AF_UNIX socket.
struct RuntimeSource<API: RuntimeAPI>: ContainerSource {
    /// Most bytes of an answer.
    static var mostBytes: Int { 4 << 20 }

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
        var fetch = HTTPFetch(url: "http://localhost/\(API.path(of: id))")
        fetch.socketPath = socket
        fetch.timeout = timeout
        fetch.mostBytes = Self.mostBytes
        do throws(FetchFailure) {
            let answer = try API.ask(fetch, for: id)
            guard let container = API.read(answer, id: id, labels: labels) else { throw FetchFailure.malformed }
            return container
        } catch .refused(let status) where API.unknown.contains(status) {
            return nil
        }
    }
}
