import Testing

@testable import Bridge
@testable import OTLP

/// The order in which a service is named.
@Suite struct ServiceNamingTests {
    private func name(_ facts: ProcessFacts, _ container: ContainerMetadata? = nil) -> String {
        ServiceNaming(facts, container, command: "comm").name
    }

    private func container(
        _ name: String? = nil, labels: [String: String] = [:], pod: PodMetadata? = nil
    ) -> ContainerMetadata {
        var container = ContainerMetadata(id: ContainerSamples.id)
        (container.name, container.labels, container.pod) = (name, labels, pod)
        return container
    }

    private func pod(labels: [String: String] = [:], attributes: [String: String] = [:]) -> PodMetadata {
        var pod = PodMetadata()
        (pod.name, pod.namespace, pod.labels, pod.attributes) = ("shop-web-1-x", "store", labels, attributes)
        pod.owners = [.init(kind: "replicaset", name: "shop-web-1"), .init(kind: "deployment", name: "shop-web")]
        return pod
    }

    @Test func whatIsCloserToTheProcessNamesIt() {
        var place = ProcessPlace()
        place.unit = "shop-unit"
        let arguments = ["java", "-jar", "shop.jar"]
        let declared = ProcessFacts(
            arguments: arguments, executable: "/usr/bin/java", environment: ["OTEL_SERVICE_NAME=said"], place: place)
        let silent = ProcessFacts(arguments: arguments, executable: "/usr/bin/java", place: place)
        let nowhere = ProcessFacts(arguments: arguments, executable: "/usr/bin/java")
        let known = container("web", labels: ["com.docker.compose.service": "compose"])
        #expect(name(declared, known) == "said")
        #expect(name(silent, known) == "compose")
        #expect(name(silent, container("web")) == "web")
        #expect(name(silent) == "shop-unit")
        #expect(name(nowhere) == "shop")
    }

    @Test func kubernetesNamesByOpenTelemetrysOrder() {
        let facts = ProcessFacts(executable: "/usr/bin/app")
        let name = "app.kubernetes.io/name"
        let instance = "app.kubernetes.io/instance"
        #expect(
            self.name(
                facts,
                container("web", pod: pod(labels: [name: "n", instance: "i"], attributes: ["service.name": "a"])))
                == "a")
        #expect(self.name(facts, container("web", pod: pod(labels: [name: "n", instance: "i"]))) == "i")
        #expect(self.name(facts, container("web", pod: pod(labels: [name: "n"]))) == "n")
        #expect(self.name(facts, container("web", pod: pod())) == "shop-web")
        var alone = pod()
        alone.owners = []
        #expect(self.name(facts, container("web", pod: alone)) == "shop-web-1-x")
        #expect(self.name(facts, container("web", labels: [name: "n"])) == "n")
        #expect(
            self.name(facts, container("web", labels: ["resource.opentelemetry.io/service.name": "a", name: "n"]))
                == "a")
        let naming = ServiceNaming(facts, container("web", pod: pod()), command: "")
        #expect(naming.namespace == "store")
        #expect(naming.instance == "store.shop-web-1-x.web")
        #expect(naming.version == nil)
    }

    @Test func propertiesOfJavasAgentCountAsItsVariables() {
        let facts = ProcessFacts(
            arguments: [
                "java", "-Dotel.service.name=said", "-Dotel.resource.attributes=a=b,service.name=c", "-jar", "x.jar",
            ],
            executable: "/usr/bin/java", environment: ["OTEL_SERVICE_NAME=less"])
        #expect(name(facts) == "said")
        #expect(facts.declared.attributes.map(\.key) == ["a"])
    }

    @Test func resourceHasWhatIsKnownOfContainerAndPod() {
        let process = ResolverSupport.identity(pid: 1, start: 1)
        var facts = ProcessFacts(
            executable: "/usr/bin/app",
            environment: ["OTEL_RESOURCE_ATTRIBUTES=service.version=7,process.pid=9,service.instance.id=me"])
        facts.place.containerID = ContainerSamples.id
        facts.place.podUID = ContainerSamples.uid
        var known = container("web", pod: pod(attributes: ["deployment.environment.name": "prod", "host.name": "lie"]))
        known.setImage("shop/web:1.2")
        let resource = ProcessResource().resource(of: process, facts, container: known)
        let values = Dictionary(uniqueKeysWithValues: resource.attributes.map { ($0.key, $0.value) })
        #expect(values["service.name"] == .string("shop-web"))
        #expect(values["service.namespace"] == .string("store"))
        #expect(values["service.version"] == .string("7"))
        #expect(values["service.instance.id"] == .string("me"))
        #expect(values["process.pid"] == .int(1))
        #expect(values["container.id"] == .string(ContainerSamples.id))
        #expect(values["container.name"] == .string("web"))
        #expect(values["container.image.name"] == .string("shop/web"))
        #expect(values["container.image.tags"] == .strings(["1.2"]))
        #expect(values["k8s.pod.name"] == .string("shop-web-1-x"))
        #expect(values["k8s.pod.uid"] == .string(ContainerSamples.uid))
        #expect(values["k8s.deployment.name"] == .string("shop-web"))
        #expect(values["deployment.environment.name"] == .string("prod"))
        #expect(values["host.name"] != .string("lie"))
        #expect(values["process.command_args"] == nil)
        // Without Kubernetes' help, what /proc tells.
        let silent = ProcessResource().resource(of: process, facts, container: nil)
        #expect(silent.serviceName == "app")
        #expect(silent.attributes.contains { $0.key == "k8s.pod.uid" })
    }
}
