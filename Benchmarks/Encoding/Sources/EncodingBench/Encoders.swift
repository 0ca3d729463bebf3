import GeneratedTraces
import OTLP
import SwiftProtobuf

/// Everything that is compared: each encodes the same spans. Behind them what is done to those spans when they are
/// received.
struct Encoders {
    /// One of them.
    struct Encoder {
        /// Its name, for who reads the output.
        var name: String
        /// Encodes the spans once and says how many bytes they took.
        var encode: () throws -> Int
    }

    private let request: PlainRequest
    private let batch: SpanBatch

    /// The encoders of so many spans.
    init(spans: Int) {
        request = PlainRequest(spans: spans)
        var batch = SpanBatch()
        batch.fill(from: request, resource: ResourceData(request))
        self.batch = batch
    }

    /// The first that writes another message in protobuf than swift-protobuf, which reads them all; nil: none does.
    func different() throws -> String? {
        let expected = SwiftProtobufMessages.request(request)
        let written: [(String, [UInt8])] = [
            ("interspan", TelemetryEncoder(.protobuf).encode(batch) { [UInt8]($0) }),
            ("protobuf-c", ProtobufC.encode(batch) { [UInt8]($0) }),
            ("swift-protobuf", try expected.serializedBytes()),
        ]
        return try written.first { try BenchExportTraceServiceRequest(serializedBytes: $0.1) != expected }?.0
    }

    /// All of them.
    var all: [Encoder] {
        let (request, batch) = (request, batch)
        let protobuf = TelemetryEncoder(.protobuf)
        let json = TelemetryEncoder(.json)
        let filling = TelemetryEncoder(.protobuf)
        let resource = ResourceData(request)
        var filled = SpanBatch()
        let encoders = [
            Encoder(name: "interspan") { protobuf.encode(batch) { $0.count } },
            Encoder(name: "interspan-filling") {
                filled.fill(from: request, resource: resource)
                return filling.encode(filled) { $0.count }
            },
            Encoder(name: "interspan-json") { json.encode(batch) { $0.count } },
            Encoder(name: "protobuf-c") { ProtobufC.encode(batch) { $0.count } },
            Encoder(name: "swift-protobuf") {
                let bytes: [UInt8] = try SwiftProtobufMessages.request(request).serializedBytes()
                return bytes.count
            },
        ]
        return encoders + ReceivedRequest(protobuf.encode(batch) { [UInt8]($0) }).passes
    }
}
