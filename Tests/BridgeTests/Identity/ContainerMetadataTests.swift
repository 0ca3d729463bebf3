import Testing

@testable import Bridge

/// What runtimes and Kubernetes say of containers.
@Suite struct ContainerMetadataTests {
    private typealias Samples = ContainerSamples
    private let labels = LabelReader()

    @Test func answerOfDockersAPIIsRead() throws {
        let container = try #require(DockerAPI.read(Samples.inspect(), id: Samples.id, labels: labels))
        #expect(container.name == "shop-web-1")
        #expect(container.imageName == "registry:5000/shop/web")
        #expect(container.imageTags == ["1.2"])
        #expect(container.imageID == "sha256:beef")
        #expect(container.labels["com.docker.compose.service"] == "web")
        #expect(container.pod == nil)
        #expect(DockerAPI.read(Samples.inspect(id: "x"), id: Samples.id, labels: labels) == nil)
    }

    @Test func labelsOfKubeletTellThePod() throws {
        let answer = Samples.inspect(labels: [
            "io.kubernetes.pod.name": "web-0", "io.kubernetes.pod.namespace": "store",
            "io.kubernetes.container.name": "app",
            "io.kubernetes.pod.uid": Samples.uid,
        ])
        let container = try #require(DockerAPI.read(answer, id: Samples.id, labels: labels))
        #expect(container.name == "app")
        #expect(container.pod?.name == "web-0")
        #expect(container.pod?.namespace == "store")
        #expect(container.pod?.uid == Samples.uid)
    }

    @Test func labelsThatAreTooLongAreLeftOutAndCounted() throws {
        let long = String(repeating: "x", count: 1 << 20)
        let answer = Samples.inspect(labels: ["long": long, long: "x", "app.kubernetes.io/name": "shop"])
        let container = try #require(DockerAPI.read(answer, id: Samples.id, labels: labels))
        #expect(container.labels == ["app.kubernetes.io/name": "shop"])
        #expect(labels.leftOut == 2)
        let many = Dictionary(uniqueKeysWithValues: (0..<1000).map { ("label\($0)", "x") })
        let crowded = try #require(DockerAPI.read(Samples.inspect(labels: many), id: Samples.id, labels: labels))
        #expect(crowded.labels.count == LabelReader.most)
        #expect(labels.leftOut == 2 + 1000 - UInt64(LabelReader.most))
    }

    @Test func answersCutAnywhereAreNone() {
        for whole in [Samples.inspect(), Samples.pods()] {
            for count in stride(from: 0, to: whole.count - 1, by: 7) {
                #expect(DockerAPI.read(Array(whole[..<count]), id: Samples.id, labels: labels) == nil)
                #expect(PodList(Array(whole[..<count]), labels: labels) == nil)
            }
        }
        for text in ["{}", "[]", "null", "{\"items\": 1}", "{\"Config\": {\"Labels\": [1]}, \"Id\": 7}"] {
            #expect(DockerAPI.read(Array(text.utf8), id: Samples.id, labels: labels) == nil)
        }
    }

    @Test func answerOfTheCRIIsRead() throws {
        let answer = Samples.status(labels: [
            ("io.kubernetes.pod.name", "web-0"), ("io.kubernetes.container.name", "app"), ("tier", "front"),
            ("long", String(repeating: "x", count: 1 << 20)),
        ])
        let container = try #require(CRIAPI.read(answer, id: Samples.id, labels: labels))
        #expect(container.name == "app")
        #expect(container.pod?.name == "web-0")
        #expect(container.imageName == "shop/web")
        #expect(container.labels["tier"] == "front")
        #expect(labels.leftOut == 1)
        for count in 0..<(answer.count > 300 ? 300 : answer.count) {
            #expect(CRIAPI.read(Array(answer[..<count]), id: Samples.id, labels: labels) == nil)
        }
        #expect(
            CRIAPI.read([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], id: "", labels: labels) == nil)
    }

    @Test func podsAreFoundByContainerAndByThemselves() throws {
        let pods = try #require(PodList(Samples.pods(), labels: labels))
        #expect(pods.pods.count == 1)
        var place = ProcessPlace()
        place.containerID = Samples.id
        let web = try #require(pods.container(at: place))
        #expect(web.name == "web")
        #expect(web.imageName == "shop/web")
        #expect(web.imageID == "docker.io/shop/web@sha256:beef")
        #expect(web.pod?.name == "shop-web-6d4cf56db6-x2x4z")
        #expect(web.pod?.namespace == "store")
        #expect(web.pod?.node == "node-1")
        #expect(web.pod?.owners.map(\.kind) == ["replicaset", "deployment"])
        #expect(web.pod?.owners.map(\.name) == ["shop-web-6d4cf56db6", "shop-web"])
        #expect(web.pod?.attributes == ["deployment.environment.name": "prod"])
        // A container that the status does not know yet, by what the mounts say.
        place.containerID = String(repeating: "a", count: 64)
        place.podUID = Samples.uid
        place.podContainer = "late"
        let late = try #require(pods.container(at: place))
        #expect(late.name == "late")
        #expect(late.id == place.containerID)
        #expect(late.imageName == "shop/late")
        place.podUID = "somebody else's"
        #expect(pods.container(at: place) == nil)
    }

    @Test func singlePodIsAListOfOne() throws {
        let list = String(decoding: Samples.pods(), as: UTF8.self)
        let start = try #require(list.firstRange(of: "{\"metadata\": {\"name\": \"shop"))
        let end = try #require(list.firstRange(of: ",\n {\"metadata\": {\"name\": \"broken"))
        let pod = String(list[start.lowerBound..<end.lowerBound])
        #expect(PodList(Array(pod.utf8), labels: labels)?.containers.count == 1)
    }

    @Test(
        arguments: [
            ("Job", "backup-28391820", ["job", "cronjob"]), ("Job", "import-once", ["job"]),
            ("StatefulSet", "db", ["statefulset"]), ("ReplicaSet", "alone", ["replicaset"]), ("Node", "n", []),
        ] as [(String, String, [String])])
    func whatMadeThePodIsFound(_ kind: String, _ name: String, _ kinds: [String]) throws {
        let owner = "{\"kind\": \"\(kind)\", \"name\": \"\(name)\"}"
        let pods = try #require(PodList(Samples.pods(owner: owner), labels: labels))
        #expect(pods.pods[Samples.uid]?.owners.map(\.kind) == kinds)
    }

    @Test(
        arguments: [
            ("nginx", "nginx", []), ("nginx:1.25", "nginx", ["1.25"]), ("r:5000/a/b", "r:5000/a/b", []),
            ("r:5000/a/b:1@sha256:beef", "r:5000/a/b", ["1"]), ("sha256:beef", nil, []), ("", nil, []), (":", nil, []),
        ] as [(String, String?, [String])])
    func imagesAreTakenApart(_ reference: String, _ name: String?, _ tags: [String]) {
        var container = ContainerMetadata(id: "")
        container.setImage(reference)
        #expect(container.imageName == name)
        #expect(container.imageTags == tags)
    }
}
