import Testing

@testable import Capture

/// Bytes that mean harm, or are cut.
@Suite struct KafkaHostileTests {
    @Test func arraysOfNothingEnd() {
        // 2^31 - 1 topics in a request that ends.
        var request: [UInt8] = [0, 0, 0, 22, 0, 3, 0, 1, 0, 0, 0, 1, 0, 4] + Array("shop".utf8)
        request += [0x7F, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]
        let run = KafkaTests.run([(.requester, request)])
        #expect(run.closed.map(\.operation) == ["Metadata"])
    }

    @Test func numbersOfAnyLengthEnd() {
        let bytes = [UInt8](repeating: 0xFF, count: 64)
        bytes.withUnsafeBytes { bytes in
            var reader = KafkaReader(bytes)
            #expect(reader.unsigned() == 0)
            #expect(reader.isExhausted)
            var tags = KafkaReader(bytes)
            tags.skipTags()
            #expect(tags.isExhausted)
        }
    }

    @Test func signedNumbersAreZigZag() {
        for (bytes, number) in [([0], 0), ([1], -1), ([2], 1), ([0xFF, 0x01], -128)] as [([UInt8], Int64)] {
            bytes.withUnsafeBytes { bytes in
                var reader = KafkaReader(bytes)
                #expect(reader.signed() == number)
            }
        }
    }

    @Test(arguments: [0x7FFF_FFFF, 0, -1, 48, 1 << 20] as [Int32])
    func batchesOfWrongLengthsDoNoHarm(_ length: Int32) {
        var request = KafkaMessages.request("produce8")
        let place = request.count - KafkaTests.batchBytes(of: request)
        for index in 0..<4 { request[place + 8 + index] = UInt8(truncatingIfNeeded: length >> (24 - 8 * Int32(index))) }
        let run = KafkaTests.run([(.requester, request), (.responder, KafkaMessages.response("produce8"))])
        #expect(run.closed.map(\.operation) == ["send orders"])
    }

    @Test(arguments: [KafkaCompression.gzip, .snappy, .lz4, .zstd])
    func damagedCompressionGivesNoMoreThanItsRoom(_ compression: KafkaCompression) {
        var random = SeededGenerator(state: 7)
        let decompressor = Decompressor()
        let name = "produce-\(compression)"
        let request = KafkaMessages.request(name)
        let batch = Array(request.suffix(KafkaTests.batchBytes(of: request)).dropFirst(61))
        for _ in 0..<2000 {
            var bytes = Array(batch.prefix(Int.random(in: 1...batch.count, using: &random)))
            for _ in 0..<Int.random(in: 0..<3, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            bytes.withUnsafeBytes {
                #expect(decompressor.decompress(compression, $0, most: 1000).count <= 1000)
            }
        }
        // What was damaged before does not spoil what comes.
        batch.withUnsafeBytes { #expect(decompressor.decompress(compression, $0, most: 1 << 20).count > 1000) }
    }

    @Test func onlyTheBeginningOfABatchIsRead() {
        for limit in 0..<KafkaMessages.request("produce-none").count {
            let run = KafkaTests.run(
                [(.requester, KafkaMessages.request("produce-none"))], headLimit: max(limit, 64))
            let contexts = run.closed.first?.fields.filter { $0.key == .context }.map(\.value) ?? []
            #expect(contexts.allSatisfy { $0 == KafkaTests.context || $0 == KafkaTests.other })
        }
    }

    @Test func postgresAndResponsesAreNotTakenForRequests() {
        let startup: [UInt8] = [0, 0, 0, 41, 0, 3, 0, 0] + Array("user\0postgres\0database\0postgres\0\0".utf8)
        let responses = [
            "listOffsets", "produceMagic0", "metadata0", "produce8", "fetch11", "joinGroup", "offsetCommit",
        ]
        .map(KafkaMessages.response)
        for bytes in responses + [startup] {
            var numbered = bytes
            for number in 0..<UInt8(20) {
                if bytes != startup { numbered.replaceSubrange(4..<8, with: [0, 0, 0, number]) }
                let hint = RecognitionHint(
                    recordLength: UInt64(bytes.count), isFirst: false, isOpening: false, senderPort: 1000,
                    receiverPort: 2000, isFromOpener: nil)
                numbered.withUnsafeBytes { bytes in
                    let start = UnsafeRawBufferPointer(rebasing: bytes.prefix(64))
                    #expect(KafkaParser.recognise(start, hint) == .no, "\(numbered)")
                }
            }
        }
    }

    @Test func memoryIsGivenBack() {
        var run = KafkaTests.run(
            ["fetch11", "fetchEmpty"].flatMap {
                [(.requester, KafkaMessages.request($0)), (.responder, KafkaMessages.response($0))]
            })
        let isFree = run.tracker.exchanges.reserve(64 << 20)
        #expect(isFree, "all of it")
        run.tracker.exchanges.unreserve(64 << 20)
    }
}

extension KafkaTests {
    /// How many bytes at a request's end are its one batch.
    static func batchBytes(of request: [UInt8]) -> Int {
        // Its length field says how many follow it.
        for start in stride(from: request.count - 61, through: 4, by: -1) where request[start + 16] == 2 {
            let length = request[(start + 8)..<(start + 12)].reduce(0) { $0 << 8 | Int($1) }
            if start + 12 + length == request.count { return request.count - start }
        }
        return 0
    }
}
