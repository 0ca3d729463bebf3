internal import Glibc
internal import Logging

extension ContainerDirectory {
    /// Where runtimes have their sockets, those that know Docker's API first.
    static let sockets = [
        "/run/docker.sock", "/var/run/docker.sock", "/run/podman/podman.sock", "/run/containerd/containerd.sock",
        "/run/k3s/containerd/containerd.sock", "/run/crio/crio.sock", "/var/run/crio/crio.sock",
    ]

    /// A directory that asks those whom the configuration names.
    convenience init(_ configuration: IdentityConfiguration, logger: Logger) {
        let labels = LabelReader()
        let sources = Self.sources(configuration, labels)
        self.init(runtimes: sources.runtimes, kubernetes: sources.kubernetes, labels: labels, logger: logger)
    }

    /// Asks those whom another configuration names.
    func use(_ configuration: IdentityConfiguration) { use(Self.sources(configuration, labels)) }

    private static func sources(_ configuration: IdentityConfiguration, _ labels: LabelReader) -> Sources {
        let sockets: [String]
        switch configuration.containerRuntime {
        case "auto": sockets = Self.sockets
        case "none": sockets = []
        default: sockets = [configuration.containerRuntime]
        }
        let url = configuration.kubernetes == "auto" ? nil : configuration.kubernetes
        let kubernetes =
            configuration.kubernetes == "none"
            ? nil
            : KubernetesSource(url: url, environment: { getenv($0).map { String(cString: $0) } }, labels: labels)
        return Sources(runtimes: Self.distinct(sockets).map { Self.source($0, labels) }, kubernetes: kubernetes)
    }

    /// One source for each socket: `/var/run` is `/run` nearly everywhere.
    private static func distinct(_ paths: [String]) -> [String] {
        var seen: Set<String> = []
        return paths.filter { path in
            guard let real = realpath(path, nil) else { return seen.insert(path).inserted }
            defer { free(real) }
            return seen.insert(String(cString: real)).inserted
        }
    }

    /// containerd and CRI-O speak gRPC, the others HTTP.
    private static func source(_ socket: String, _ labels: LabelReader) -> any ContainerSource {
        let file = socket.split(separator: "/").last ?? ""
        let isCRI = ["containerd", "crio", "cri-dockerd"].contains { file.hasPrefix($0) }
        return isCRI
            ? RuntimeSource<CRIAPI>(socket: socket, labels: labels)
            : RuntimeSource<DockerAPI>(socket: socket, labels: labels)
    }
}
