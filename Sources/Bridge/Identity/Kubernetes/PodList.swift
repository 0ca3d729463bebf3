internal import OTLP

/// The pods of a node, as Kubernetes' API lists them (`PodList` of v1, which kubelet's `/pods` answers as well), found by their
/// containers' ids and by their own uids. A node has some hundreds at most; beyond the bounds the rest is left out and counted.
struct PodList: Sendable {
    /// Most pods.
    static let most = 4096
    /// Most containers of a pod.
    static let mostContainers = 64

    /// Pods by their uid.
    private(set) var pods: [String: PodMetadata] = [:]
    /// Containers by their id.
    private(set) var containers: [String: ContainerMetadata] = [:]
    /// The names, images and ids of a pod's containers, by its uid.
    private var byPod: [String: [ContainerMetadata]] = [:]

    /// No pods.
    init() {}

    /// Reads a list, or a single pod; nil when it is neither.
    init?(_ answer: [UInt8], labels: LabelReader) {
        var list = Self()
        let isWhole = answer.withUnsafeBytes { bytes in
            var single = PodReader(labels: labels)
            var hasItems = false
            var reader = JSONReader(bytes)
            let isWhole = reader.object { reader, key in
                guard key == "items" else { return single.read(key, &reader) }
                hasItems = true
                return reader.arrayOrElse { reader in
                    var pod = PodReader(labels: labels)
                    guard reader.objectOrElse({ reader, key in pod.read(key, &reader) }) else { return false }
                    list.add(pod)
                    return true
                }
            }
            if !hasItems { list.add(single) }
            return isWhole && (hasItems || single.pod.uid != nil)
        }
        guard isWhole else { return nil }
        self = list
    }

    /// Adds the pods of another list; of what both have its own stay.
    mutating func merge(_ other: PodList) {
        pods.merge(other.pods) { own, _ in own }
        containers.merge(other.containers) { own, _ in own }
        byPod.merge(other.byPod) { own, _ in own }
    }

    /// What is known of the container that a process runs in: by its id, else by its pod and its name there. Of a pod with one
    /// container the name is clear.
    func container(at place: ProcessPlace) -> ContainerMetadata? {
        if let id = place.containerID, let container = containers[id] { return container }
        guard let uid = place.podUID, let pod = pods[uid] else { return nil }
        let there = byPod[uid] ?? []
        let known = there.first { $0.name == place.podContainer } ?? (there.count == 1 ? there[0] : nil)
        var container = known ?? ContainerMetadata(id: place.containerID ?? "")
        container.id = place.containerID ?? container.id
        container.name = container.name ?? place.podContainer
        container.pod = pod
        return container
    }

    private mutating func add(_ reader: PodReader) {
        guard let uid = reader.pod.uid else { return }
        guard pods.count < Self.most else { return reader.labels.leaveOut() }
        var pod = reader.pod
        pod.resolveOwners()
        pods[uid] = pod
        byPod[uid] = reader.containers
        for var container in reader.containers where !container.id.isEmpty {
            container.pod = pod
            containers[container.id] = container
        }
    }
}

extension PodMetadata {
    /// Adds what made what made it, where names tell: a ReplicaSet of a Deployment has the pods' template hash at its end, a
    /// Job of a CronJob the minute that it was due.
    mutating func resolveOwners() {
        guard let owner = owners.first else { return }
        let dash = owner.name.lastIndex(of: "-")
        guard let dash, dash > owner.name.startIndex else { return }
        let end = owner.name[owner.name.index(after: dash)...]
        let name = String(owner.name[..<dash])
        if owner.kind == "replicaset", let hash = labels["pod-template-hash"], end == hash {
            owners.append(Owner(kind: "deployment", name: name))
        } else if owner.kind == "job", end.utf8.count >= 8, end.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            owners.append(Owner(kind: "cronjob", name: name))
        }
    }
}
