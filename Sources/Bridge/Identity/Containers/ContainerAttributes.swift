internal import OTLP

/// `container.*` and `k8s.*` of the semantic conventions.
enum ContainerAttributes {
    /// Adds what is known.
    static func add(_ place: ProcessPlace, _ container: ContainerMetadata?, to attributes: inout ResourceAttributes) {
        attributes.add("container.id", place.containerID)
        let inPod = container?.pod != nil || place.podUID != nil
        attributes.add("container.name", container?.name ?? place.machine ?? place.podContainer)
        attributes.add("container.image.name", container?.imageName)
        if let tags = container?.imageTags, !tags.isEmpty { attributes.add([("container.image.tags", .strings(tags))]) }
        attributes.add("container.image.id", container?.imageID)
        guard inPod else { return }
        let pod = container?.pod
        attributes.add("k8s.namespace.name", pod?.namespace)
        attributes.add("k8s.pod.name", pod?.name)
        attributes.add("k8s.pod.uid", pod?.uid ?? place.podUID)
        attributes.add("k8s.container.name", container?.name ?? place.podContainer)
        attributes.add("k8s.node.name", pod?.node)
        for owner in pod?.owners ?? [] { attributes.add("k8s.\(owner.kind).name", owner.name) }
        // All annotations of this kind become attributes; those of the service are there already, where they count.
        attributes.add((pod?.attributes ?? [:]).sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
    }
}
