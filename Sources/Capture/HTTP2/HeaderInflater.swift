internal import CNghttp2

/// HPACK's decoder for one direction of a connection (RFC 7541), by nghttp2. The only place where nghttp2 is called.
///
/// Who joins a connection lacks what the dynamic table has by then. An inflater that is *primed* is filled with entries of
/// a name that no header can have and of the least size there is: references to what was not seen come out under that
/// name, while what is inserted from then on, which is counted from the newest entry, is found where it is.
final class HeaderInflater {
    /// What some bytes of a block gave.
    enum Step {
        /// A header; its bytes are borrowed until the next call.
        case header(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)
        /// All bytes were taken.
        case more
        /// They are no header block, or refer to what is not there. Nothing more can be decoded.
        case failed
    }

    /// The size of a table before anybody changes it, bytes as HPACK counts them.
    static let ordinaryTable = 4096
    /// The largest table that an encoder may have. Which size it has, it says itself in a block; SETTINGS are what it was
    /// allowed, and need not be known.
    static let largestTable = 65_536
    /// What every entry counts besides its name and value (RFC 7541, 4.1).
    private static let entryOverhead = 32

    private let inflater: OpaquePointer

    /// A decoder; nil without memory.
    ///
    /// - Parameter primed: the size of a table filled with what is not known, bytes; 0 for one that is empty.
    init?(primed: Int) {
        var pointer: OpaquePointer?
        guard nghttp2_hd_inflate_new(&pointer) == 0, let pointer else { return nil }
        inflater = pointer
        guard nghttp2_hd_inflate_change_table_size(pointer, HeaderInflater.largestTable) == 0,
            primed == 0 || prime(min(primed, HeaderInflater.largestTable))
        else { return nil }
    }

    deinit { nghttp2_hd_inflate_del(inflater) }

    /// Memory that it takes, bytes, more or less.
    var size: Int {
        // 61 of the entries are the static table's.
        let entries = max(nghttp2_hd_inflate_get_num_table_entries(inflater), 61) - 61
        return 1024 + entries * 160 + nghttp2_hd_inflate_get_dynamic_table_size(inflater)
    }

    /// Whether a header's name was not to be known.
    static func isUnknown(_ name: UnsafeRawBufferPointer) -> Bool { name.count == 1 && name[0] == 0 }

    /// Takes bytes off the front of `bytes`, up to the end of a header.
    func next(_ bytes: inout UnsafeRawBufferPointer) -> Step {
        guard let base = bytes.baseAddress else { return .more }
        var header = nghttp2_nv()
        var flags: Int32 = 0
        let taken = nghttp2_hd_inflate_hd2(
            inflater, &header, &flags, base.assumingMemoryBound(to: UInt8.self), bytes.count, 0)
        guard taken >= 0, taken <= bytes.count else { return .failed }
        bytes = UnsafeRawBufferPointer(rebasing: bytes[taken...])
        guard UInt32(bitPattern: flags) & NGHTTP2_HD_INFLATE_EMIT.rawValue != 0 else {
            return bytes.isEmpty ? .more : .failed
        }
        return .header(
            name: UnsafeRawBufferPointer(start: header.name, count: header.namelen),
            value: UnsafeRawBufferPointer(start: header.value, count: header.valuelen))
    }

    /// The block is complete; false when it ends in the middle of a header.
    func endBlock() -> Bool {
        var header = nghttp2_nv()
        var flags: Int32 = 0
        var nothing: UInt8 = 0
        let result = nghttp2_hd_inflate_hd2(inflater, &header, &flags, &nothing, 0, 1)
        return result == 0 && nghttp2_hd_inflate_end_headers(inflater) == 0
    }

    private func prime(_ size: Int) -> Bool {
        var block: [UInt8] = []
        if size != HeaderInflater.ordinaryTable {
            // A change of the table's size: an integer with a prefix of 5 bits.
            block.append(0x3F)
            var rest = size - 31
            while rest >= 128 {
                block.append(UInt8(rest & 0x7F) | 0x80)
                rest >>= 7
            }
            block.append(UInt8(rest))
        }
        // A literal to be indexed, with a new name of one zero byte; then others with that entry's name. No value.
        block += [0x40, 0x01, 0x00, 0x00]
        for _ in 1..<(size / (HeaderInflater.entryOverhead + 1)) { block += [0x7E, 0x00] }
        return block.withUnsafeBytes { block in
            var rest = block
            while true {
                switch next(&rest) {
                case .header: continue
                case .more: return endBlock()
                case .failed: return false
                }
            }
        }
    }
}
