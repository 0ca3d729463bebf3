import Testing

@testable import Bridge

@Suite struct ServiceNameTests {
    @Test(arguments: [
        ("java -jar shop.jar", "/usr/lib/jvm/bin/java", "shop"),
        ("java -Xmx1g -cp a.jar:b.jar com.example.Main --port 1", "/usr/bin/java", "Main"),
        ("java -m shop/com.example.Shop", "/usr/bin/java", "Shop"),
        ("python3 -m app --port 80", "/usr/bin/python3.11", "app"),
        ("python3 -u /srv/orders.py", "/usr/bin/python3.11", "orders"),
        ("python3 -X dev -W ignore svc.py", "/usr/bin/python3.11", "svc"),
        ("/usr/bin/python3 /usr/bin/gunicorn app:app", "/usr/bin/python3.11", "gunicorn"),
        ("python3 -c pass", "/usr/bin/python3.11", "python3.11"), ("python3", "/usr/bin/python3.11", "python3.11"),
        ("node --inspect /app/server.js", "/usr/bin/node", "server"), ("php8.2 index.php", "/usr/bin/php8.2", "index"),
        ("nginx: worker process", "/usr/sbin/nginx", "nginx"), ("orders --port 1", "/usr/local/bin/orders", "orders"),
        ("x", "/opt/app (deleted)", "app"),
    ])
    func programIsNamedAsPeopleCallIt(_ line: String, _ executable: String, _ name: String) {
        let arguments = line.split(separator: " ").map(String.init)
        #expect(ServiceName.guess(arguments: arguments, executable: executable, command: "comm") == name)
    }

    @Test func threadNameIsTheLastResort() {
        #expect(ServiceName.guess(arguments: [], executable: nil, command: "curl") == "curl")
        #expect(ServiceName.guess(arguments: [], executable: nil, command: "") == "unknown_service")
        #expect(ServiceName.guess(arguments: ["/usr/bin/wget", "x"], executable: nil, command: "wget") == "wget")
    }

    @Test func ownNameBeatsResourceAttributes() {
        let declared = DeclaredAttributes(environment: [
            "PATH=/bin", "OTEL_RESOURCE_ATTRIBUTES=service.name=a, deployment.environment.name = pr%20od ",
            "OTEL_SERVICE_NAME=b",
        ])
        #expect(declared.serviceName == "b")
        #expect(declared.attributes.map(\.key) == ["deployment.environment.name"])
        #expect(declared.attributes.map(\.value) == ["pr od"])
        #expect(DeclaredAttributes(environment: ["OTEL_RESOURCE_ATTRIBUTES=service.name=a"]).serviceName == "a")
        #expect(DeclaredAttributes(environment: ["OTEL_SERVICE_NAME="]).serviceName == nil)
    }

    @Test(arguments: ["novalue", "a=1,b", "a=%zz", "a=%f", "=x", "a=%ff"])
    func malformedResourceAttributesAreDiscardedWhole(_ list: String) {
        #expect(DeclaredAttributes.parse("ok=1," + list) == nil)
    }

    @Test func containerIDIsFoundInEveryLayout() {
        let id = String(repeating: "0123456789abcdef", count: 4)
        for line in [
            "0::/system.slice/docker-\(id).scope\n", "12:cpu:/docker/\(id)\n1:x:/\n",
            "0::/kubepods/pod1/cri-containerd-\(id).scope",
            "0::/machine.slice/libpod-\(id).scope/container",
        ] {
            #expect(ContainerID.find(in: Array(line.utf8)) == id)
        }
        #expect(ContainerID.find(in: Array("0::/user.slice/\(id)0".utf8)) == nil)
        #expect(ContainerID.find(in: Array("0::/init.scope".utf8)) == nil)
    }
}
