internal import Glibc
internal import OTLP

/// Kubernetes' API, as a pod with a service account finds it: the pods of our node where that is permitted, else our own pod.
/// Or kubelet's `/pods`, where a URL names it.
///
/// The node is what `NODE_NAME` or `K8S_NODE_NAME` says (by the downward API, `spec.nodeName`), else that of our own pod, which
/// is `POD_NAME` or the host's name within our namespace. The token is read anew for each question, since it is replaced every hour.
struct KubernetesSource: Sendable {
    /// Most bytes of an answer: some 10 KiB for each pod of a node.
    static let mostBytes = 32 << 20
    /// Where a pod finds its service account.
    static let accountFolder = "/var/run/secrets/kubernetes.io/serviceaccount"

    private let base: String
    /// Whether ``base`` is the whole URL of a list.
    private let isList: Bool
    private let folder: String
    private let node: String?
    private let podName: String?
    private let labels: LabelReader

    /// The API that a pod's environment names; nil outside of Kubernetes.
    ///
    /// - Parameters:
    ///   - url: instead of what the environment says; with a path, that of a list such as kubelet's.
    ///   - environment: our variables by name.
    ///   - folder: the service account's.
    ///   - labels: reads labels, and counts those that are left out.
    init?(
        url: String?, environment: (String) -> String?, folder: String = KubernetesSource.accountFolder,
        labels: LabelReader
    ) {
        if let url {
            base = url.hasSuffix("/") ? String(url.dropLast()) : url
        } else {
            guard let host = environment("KUBERNETES_SERVICE_HOST"), access(folder + "/token", R_OK) == 0 else {
                return nil
            }
            let port = environment("KUBERNETES_SERVICE_PORT_HTTPS") ?? environment("KUBERNETES_SERVICE_PORT") ?? "443"
            base = "https://" + (host.contains(":") ? "[\(host)]" : host) + ":" + port
        }
        isList = base.split(separator: "/", omittingEmptySubsequences: true).count > 2
        self.folder = folder
        self.labels = labels
        node = environment("NODE_NAME") ?? environment("K8S_NODE_NAME")
        podName = environment("POD_NAME") ?? environment("K8S_POD_NAME") ?? environment("HOSTNAME")
    }

    /// Its name in the log.
    var name: String { base }

    /// Asks for the pods.
    ///
    /// - Parameter timeout: most time that it may take, ns.
    func pods(timeout: UInt64) throws(FetchFailure) -> PodList {
        if isList { return try list(base, timeout) }
        if let node = node.flatMap(Self.checked) { return try list(nodeURL(node), timeout) }
        guard let own = podName.flatMap(Self.checked),
            let namespace = Self.line(folder + "/namespace").flatMap(Self.checked)
        else { throw .malformed }
        var pods = try list("\(base)/api/v1/namespaces/\(namespace)/pods/\(own)", timeout / 2)
        guard let node = pods.pods.values.first?.node.flatMap(Self.checked) else { return pods }
        // A sidecar may see itself and no more.
        if let others = try? list(nodeURL(node), timeout / 2) { pods.merge(others) }
        return pods
    }

    private func nodeURL(_ node: String) -> String { "\(base)/api/v1/pods?fieldSelector=spec.nodeName%3D\(node)" }

    private func list(_ url: String, _ timeout: UInt64) throws(FetchFailure) -> PodList {
        var fetch = HTTPFetch(url: url)
        fetch.timeout = timeout
        fetch.mostBytes = Self.mostBytes
        // The token is for nobody who listens.
        if url.hasPrefix("https://") { fetch.bearerToken = Self.line(folder + "/token") }
        let authorities = folder + "/ca.crt"
        if access(authorities, R_OK) == 0 { fetch.authorityFile = authorities }
        guard let pods = PodList(try fetch.get(), labels: labels) else { throw .malformed }
        return pods
    }

    /// A file's one line.
    private static func line(_ path: String) -> String? {
        guard let bytes = ProcFS.read(path) else { return nil }
        let text = bytes.prefix { $0 > 0x20 && $0 < 0x7F }
        return text.isEmpty ? nil : String(decoding: text, as: UTF8.self)
    }

    /// A name that may stand in a URL: a DNS subdomain (RFC 1123), as Kubernetes' names are.
    private static func checked(_ name: String) -> String? {
        let isName = name.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D
                || byte == 0x2E
        }
        return isName && (1...253).contains(name.utf8.count) ? name : nil
    }
}
