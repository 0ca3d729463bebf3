extension MetProcess {
    /// A process that is there, with its user; nil when it is gone.
    public init?(number: UInt32) {
        guard let stamp = ProcessStamp(of: number) else { return nil }
        self.init(number: number, user: stamp.user)
    }

    /// The numbers of all processes that we can see.
    public static func all() -> [UInt32] { ExaminedProcess.all() }
}
