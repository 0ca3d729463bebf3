extension Endpoint {
    /// An address from its text, IPv4 (`10.0.0.1`, four decimal numbers without leading zeros) or IPv6 (RFC 4291,
    /// section 2.2, without a zone); nil when it is neither.
    public init?(addressText text: some StringProtocol, port: UInt16 = 0) {
        if let address = AddressText.ipv4(text.utf8) {
            self.init(ipv4: address, port: port)
        } else if let (high, low) = AddressText.ipv6(text.utf8) {
            self.init(family: .ipv6, port: port, high: high, low: low)
        } else {
            return nil
        }
    }

    /// An address with an optional port: `10.0.0.1`, `10.0.0.1:80`, `::1`, `[::1]`, `[::1]:80`. Without a port it is 0,
    /// which cannot be written as one; nil when the text is none of these.
    public init?(parsing text: String) {
        if text.utf8.first == UInt8(ascii: "[") {
            guard let end = text.lastIndex(of: "]") else { return nil }
            let address = text[text.index(after: text.startIndex)..<end]
            guard address.contains(":"), let port = AddressText.port(text[text.index(after: end)...]) else {
                return nil
            }
            self.init(addressText: address, port: port)
        } else if let colon = text.firstIndex(of: ":"), colon == text.lastIndex(of: ":") {
            guard let port = AddressText.port(text[colon...]) else { return nil }
            self.init(addressText: text[..<colon], port: port)
        } else {
            self.init(addressText: text)
        }
    }

    /// The address without its port, as people write it: `10.0.0.1`, or RFC 5952's form for IPv6 (`2001:db8::1`,
    /// `::ffff:10.0.0.1`). AF_UNIX, which has no address: `unix:` and the inode.
    public var addressText: String {
        switch family {
        case .ipv4: AddressText.ipv4Text(UInt32(truncatingIfNeeded: high >> 32))
        case .ipv6: AddressText.ipv6Text(high: high, low: low)
        case .unix: "unix:\(high)"
        }
    }

    /// The address with its port: `10.0.0.1:80`, `[::1]:80`. AF_UNIX: as ``addressText``.
    public var addressAndPortText: String {
        switch family {
        case .ipv4: "\(addressText):\(port)"
        case .ipv6: "[\(addressText)]:\(port)"
        case .unix: addressText
        }
    }
}

extension Network {
    /// A range from its text: `10.0.0.0/8`, `fd00::/8`, or an address alone, which is a range of one. Bits beyond the
    /// prefix may be set and say nothing. nil when the text is no range.
    public init?(parsing text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = Endpoint(addressText: parts[0]) else { return nil }
        let longest = address.family == .ipv4 ? 32 : 128
        var prefix = longest
        if parts.count == 2 {
            guard let number = AddressText.decimal(parts[1].utf8, atMost: longest) else { return nil }
            prefix = number
        }
        self.init(address: address, prefix: prefix)
    }
}

/// The texts of addresses, without Foundation and without `inet_pton`, which accepts what people do not mean.
private enum AddressText {
    /// A decimal number without sign and without leading zeros; nil when it is not one or is too large.
    static func decimal(_ text: some Collection<UInt8>, atMost limit: Int) -> Int? {
        guard let first = text.first, text.count <= 5, first != UInt8(ascii: "0") || text.count == 1 else { return nil }
        var value = 0
        for byte in text {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return value <= limit ? value : nil
    }

    /// What follows an address: nothing, which is 0, or a colon and 1...65535.
    static func port(_ text: Substring) -> UInt16? {
        if text.isEmpty { return 0 }
        guard text.utf8.first == UInt8(ascii: ":"), let number = decimal(text.utf8.dropFirst(), atMost: 65535),
            number > 0
        else { return nil }
        return UInt16(number)
    }

    static func ipv4(_ text: some Collection<UInt8>) -> UInt32? {
        guard text.count <= 15 else { return nil }
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var address: UInt32 = 0
        for part in parts {
            guard let number = decimal(part, atMost: 255) else { return nil }
            address = address << 8 | UInt32(number)
        }
        return address
    }

    static func ipv6(_ text: some Collection<UInt8>) -> (UInt64, UInt64)? {
        guard (2...45).contains(text.count) else { return nil }
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard (3...9).contains(parts.count) else { return nil }
        // `::` shows as an empty part; at either end of the text as two of them.
        var groups: [UInt16] = []
        var gap: Int?
        for (index, part) in parts.enumerated() {
            if part.isEmpty {
                let atStart = index == 0 && parts[1].isEmpty
                let atEnd = index == parts.count - 1 && parts[index - 1].isEmpty
                if atStart || (atEnd && gap == groups.count) { continue }
                guard gap == nil, index != 0, index != parts.count - 1 else { return nil }
                gap = groups.count
            } else if index == parts.count - 1, let embedded = ipv4(part) {
                groups.append(UInt16(embedded >> 16))
                groups.append(UInt16(embedded & 0xFFFF))
            } else {
                guard let group = hexadecimal(part) else { return nil }
                groups.append(group)
            }
        }
        if let gap {
            guard groups.count <= 7 else { return nil }
            groups.insert(contentsOf: repeatElement(0, count: 8 - groups.count), at: gap)
        }
        guard groups.count == 8 else { return nil }
        let words = [groups[0..<4], groups[4..<8]].map { $0.reduce(UInt64(0)) { $0 << 16 | UInt64($1) } }
        return (words[0], words[1])
    }

    private static func hexadecimal(_ text: some Collection<UInt8>) -> UInt16? {
        guard (1...4).contains(text.count) else { return nil }
        var value: UInt16 = 0
        for byte in text {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt16(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt16(byte - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt16(byte - UInt8(ascii: "A") + 10)
            default: return nil
            }
        }
        return value
    }

    static func ipv4Text(_ address: UInt32) -> String {
        "\(address >> 24).\(address >> 16 & 0xFF).\(address >> 8 & 0xFF).\(address & 0xFF)"
    }

    /// RFC 5952, section 4: lower case, no leading zeros, the longest run of at least two zero groups (the first of
    /// equals) as `::`; section 5: an IPv4-mapped address ends in its IPv4 form.
    static func ipv6Text(high: UInt64, low: UInt64) -> String {
        if high == 0, low >> 32 == 0xFFFF { return "::ffff:" + ipv4Text(UInt32(truncatingIfNeeded: low)) }
        var groups: [UInt64] = []
        for word in [high, low] {
            for shift: UInt64 in [48, 32, 16, 0] { groups.append((word >> shift) & 0xFFFF) }
        }
        var longest = 0..<1
        var start = 0
        while start < 8 {
            let end = groups[start...].firstIndex { $0 != 0 } ?? 8
            if end - start > longest.count { longest = start..<end }
            start = end + 1
        }
        let text = { (part: ArraySlice<UInt64>) in part.map { String($0, radix: 16) }.joined(separator: ":") }
        guard longest.count > 1 else { return text(groups[...]) }
        return text(groups[..<longest.lowerBound]) + "::" + text(groups[longest.upperBound...])
    }
}
