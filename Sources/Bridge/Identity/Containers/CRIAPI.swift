internal import OTLP

/// The Container Runtime Interface of containerd and CRI-O on an AF_UNIX socket: gRPC's
/// `runtime.v1.RuntimeService/ContainerStatus` (k8s.io/cri-api, runtime/v1/api.proto). Few of its fields matter, so they are read
/// where they stand.
enum CRIAPI: RuntimeAPI {
    /// gRPC's NOT_FOUND, and what runtimes without the call answer: UNIMPLEMENTED.
    static let unknown = [5, 12]

    static func path(of id: String) -> String { "runtime.v1.RuntimeService/ContainerStatus" }

    static func ask(_ fetch: HTTPFetch, for id: String) throws(FetchFailure) -> [UInt8] {
        // ContainerStatusRequest: container_id is field 1.
        try fetch.call([0x0A, UInt8(truncatingIfNeeded: id.utf8.count)] + Array(id.utf8))
    }

    /// Reads a ContainerStatusResponse; nil when it is none, or that of another container.
    static func read(_ answer: [UInt8], id: String, labels: LabelReader) -> ContainerMetadata? {
        var container = ContainerMetadata(id: id)
        var told: String?
        let isWhole = answer.withUnsafeBytes { bytes in
            ProtobufFields.each(bytes) { number, status in
                guard number == 1 else { return true }
                return ProtobufFields.each(status) { number, value in
                    switch number {
                    case 1: told = String(decoding: value, as: UTF8.self)
                    case 2:
                        return ProtobufFields.each(value) { number, name in
                            if number == 1 { container.name = text(name) }
                            return true
                        }
                    case 8:
                        return ProtobufFields.each(value) { number, image in
                            if number == 1, let image = text(image) { container.setImage(image) }
                            return true
                        }
                    case 9: container.imageID = text(value)
                    case 12: return readLabel(value, into: &container.labels, labels)
                    default: break
                    }
                    return true
                }
            }
        }
        guard isWhole, told == id else { return nil }
        container.takePodFromLabels()
        return container
    }

    /// An entry of a map: its key is field 1, its value field 2.
    private static func readLabel(
        _ entry: UnsafeRawBufferPointer, into labels: inout [String: String], _ reader: LabelReader
    ) -> Bool {
        var name = ""
        var value: String? = ""
        let isWhole = ProtobufFields.each(entry) { number, bytes in
            if number == 1, bytes.count <= LabelReader.longestName { name = String(decoding: bytes, as: UTF8.self) }
            if number == 2 { value = text(bytes) }
            return true
        }
        if isWhole { reader.add(name, name.isEmpty ? nil : value, to: &labels) }
        return isWhole
    }

    private static func text(_ bytes: UnsafeRawBufferPointer) -> String? {
        bytes.count <= LabelReader.longestValue ? String(decoding: bytes, as: UTF8.self) : nil
    }
}
