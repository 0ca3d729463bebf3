internal import Capture

/// What of a configuration can take effect in an agent that runs, over what is in effect; and what of it has to wait.
struct ReloadPlan {
    /// A key whose value waits for the next start.
    struct Left: Equatable {
        /// The key's path.
        var key: String
        /// Why it has to.
        var reason: String
    }

    /// What is to be in effect.
    private(set) var next: Configuration
    /// What waits.
    private(set) var left: [Left] = []

    /// - Parameters:
    ///   - wanted: what was read.
    ///   - current: what is in effect.
    init(_ wanted: Configuration, over current: Configuration) {
        next = wanted
        take(\.ebpf, over: current, at: "receivers.ebpf", because: "the kernel's programs are loaded with it") {
            $0.select = $1.select
            $0.exclude = $1.exclude
        }
        keepScope(of: current)
        take(\.correlate, over: current, at: "processors.correlate", because: "its room is laid out by it") {
            let maximum = $0.maximumMemory
            $0 = $1
            $0.maximumMemory = maximum
        }
        take(\.merge, over: current, at: "processors.merge", because: "it says which way spans of SDKs take") {
            let (isEnabled, spans) = ($0.isEnabled, $0.sdkSpans)
            $0 = $1
            ($0.isEnabled, $0.sdkSpans) = (isEnabled, spans)
        }
        if wanted.stateDirectory != current.stateDirectory {
            next.stateDirectory = current.stateDirectory
            left.append(Left(key: "service.state_directory", reason: "what is kept there has been read"))
        }
        if wanted.usesCapture, !current.usesCapture {
            left.append(
                Left(key: "service.pipelines", reason: "capturing (ebpf) takes privileges that have been given up"))
        }
    }

    /// Lets of a section take effect what can.
    ///
    /// - Parameter change: is given the section in effect and the one that is wanted, and changes the first.
    private mutating func take<Section: ConfigurationSection>(
        _ place: WritableKeyPath<Configuration, Section>, over current: Configuration, at path: String,
        because reason: String, _ change: (inout Section, Section) -> Void
    ) {
        let wanted = next[keyPath: place]
        var section = current[keyPath: place]
        change(&section, wanted)
        next[keyPath: place] = section
        for key in section.keysThatDiffer(from: wanted) { left.append(Left(key: "\(path).\(key)", reason: reason)) }
    }

    /// Whether all network namespaces are watched or one is set when programs are loaded.
    private mutating func keepScope(of current: Configuration) {
        guard next.processSelection.scope != current.processSelection.scope else { return }
        next.ebpf.select = current.ebpf.select
        left.append(Left(key: "receivers.ebpf.select", reason: "`all` says what the kernel's programs are loaded with"))
    }
}

extension ConfigurationSection {
    /// Its keys whose values are others than those of another section.
    fileprivate func keysThatDiffer(from other: Self) -> [String] {
        Self.keys.filter { key in
            key.write(self, false).map(YAMLWriter.flow) != key.write(other, false).map(YAMLWriter.flow)
        }.map(\.name)
    }
}
