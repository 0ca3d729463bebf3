import CZlib

/// A row of the database: a request, or several that were joined, and what is counted of it.
struct StoredRow {
    /// Its place in the order of arrival; from 1, never used twice.
    var id: Int64
    /// When the oldest thing in it came, CLOCK_MONOTONIC, ns; 0 when it was read back, for then it has waited enough.
    var arrival: UInt64
    /// The same on the clock that other runs share, CLOCK_REALTIME, ns. Known once it is stored.
    var wallArrival: Int64 = 0
    /// How much it is. `bytes` is the payload's length.
    var weight: Weight
    /// An Export…ServiceRequest.
    var payload: [UInt8]

    /// CRC-32 (zlib's) of everything that is stored of it, numbers as 64 bits in little-endian order.
    var checksum: Int64 {
        var numbers = (
            id.littleEndian, wallArrival.littleEndian, Int64(weight.requests).littleEndian,
            Int64(weight.items).littleEndian
        )
        var crc = crc32(0, nil, 0)
        crc = withUnsafeBytes(of: &numbers) { Self.add($0, to: crc) }
        crc = payload.withUnsafeBytes { Self.add($0, to: crc) }
        return Int64(crc)
    }

    private static func add(_ bytes: UnsafeRawBufferPointer, to crc: UInt) -> UInt {
        guard let start = bytes.bindMemory(to: UInt8.self).baseAddress else { return crc }
        return crc32_z(crc, start, bytes.count)
    }
}

extension Weight {
    /// What a row says of itself, which may be damaged: an item takes at least a byte, and a request has at least one.
    /// So what is counted stays within what is stored, and is the same whenever it is read.
    init(claimedRequests requests: Int64, items: Int64, bytes: Int64) {
        let bytes = max(bytes, 0)
        let items = min(max(items, 1), max(bytes, 1))
        self.init(requests: Int(min(max(requests, 0), items)), items: Int(items), bytes: Int(bytes))
    }
}
