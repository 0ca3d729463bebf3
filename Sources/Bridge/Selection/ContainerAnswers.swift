/// What rules are told of containers by whoever names them for spans as well.
struct ContainerAnswers: ContainerLookup {
    /// How long a process that nobody has judged yet may wait for its container's runtime, ns. One that does not answer in time
    /// is left alone for a while.
    private static let patience: UInt64 = 250_000_000

    private let directory: ContainerDirectory

    init(_ directory: ContainerDirectory) { self.directory = directory }

    func facts(container: String?, pod: String?) -> ContainerAnswer {
        var place = ProcessPlace()
        place.containerID = container
        place.podUID = pod
        let answer = directory.known(place) ?? directory.find(place, within: Self.patience)
        guard let found = answer else { return .unknown }
        var facts = ContainerFacts()
        facts.name = found.name
        facts.image = found.imageName.map { name in found.imageTags.first.map { "\(name):\($0)" } ?? name }
        facts.namespace = found.pod?.namespace
        facts.pod = found.pod?.name
        facts.labels = found.labels.merging(found.pod?.labels ?? [:]) { _, pod in pod }
        return .known(facts)
    }
}
