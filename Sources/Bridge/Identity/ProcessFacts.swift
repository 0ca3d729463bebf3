/// What /proc tells of a process that is there.
struct ProcessFacts: Sendable {
    /// Most bytes of an environment that are read; variables beyond are not seen.
    static let mostEnvironment = 256 << 10

    /// The command line; programs may have overwritten it.
    var arguments: [String] = []
    /// The path of the executable, as the process sees it.
    var executable: String?
    /// What it declares about itself.
    var declared = DeclaredAttributes(environment: [])
    /// Where it runs.
    var place = ProcessPlace()
    /// The names of its `/etc/hosts`.
    var hosts = HostsFile.empty

    /// Reads what there is.
    ///
    /// - Parameters:
    ///   - pid: its number in our pid namespace.
    ///   - hostsFiles: reads its `/etc/hosts`.
    init(pid: UInt32, hostsFiles: HostsFiles) {
        let folder = "/proc/\(pid)"
        arguments = ProcFS.list(folder + "/cmdline") ?? []
        executable = ProcFS.link(folder + "/exe")
        let environment = ProcFS.list(folder + "/environ", limit: Self.mostEnvironment) ?? []
        declared = DeclaredAttributes(environment: environment, arguments: arguments)
        let mounts = MountInfo(ProcFS.read(folder + "/mountinfo", limit: MountInfo.mostBytes) ?? [])
        place = ProcessPlace(CgroupPlace(ProcFS.read(folder + "/cgroup") ?? []), mounts)
        if !mounts.hasHostsFromProgram { hosts = hostsFiles.file(of: pid) }
    }

    /// Facts that are given.
    init(arguments: [String] = [], executable: String? = nil, environment: [String] = [], place: ProcessPlace = .init())
    {
        self.arguments = arguments
        self.executable = executable
        self.place = place
        declared = DeclaredAttributes(environment: environment, arguments: arguments)
    }
}
