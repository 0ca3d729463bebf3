@testable import Bridge

/// Answers of runtimes and of Kubernetes, cut to what matters and with some that does not.
enum ContainerSamples {
    static let id = String(repeating: "0123456789abcdef", count: 4)
    static let uid = "3f0ab39c-1d2e-4f5a-8b6c-7d8e9f0a1b2c"

    /// `GET /containers/{id}/json`.
    static func inspect(
        id: String = ContainerSamples.id, name: String = "/shop-web-1", image: String = "registry:5000/shop/web:1.2",
        labels: [String: String] = ["com.docker.compose.project": "shop", "com.docker.compose.service": "web"]
    ) -> [UInt8] {
        let texts = labels.map { "\"\($0.key)\": \"\($0.value)\"" }.joined(separator: ",")
        return Array(
            """
            {"Id": "\(id)", "Created": "2024-05-01T10:00:00Z", "Path": "nginx", "Args": ["-g", "daemon off;"],
             "State": {"Status": "running", "Pid": 4711, "Health": null}, "Image": "sha256:beef",
             "Name": "\(name)", "RestartCount": 0, "Mounts": [], "Config": {"Hostname": "0123456789ab",
             "Env": ["SECRET=1"], "Image": "\(image)", "Labels": {\(texts)}}, "NetworkSettings": {"Ports": {}}}
            """.utf8)
    }

    /// `GET /api/v1/pods`: a Deployment's pod with a container that runs and one that does not yet.
    static func pods(
        labels: String = "\"app.kubernetes.io/name\": \"shop\", \"pod-template-hash\": \"6d4cf56db6\"",
        annotations: String = "\"resource.opentelemetry.io/deployment.environment.name\": \"prod\", \"other\": \"x\"",
        owner: String =
            "{\"apiVersion\": \"apps/v1\", \"kind\": \"ReplicaSet\", \"name\": \"shop-web-6d4cf56db6\", \"controller\": true}"
    ) -> [UInt8] {
        Array(
            """
            {"kind": "PodList", "apiVersion": "v1", "metadata": {"resourceVersion": "1"}, "items": [
             {"metadata": {"name": "shop-web-6d4cf56db6-x2x4z", "namespace": "store", "uid": "\(uid)",
               "labels": {\(labels)}, "annotations": {\(annotations)}, "ownerReferences": [\(owner)]},
              "spec": {"nodeName": "node-1", "containers": [
                {"name": "web", "image": "shop/web:1.2", "env": [{"name": "A", "value": "b"}]},
                {"name": "late", "image": "shop/late@sha256:beef"}]},
              "status": {"phase": "Running", "containerStatuses": [
                {"name": "web", "image": "docker.io/shop/web:1.2", "imageID": "docker.io/shop/web@sha256:beef",
                 "containerID": "containerd://\(id)", "ready": true},
                {"name": "late", "image": "shop/late", "imageID": "", "ready": false}]}},
             {"metadata": {"name": "broken"}, "spec": null, "status": null}]}
            """.utf8)
    }

    /// A ContainerStatusResponse of the CRI.
    static func status(id: String = ContainerSamples.id, labels: [(String, String)]) -> [UInt8] {
        var status = field(1, id) + field(2, field(1, "web")) + [0x18, 1] + field(8, field(1, "shop/web:1.2"))
        status += field(9, "sha256:beef")
        for (name, value) in labels { status += field(12, field(1, name) + field(2, value)) }
        return field(1, status) + field(2, field(1, "info") + field(2, "{}"))
    }

    static func field(_ number: UInt8, _ text: String) -> [UInt8] { field(number, Array(text.utf8)) }

    static func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        var length = bytes.count
        var result = [number << 3 | 2]
        while length >= 0x80 {
            result.append(UInt8(length & 0x7F | 0x80))
            length >>= 7
        }
        return result + [UInt8(length)] + bytes
    }
}
