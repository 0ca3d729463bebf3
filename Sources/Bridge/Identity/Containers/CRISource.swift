internal import Glibc
internal import OTLP

/// The Container Runtime Interface of containerd and CRI-O on an AF_UNIX socket: gRPC's
/// `runtime.v1.RuntimeService/ContainerStatus` (k8s.io/cri-api, runtime/v1/api.proto). Few of its fields matter, so they are read
/// where they stand.
struct CRISource: ContainerSource {
    /// Most bytes of an answer.
    static let mostBytes = 4 << 20
    /// gRPC's NOT_FOUND, and what runtimes without the call answer: UNIMPLEMENTED.
    private static let unknown = [5, 12]

    private let socket: String
    private let labels: LabelReader

    /// - Parameters:
    ///   - socket: the socket's path.
    ///   - labels: counts labels that are left out.
    init(socket: String, labels: LabelReader) {
        self.socket = socket
        self.labels = labels
    }

    var name: String { socket }
    var isPresent: Bool { access(socket, F_OK) == 0 }

    func container(_ id: String, timeout: UInt64) throws(FetchFailure) -> ContainerMetadata? {
        var fetch = HTTPFetch(url: "http://localhost/runtime.v1.RuntimeService/ContainerStatus")
        fetch.socketPath = socket
        fetch.timeout = timeout
        fetch.mostBytes = Self.mostBytes
        // ContainerStatusRequest: container_id is field 1.
        let request: [UInt8] = [0x0A, UInt8(truncatingIfNeeded: id.utf8.count)] + Array(id.utf8)
        do throws(FetchFailure) {
            let answer = try fetch.call(request)
            guard let container = Self.read(answer, id: id, labels: labels) else { throw FetchFailure.malformed }
            return container
        } catch .refused(let status) where Self.unknown.contains(status) {
            return nil
        }
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

/// Walks over the fields of a protobuf message (protobuf.dev, "Encoding"), of which only those with a length are given.
enum ProtobufFields {
    /// Calls for each field that has bytes; false when the message is not well-formed, or when the call says so.
    static func each(_ message: UnsafeRawBufferPointer, _ body: (UInt64, UnsafeRawBufferPointer) -> Bool) -> Bool {
        var position = 0
        while position < message.count {
            guard let tag = number(message, &position) else { return false }
            switch tag & 7 {
            case 0: guard number(message, &position) != nil else { return false }
            case 1: position += 8
            case 2:
                guard let length = number(message, &position), length <= UInt64(message.count - position) else {
                    return false
                }
                let end = position + Int(length)
                guard body(tag >> 3, UnsafeRawBufferPointer(rebasing: message[position..<end])) else { return false }
                position = end
            case 5: position += 4
            default: return false
            }
        }
        return position == message.count
    }

    private static func number(_ message: UnsafeRawBufferPointer, _ position: inout Int) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard position < message.count else { return nil }
            let byte = message[position]
            position += 1
            value |= UInt64(byte & 0x7F) &<< shift
            if byte & 0x80 == 0 { return value }
        }
        return nil
    }
}
