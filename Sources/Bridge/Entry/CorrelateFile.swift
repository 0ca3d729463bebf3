import Glibc
internal import Correlate
internal import OTLP

/// Finds the parents of spans in a file of OTLP/JSON lines, without the ids of traces and parents that are in it.
///
/// The file is read twice: first for when and whose its spans are, then to write them with the parents that were found.
public struct CorrelateFile {
    /// What came of it.
    public struct Result: Sendable {
        /// Spans that were written.
        public var spans = 0
        /// Those of them that have a parent.
        public var linked = 0
        /// Traces, one for each span without a parent.
        public var traces = 0
    }

    private let path: String
    private let output: String
    private let isAcross: Bool
    private let warn: (String) -> Void
    private let progress: ((String) -> Void)?

    /// What is to be done.
    ///
    /// - Parameters:
    ///   - path: the file; `-` is standard input.
    ///   - output: where the spans go; `-` is standard output. A file that is there is replaced.
    ///   - across: whether server spans get the client span of the same call as parent.
    ///   - warn: takes what is worth saying, a line each.
    ///   - progress: takes how far it is, a line each; nil where nobody looks.
    public init(
        path: String, output: String, across: Bool, warn: @escaping (String) -> Void,
        progress: ((String) -> Void)? = nil
    ) {
        self.path = path
        self.output = output
        isAcross = across
        self.warn = warn
        self.progress = progress
    }

    /// Does it.
    /// - Throws: ``CorrelateError`` when the input cannot be read, a line of it is no request, or the output cannot be
    ///   written; ``ArgumentsError`` when both are one file.
    public func run() throws -> Result {
        let name = path == "-" ? "standard input" : path
        var input: Int32 = STDIN_FILENO
        if path != "-" {
            input = open(path, O_RDONLY | O_CLOEXEC)
            guard input >= 0 else { throw CorrelateError("\(path): \(CorrelateError.reason())") }
        }
        defer { if path != "-" { close(input) } }
        let target = try openOutput(unlike: input)
        defer { if output != "-" { close(target) } }
        // What cannot be read again is copied.
        let copy: ScratchFile? = lseek(input, 0, SEEK_CUR) < 0 ? try ScratchFile() : nil
        let start = copy == nil ? lseek(input, 0, SEEK_CUR) : 0
        var spans = try FileSpans()
        var line = TraceLine()
        var source = LineSource(descriptor: input, closes: false, copy: copy?.descriptor ?? -1)
        do throws(CorrelateError) {
            while try source.advance() {
                try read(&source, into: &line)
                try spans.add(line)
                report("read", spans.spans.count)
            }
            try spans.index()
        } catch {
            throw CorrelateError("\(name): \(error)")
        }
        let length = source.bytesRead
        let again = copy?.descriptor ?? input
        guard lseek(again, start, SEEK_SET) >= 0 else { throw CorrelateError("\(name): \(CorrelateError.reason())") }
        var observations = FileObservations(spans)
        observations.run(&spans) { report("correlated", $0) }
        if isAcross {
            var matching = AcrossMatching(spans, minConfidence: CorrelateOptions().minConfidence)
            matching.run(spans) { report("joined", $0) }
        }
        var traces = FileTraces()
        traces.resolve(spans)
        if output != "-" { ftruncate(target, 0) }
        var second = LineSource(descriptor: again, closes: false, limit: length)
        return try write(&second, spans, traces, to: target, name)
    }

    /// Reads the text at which a source stands, which may go on in the lines below.
    private func read(_ source: inout LineSource, into line: inout TraceLine) throws(CorrelateError) {
        var problem: MalformedLine?
        source.withText { text in
            do throws(MalformedLine) { try line.read(text) } catch { problem = error }
        }
        guard let first = problem else { return }
        let number = source.line
        problem = nil
        if try source.extend() {
            source.withText { text in
                do throws(MalformedLine) { try line.read(text) } catch { problem = error }
            }
            if problem == nil { return }
        }
        throw CorrelateError("line \(number): \(problem ?? first)")
    }

    private func openOutput(unlike input: Int32) throws -> Int32 {
        guard output != "-" else { return STDOUT_FILENO }
        let target = open(output, O_WRONLY | O_CREAT | O_CLOEXEC, 0o640)
        guard target >= 0 else { throw CorrelateError("--output \(output): \(CorrelateError.reason())") }
        var (here, there) = (stat(), stat())
        if fstat(input, &here) == 0, fstat(target, &there) == 0, here.st_dev == there.st_dev,
            here.st_ino == there.st_ino, here.st_mode & S_IFMT == S_IFREG
        {
            close(target)
            throw ArgumentsError("--output \(output): it is the input; write to another file")
        }
        return target
    }

    private func write(
        _ source: inout LineSource, _ spans: borrowing FileSpans, _ traces: FileTraces, to target: Int32, _ name: String
    ) throws -> Result {
        var line = TraceLine()
        var out: [UInt8] = []
        var result = Result()
        var ambiguousLine = 0
        while try source.advance() {
            let number = source.line
            do throws(CorrelateError) { try read(&source, into: &line) } catch {
                throw CorrelateError("\(name) has changed while it was read: \(error)")
            }
            let first = result.spans
            guard line.spans.count <= spans.spans.count - first else {
                throw CorrelateError("\(name) has changed while it was read")
            }
            let start = out.count
            source.withText { text in
                line.append(text, to: &out) { index in
                    let placement = traces.placement(of: first + index, spans)
                    if placement.parentSpanID != 0 { result.linked += 1 }
                    return placement
                }
            }
            // Of a text over several lines one is made: a line's end can only stand where white space can.
            for index in start..<out.count where out[index] == 0x0A || out[index] == 0x0D { out[index] = 0x20 }
            out.append(0x0A)
            result.spans += line.spans.count
            if let place = spans.firstAmbiguous, ambiguousLine == 0, Int(place) < result.spans {
                ambiguousLine = number
            }
            if out.count >= 1 << 20 { try flush(&out, target) }
            report("written", result.spans)
        }
        try flush(&out, target)
        result.traces = result.spans - result.linked
        tell(spans, traces, ambiguousLine, name)
        return result
    }

    private func flush(_ out: inout [UInt8], _ target: Int32) throws {
        do {
            try out.withUnsafeBytes { try Descriptor.write($0, to: target) }
        } catch { throw CorrelateError("\(output == "-" ? "standard output" : output): \(error)") }
        out.removeAll(keepingCapacity: true)
    }

    /// What should not be in a file, but is borne.
    private func tell(_ spans: borrowing FileSpans, _ traces: FileTraces, _ ambiguousLine: Int, _ name: String) {
        if spans.nameless > 0 {
            warn("\(name): \(spans.nameless) spans have no id: nothing can name them as its parent")
        }
        if spans.timeless > 0 { warn("\(name): \(spans.timeless) spans have no start: no parent was looked for") }
        if spans.repeated > 0 { warn("\(name): \(spans.repeated) spans are there twice: they stay so, as one") }
        if spans.ambiguous > 0 {
            warn(
                "\(name): \(spans.ambiguous) spans have the id of another, the first of them on line \(ambiguousLine)")
        }
        if traces.cycles > 0 { warn("\(name): \(traces.cycles) circles of parents were broken") }
    }

    private func report(_ what: String, _ count: Int) {
        guard let progress, count > 0, count % 65_536 < 64 else { return }
        progress("\(count) spans \(what)")
    }
}
