import Testing

@testable import OTLP

@Suite struct SpanGroupsTests {
    @Test func spansAreGroupedByResourceAcrossBatchesInTheirOrder() {
        let slices = [
            SpanSlice(Samples.batch(2, first: 1, resource: Samples.shop)),
            SpanSlice(Samples.batch(2, first: 3, resource: Samples.nginx)),
            SpanSlice(batch: Samples.batch(9, first: 5, resource: Samples.shop), range: 1..<3),
        ]
        var groups = SpanGroups()
        for _ in 0..<2 {
            groups.arrange(slices)
            #expect(groups.resources.map { $0?.serviceName } == ["shop", "nginx"])
            #expect(groups.ends == [4, 6])
            let ids = groups.order.map { slices[Int($0.slice)].batch.spans[Int($0.span)].spanID }
            #expect(ids == [1, 2, 6, 7, 3, 4])
        }
    }

    @Test func aRequestOfManySpansIsWhole() {
        // More than one chunk, with resources that begin and end within chunks.
        var slices: [SpanSlice] = []
        var first: UInt64 = 1
        for (count, resource) in [(700, Samples.shop), (900, Samples.nginx), (2000, Samples.shop), (1, Samples.nginx)] {
            slices.append(SpanSlice(Samples.batch(count, first: first, resource: resource)))
            first += UInt64(count)
        }
        let whole = ByteBuffer()
        TelemetryEncoder(.protobuf).encode(slices.map { .spans($0) }, into: whole)
        // Each span's name appears once; a marker that nothing else contains.
        let marker = Array("/cart/".utf8)
        let bytes = Array(whole.bytes)
        let found = bytes.indices.filter { bytes[$0...].starts(with: marker) }.count
        #expect(found == 3601)
    }
}
