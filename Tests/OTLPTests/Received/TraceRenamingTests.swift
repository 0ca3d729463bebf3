import Testing

@testable import OTLP

@Suite struct TraceRenamingTests {
    private let alias = TraceID(high: 0x0707_0707_0707_0707, low: 0x0707_0707_0707_0707)
    private let trace = TraceID(high: 0x0909_0909_0909_0909, low: 0x0909_0909_0909_0909)

    private func id(_ byte: UInt8) -> [UInt8] { [UInt8](repeating: byte, count: 16) }

    /// Renames `alias`, and says which traces were asked about.
    private func rename(_ bytes: [UInt8], _ signal: Signal) throws -> (bytes: [UInt8], asked: [UInt64]) {
        let batch = try #require(ReceivedBatch(checking: bytes, signal: signal))
        var asked: [UInt64] = []
        let renamed = batch.tracesRenamed { id in
            asked.append(id.low & 0xFF)
            return id == alias ? trace : nil
        }
        #expect(renamed.items == batch.items && renamed.signal == signal)
        return (renamed.bytes, asked)
    }

    private func logs(_ first: UInt8, _ second: UInt8) -> [UInt8] {
        Proto.request(
            Proto.field(
                2, Proto.text(3, "INFO"), Proto.field(9, id(first)), Proto.field(10, [1, 2, 3, 4, 5, 6, 7, 8]),
                Proto.field(99, id(7))), Proto.field(2, Proto.field(5, Proto.field(7, id(7)))),
            Proto.field(2, Proto.field(9), Proto.field(9, id(second))))
    }

    @Test func logRecordsFollowTheirTrace() throws {
        let result = try rename(logs(7, 8), .logs)
        #expect(result.bytes == logs(9, 8) && result.asked == [7, 8])
    }

    @Test(arguments: [(UInt64(5), UInt64(5)), (7, 5), (9, 8), (10, 11)])
    func exemplarsFollowTheirTrace(kind: UInt64, exemplars: UInt64) throws {
        func metrics(_ trace: UInt8) -> [UInt8] {
            let exemplar = Proto.field(exemplars, Proto.field(5, id(trace)), Proto.field(4, [1, 1, 1, 1, 1, 1, 1, 1]))
            return Proto.request(
                Proto.field(
                    2, Proto.text(1, "latency"), Proto.field(kind, Proto.field(1, Proto.field(exemplars), exemplar))))
        }
        let result = try rename(metrics(7), .metrics)
        #expect(result.bytes == metrics(9) && result.asked == [7])
    }

    @Test func linksFollowTheirTraceAndSpansDoNot() throws {
        func traces(_ link: UInt8) -> [UInt8] {
            Proto.request(
                Proto.field(
                    2, Proto.ids(trace: 7, span: 1), Proto.field(13, Proto.ids(trace: link, span: 2)),
                    Proto.field(13, Proto.ids(trace: 6, span: 2))))
        }
        let result = try rename(traces(7), .traces)
        #expect(result.bytes == traces(9) && result.asked == [7, 6])
    }

    @Test func withoutAliasTheBatchIsItself() throws {
        let batch = try #require(ReceivedBatch(checking: logs(1, 2), signal: .logs))
        let renamed = batch.tracesRenamed { _ in nil }
        #expect(batch.bytes.withUnsafeBytes { $0.baseAddress } == renamed.bytes.withUnsafeBytes { $0.baseAddress })
        // A name that no trace can have is none.
        #expect(batch.tracesRenamed { _ in TraceID(high: 0, low: 0) }.bytes == batch.bytes)
    }
}
