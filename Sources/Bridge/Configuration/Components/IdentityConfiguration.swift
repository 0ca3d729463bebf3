/// `service.identity`: who is asked whose spans they are, beside /proc.
public struct IdentityConfiguration: Sendable, Equatable {
    /// `container_runtime`: `auto` for those whose sockets are there, `none`, or a socket's path. Default auto.
    public var containerRuntime = "auto"
    /// `kubernetes`: `auto` for the API of the cluster that we run in, `none`, or a URL: that of an API server, or with a path
    /// that of a list of pods, such as kubelet's. Default auto.
    public var kubernetes = "auto"

    /// The defaults.
    public init() {}
}

extension IdentityConfiguration: ConfigurationSection {
    static let keys: [ConfigurationKey<Self>] = [
        .value(
            "container_runtime", \.containerRuntime, .containerRuntime,
            "Who names containers: `auto` asks the runtimes whose sockets are there (Docker, podman, containerd, CRI-O), a path "
                + "that socket alone (its name begins with `containerd` or `crio` where it speaks CRI, else it speaks Docker's "
                + "API), `none` leaves containers to what /proc tells."),
        .value(
            "kubernetes", \.kubernetes, .kubernetes,
            "Who names pods: `auto` asks the API of the cluster that the agent runs in, with its service account; a URL is "
                + "another API server's, or with a path that of a list of pods such as kubelet's `https://10.0.0.1:10250/pods`; "
                + "`none` asks nobody."),
    ]
}

extension ConfigurationValueType<String> {
    /// `auto`, `none` or the absolute path of a socket.
    fileprivate static var containerRuntime: Self {
        choice(or: "path", "the path of a socket, such as /run/docker.sock") { text in
            // As much as fits into a socket's address.
            text.hasPrefix("/") && text.utf8.count <= 107 && !text.unicodeScalars.contains { $0.value < 32 }
        }
    }

    /// `auto`, `none` or a URL.
    fileprivate static var kubernetes: Self {
        choice(or: "URL", "a URL such as https://10.0.0.1:6443") { HTTPURL($0) != nil }
    }

    private static func choice(
        or name: String, _ expectation: String, _ isOther: @escaping @Sendable (String) -> Bool
    ) -> Self {
        .init(name: "auto, none, " + name, expectation: "auto, none or " + expectation) { text in
            let word = text.lowercased()
            return word == "auto" || word == "none" ? word : isOther(text) ? text : nil
        } format: {
            $0
        }
    }
}
