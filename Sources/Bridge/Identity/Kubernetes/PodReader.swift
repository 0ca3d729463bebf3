internal import OTLP

/// Reads one pod of Kubernetes' API (core/v1, `Pod`), member by member; what is not about its identity is passed over.
struct PodReader {
    /// Reads labels, and counts those that are left out.
    let labels: LabelReader
    /// What was read of the pod.
    private(set) var pod = PodMetadata()
    /// What was read of its containers; the id is empty while there is none.
    private(set) var containers: [ContainerMetadata] = []

    private static let annotationPrefix = "resource.opentelemetry.io/"
    private static let kinds = [
        "ReplicaSet": "replicaset", "StatefulSet": "statefulset", "DaemonSet": "daemonset", "Job": "job",
        "CronJob": "cronjob", "Deployment": "deployment",
    ]

    /// Nothing was read.
    init(labels: LabelReader) { self.labels = labels }

    /// Reads a member of the pod.
    ///
    /// - Returns: false when what comes is wrong.
    mutating func read(_ key: String, _ reader: inout JSONReader) -> Bool {
        switch key {
        case "metadata": reader.objectOrElse { reader, key in read(metadata: key, &reader) }
        case "spec": reader.objectOrElse { reader, key in read(spec: key, &reader) }
        case "status": reader.objectOrElse { reader, key in read(status: key, &reader) }
        default: reader.skip()
        }
    }

    private mutating func read(metadata key: String, _ reader: inout JSONReader) -> Bool {
        switch key {
        case "name": return reader.string(atMost: 256, into: &pod.name)
        case "namespace": return reader.string(atMost: 256, into: &pod.namespace)
        case "uid": return reader.string(atMost: 64, into: &pod.uid)
        case "labels": return labels.read(&reader, into: &pod.labels)
        case "annotations":
            var annotations: [String: String] = [:]
            guard labels.read(&reader, into: &annotations, where: { $0.hasPrefix(Self.annotationPrefix) }) else {
                return false
            }
            for (name, value) in annotations where name.count > Self.annotationPrefix.count {
                let key = String(name.dropFirst(Self.annotationPrefix.count))
                pod.attributes[key] = value
            }
            return true
        case "ownerReferences":
            return reader.arrayOrElse { reader in readOwner(&reader) }
        default: return reader.skip()
        }
    }

    private mutating func readOwner(_ reader: inout JSONReader) -> Bool {
        var kind: String?
        var name: String?
        let isWhole = reader.objectOrElse { reader, key in
            switch key {
            case "kind": reader.string(atMost: 64, into: &kind)
            case "name": reader.string(atMost: 256, into: &name)
            default: reader.skip()
            }
        }
        if let kind = kind.flatMap({ Self.kinds[$0] }), let name, pod.owners.isEmpty {
            pod.owners.append(.init(kind: kind, name: name))
        }
        return isWhole
    }

    private mutating func read(spec key: String, _ reader: inout JSONReader) -> Bool {
        switch key {
        case "nodeName": reader.string(atMost: 256, into: &pod.node)
        case "containers", "initContainers", "ephemeralContainers":
            reader.arrayOrElse { reader in readContainer(&reader) }
        default: reader.skip()
        }
    }

    private mutating func read(status key: String, _ reader: inout JSONReader) -> Bool {
        switch key {
        case "containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses":
            reader.arrayOrElse { reader in readContainer(&reader) }
        default: reader.skip()
        }
    }

    /// A container as the specification or the status has it.
    private mutating func readContainer(_ reader: inout JSONReader) -> Bool {
        var container = ContainerMetadata(id: "")
        var image: String?
        var id: String?
        let isWhole = reader.objectOrElse { reader, key in
            switch key {
            case "name": reader.string(atMost: 256, into: &container.name)
            case "image": reader.string(atMost: LabelReader.longestValue, into: &image)
            case "imageID": reader.string(atMost: LabelReader.longestValue, into: &container.imageID)
            // `containerd://ID`.
            case "containerID": reader.string(atMost: 256, into: &id)
            default: reader.skip()
            }
        }
        if let image { container.setImage(image) }
        if let id, let part = id.split(separator: "/").last, CgroupPlace.containerID(String(part)) == String(part) {
            container.id = String(part)
        }
        add(container)
        return isWhole
    }

    private mutating func add(_ container: ContainerMetadata) {
        guard let name = container.name else { return }
        if let index = containers.firstIndex(where: { $0.name == name }) {
            if !container.id.isEmpty { containers[index].id = container.id }
            containers[index] = containers[index].completed(by: container)
        } else if containers.count < PodList.mostContainers {
            containers.append(container)
        } else {
            labels.leaveOut()
        }
    }
}
