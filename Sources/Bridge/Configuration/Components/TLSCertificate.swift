/// Where a certificate and its key are written: each in a file or as a text, both or neither.
struct TLSCertificate {
    /// Whether there is a certificate.
    let isThere: Bool
    private let isWhole: Bool
    private let isTwice: Bool

    init(_ file: String?, _ text: String?, _ keyFile: String?, _ keyText: String?) {
        isThere = file != nil || text != nil
        isWhole = isThere == (keyFile != nil || keyText != nil)
        isTwice = file != nil && text != nil || keyFile != nil && keyText != nil
    }

    func check(at path: String, _ origin: ConfigurationNode.Origin, _ problems: inout ConfigurationProblems) {
        if !isWhole {
            problems.add(path, origin, "expected cert_file (or cert_pem) and key_file (or key_pem) together")
        }
        if isTwice {
            problems.add(path, origin, "expected the certificate and its key as files or as texts, not both")
        }
    }
}
