/// What is known of a container beyond what /proc tells: by its runtime, by Kubernetes, or by both.
struct ContainerMetadata: Sendable, Equatable {
    /// Its id: 64 hexadecimal digits.
    var id: String
    /// Its name: Docker's, without the slash, or that of the container in its pod.
    var name: String?
    /// The image's name without tag and digest: `registry:5000/shop/web`.
    var imageName: String?
    /// The image's tags: `1.25`.
    var imageTags: [String] = []
    /// The runtime's own id of the image.
    var imageID: String?
    /// The container's labels, without those that are too long (``LabelReader``).
    var labels: [String: String] = [:]
    /// Its pod, in Kubernetes.
    var pod: PodMetadata?

    /// A container of which nothing else is known yet.
    init(id: String) { self.id = id }

    /// Takes over an image as it is written: `nginx`, `registry:5000/web:1.2@sha256:...`; a bare digest names nothing.
    mutating func setImage(_ reference: String) {
        guard !reference.hasPrefix("sha256:") else { return }
        var name = reference[...]
        if let at = name.firstIndex(of: "@") { name = name[..<at] }
        if let colon = name.lastIndex(of: ":"), !name[colon...].contains("/") {
            let tag = String(name[name.index(after: colon)...])
            imageTags = tag.isEmpty ? [] : [tag]
            name = name[..<colon]
        }
        imageName = name.isEmpty ? nil : String(name)
    }

    /// Adds what another source knows and this one does not.
    func completed(by other: ContainerMetadata) -> ContainerMetadata {
        var result = self
        result.name = name ?? other.name
        if imageName == nil { (result.imageName, result.imageTags) = (other.imageName, other.imageTags) }
        result.imageID = imageID ?? other.imageID
        result.labels.merge(other.labels) { own, _ in own }
        result.pod = pod ?? other.pod
        return result
    }

    /// Where its labels name a pod, as those of kubelet's containers do: what they tell of it.
    mutating func takePodFromLabels() {
        guard let podName = labels["io.kubernetes.pod.name"] else { return }
        var pod = PodMetadata()
        pod.name = podName
        pod.namespace = labels["io.kubernetes.pod.namespace"]
        pod.uid = labels["io.kubernetes.pod.uid"]
        self.pod = pod
        name = labels["io.kubernetes.container.name"] ?? name
    }
}

/// What is known of a pod.
struct PodMetadata: Sendable, Equatable {
    /// What made it, in the end: a Deployment, not its ReplicaSet.
    struct Owner: Sendable, Equatable {
        /// `deployment`, `replicaset`, `statefulset`, `daemonset`, `cronjob`, `job`: as in `k8s.<kind>.name`.
        var kind: String
        /// Its name.
        var name: String
    }

    /// Its name.
    var name: String?
    /// Its namespace.
    var namespace: String?
    /// Its uid.
    var uid: String?
    /// The node that it runs on.
    var node: String?
    /// Its labels, without those that are too long (``LabelReader``).
    var labels: [String: String] = [:]
    /// Its annotations `resource.opentelemetry.io/<attribute>`, by the attribute.
    var attributes: [String: String] = [:]
    /// What made it, nearest first: a ReplicaSet and its Deployment.
    var owners: [Owner] = []

    /// Nothing is known.
    init() {}
}
