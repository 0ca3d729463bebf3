/// Finds credentials that look like nothing else (``CredentialMark``), and the user and password of URLs.
///
/// Linear in the text: it is looked at by one pair of bytes of each mark, and what a mark begins is walked over once.
struct CredentialScanner: Sendable {
    private static let at = UInt8(ascii: "@")
    private static let bitOfAt: UInt8 = 1 << 7

    /// For each byte, a bit for each group of marks that have it for their anchor.
    private let anchors: [UInt8]
    /// For each byte, a bit for each group of marks that have it in front of their anchor.
    private let fronts: [UInt8]
    /// The marks by group.
    private let groups: [[CredentialMark]]

    /// A scanner.
    init() {
        var anchors = [UInt8](repeating: 0, count: 256)
        var fronts = [UInt8](repeating: 0, count: 256)
        var groups: [[CredentialMark]] = []
        for mark in CredentialMark.all {
            let (anchor, front) = (mark.text.utf8Start[mark.anchor], mark.text.utf8Start[mark.anchor - 1])
            let group = groups.firstIndex { $0[0].text.utf8Start[$0[0].anchor] == anchor } ?? groups.count
            if group == groups.count { groups.append([]) }
            groups[group].append(mark)
            // Those of the Authorization header are written in any case.
            for fold in [0, mark.fold] {
                anchors[Int(anchor & ~fold)] |= 1 << UInt8(group)
                fronts[Int(front & ~fold)] |= 1 << UInt8(group)
                anchors[Int(anchor | fold)] |= 1 << UInt8(group)
                fronts[Int(front | fold)] |= 1 << UInt8(group)
            }
        }
        // In front of an @ there may be anything.
        anchors[Int(Self.at)] = Self.bitOfAt
        for byte in 0...255 { fronts[byte] |= Self.bitOfAt }
        (self.anchors, self.fronts, self.groups) = (anchors, fronts, groups)
    }

    /// Whether there may be any; what surrounds them is not looked at, so that texts that lie side by side can be looked at
    /// in one go.
    func mayFind(in text: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while let place = candidate(in: text, from: index) {
            if text[place] == Self.at || mark(at: place, in: text) != nil { return true }
            index = place + 1
        }
        return false
    }

    /// Where the next anchor is, from an offset on, with a byte in front that some mark has there.
    private func candidate(in text: UnsafeRawBufferPointer, from offset: Int) -> Int? {
        anchors.withUnsafeBufferPointer { anchors in
            fronts.withUnsafeBufferPointer { fronts in
                var before = offset > 0 ? text[offset - 1] : 0
                var index = offset
                while index < text.count {
                    let byte = text[index]
                    if anchors[Int(byte)] & fronts[Int(before)] != 0 { return index }
                    before = byte
                    index += 1
                }
                return nil
            }
        }
    }

    /// The next credential's bytes, from an offset on.
    func next(in text: UnsafeRawBufferPointer, from offset: Int) -> Range<Int>? {
        var index = offset
        while let place = candidate(in: text, from: index) {
            if text[place] == Self.at {
                if let user = user(before: place, after: offset, in: text) { return user }
            } else if let found = mark(at: place, in: text), found.start >= offset,
                let range = credential(found.mark, at: found.start, in: text)
            {
                return range
            }
            index = place + 1
        }
        return nil
    }

    /// The mark whose anchor is at an index.
    private func mark(at index: Int, in text: UnsafeRawBufferPointer) -> (mark: CredentialMark, start: Int)? {
        var bits = anchors[Int(text[index])] & ~Self.bitOfAt
        while bits != 0 {
            for mark in groups[bits.trailingZeroBitCount] {
                let start = index - mark.anchor
                let count = mark.text.utf8CodeUnitCount
                guard start >= 0, start + count <= text.count else { continue }
                var isEqual = true
                for place in 0..<count where text[start + place] | mark.fold != mark.text.utf8Start[place] | mark.fold {
                    isEqual = false
                    break
                }
                if isEqual { return (mark, start) }
            }
            bits &= bits - 1
        }
        return nil
    }

    /// What a mark begins, if that is a credential; of one of the Authorization header, what is behind the scheme.
    private func credential(
        _ mark: CredentialMark, at start: Int, in text: UnsafeRawBufferPointer
    ) -> Range<Int>? {
        guard isBoundary(before: start, in: text) else { return nil }
        var first = start + mark.text.utf8CodeUnitCount
        if mark.alphabet == .authorization {
            let scheme = first
            while first < text.count, text[first] == 0x20 || text[first] == UInt8(ascii: "+") { first += 1 }
            while text.count - first > 3, text[first...].starts(with: "%20".utf8) { first += 3 }
            guard first > scheme else { return nil }
        }
        var (end, dots) = (first, 0)
        while end < text.count, mark.alphabet.has(text[end]) {
            if text[end] == UInt8(ascii: ".") { dots += 1 }
            end += 1
        }
        guard end - first >= mark.least, end - first <= mark.most else { return nil }
        switch mark.alphabet {
        case .authorization: return first..<end
        case .dotted: return dots > 0 ? start..<end : nil
        case .alphanumeric, .base64URL, .upper: return start..<end
        }
    }

    /// Whether a word may begin here: behind no letter and no digit but those of a percent-encoded byte.
    private func isBoundary(before start: Int, in text: UnsafeRawBufferPointer) -> Bool {
        guard start > 0, CredentialMark.Alphabet.alphanumeric.has(text[start - 1]) else { return true }
        return start >= 3 && text[start - 3] == UInt8(ascii: "%")
    }

    /// A user with a password in front of an @: `://user:password`. One that has an @ itself ends at the last.
    private func user(before at: Int, after offset: Int, in text: UnsafeRawBufferPointer) -> Range<Int>? {
        var start = at
        var hasPassword = false
        while start > offset, !endsUser(text[start - 1]), text[start - 1] != Self.at {
            hasPassword = hasPassword || text[start - 1] == UInt8(ascii: ":")
            start -= 1
        }
        guard hasPassword, start < at, start >= 3, text[(start - 3)..<start].elementsEqual("://".utf8) else {
            return nil
        }
        var end = at
        for index in at..<text.count {
            if endsUser(text[index]) { break }
            if text[index] == Self.at { end = index }
        }
        return start..<end
    }

    private func endsUser(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
    }
}
