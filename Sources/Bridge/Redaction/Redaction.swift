internal import OTLP

/// The last thing that is done to a span of ours: credentials that came from the wire are replaced in its texts, and so is
/// what the configuration's patterns find.
struct Redaction: Sendable {
    /// What was done. Counted by span's text: a name, a message, an attribute's value.
    struct Counters: Sendable {
        /// Texts in which credentials were found.
        var credentials: UInt64 = 0
        /// Texts in which a configured pattern was found.
        var patterns: UInt64 = 0
        /// Texts of which nothing is left, since a pattern occurs too often.
        var tooOften: UInt64 = 0
    }

    /// Where what belongs to a span begins in its batch.
    struct Beginning {
        let bytes: Int
        let attributes: Int
        let texts: Int

        init(of batch: borrowing SpanBatch) {
            bytes = batch.bytes.count
            attributes = batch.attributes.count
            texts = batch.texts.count
        }
    }

    private let scanner = CredentialScanner()
    /// Those that the configuration names.
    var patterns: PatternSet?
    private(set) var counters = Counters()
    private var text: [UInt8] = []
    private var spare: [UInt8] = []

    init(patterns: PatternSet?) { self.patterns = patterns }

    /// Replaces credentials in what has been added to a batch for a span so far: its name and all that came from the wire.
    mutating func maskCredentials(of span: inout SpanData, since beginning: Beginning, in batch: inout SpanBatch) {
        let mayFind = batch.bytes.withUnsafeBytes {
            scanner.mayFind(in: UnsafeRawBufferPointer(rebasing: $0[beginning.bytes...]))
        }
        if mayFind { change(&span, since: beginning, in: &batch) { $0.maskCredentials() } }
    }

    /// Replaces what the configuration's patterns find in all of a span's texts. The name alone is no part of
    /// `span.attributes` yet.
    mutating func maskPatterns(of span: inout SpanData, since beginning: Beginning, in batch: inout SpanBatch) {
        guard let patterns else { return }
        // What lies in the arena side by side is looked at in one go, unless a pattern asks for what surrounds it.
        if !patterns.heedsSurroundings {
            let occurs = batch.bytes.withUnsafeBytes {
                patterns.occurs(in: UnsafeRawBufferPointer(rebasing: $0[beginning.bytes...]))
            }
            guard occurs else { return }
        }
        change(&span, since: beginning, in: &batch) { $0.maskPatterns(patterns) }
    }

    /// Gives `body` each text of a span, in ``text``, and puts what it makes of it in its place.
    ///
    /// - Parameter body: Returns whether it has changed anything.
    private mutating func change(
        _ span: inout SpanData, since beginning: Beginning, in batch: inout SpanBatch, _ body: (inout Self) -> Bool
    ) {
        for index in beginning.attributes..<batch.attributes.count {
            guard case .string(let range) = batch.attributes[index].value,
                let changed = changed(range, in: &batch, body)
            else { continue }
            batch.replaceValue(ofAttribute: index, by: .string(changed))
        }
        for index in beginning.texts..<batch.texts.count {
            if let changed = changed(batch.texts[index], in: &batch, body) { batch.replaceText(index, by: changed) }
        }
        if let changed = changed(span.name, in: &batch, body) { span.name = changed }
        if let changed = changed(span.statusMessage, in: &batch, body) { span.statusMessage = changed }
    }

    private mutating func changed(
        _ range: ArenaRange, in batch: inout SpanBatch, _ body: (inout Self) -> Bool
    ) -> ArenaRange? {
        guard range.count > 0 else { return nil }
        text.removeAll(keepingCapacity: true)
        batch.withBytes(of: range) { text.append(contentsOf: $0) }
        guard body(&self) else { return nil }
        return text.withUnsafeBytes { batch.append(bytes: $0) }
    }

    /// Replaces credentials in ``text``.
    private mutating func maskCredentials() -> Bool {
        spare.removeAll(keepingCapacity: true)
        let count = text.withUnsafeBytes { text in
            var copied = 0
            while let found = scanner.next(in: text, from: copied) {
                spare.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[copied..<found.lowerBound]))
                spare.append(contentsOf: RedactionPattern.mark.utf8)
                copied = found.upperBound
            }
            if copied > 0 { spare.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[copied...])) }
            return copied
        }
        guard count > 0 else { return false }
        swap(&text, &spare)
        counters.credentials &+= 1
        return true
    }

    /// Replaces what patterns find in ``text``.
    private mutating func maskPatterns(_ patterns: PatternSet) -> Bool {
        guard text.withUnsafeBytes({ patterns.occurs(in: $0) }) else { return false }
        switch patterns.replace(in: &text, spare: &spare) {
        case .unchanged: return false
        case .replaced: counters.patterns &+= 1
        case .tooOften: counters.tooOften &+= 1
        }
        return true
    }
}
