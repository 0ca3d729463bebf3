/// What is done with a text that may have secrets in it.
public enum TextRule: String, Sendable, CaseIterable {
    /// Its values are replaced.
    case mask
    /// It is left out.
    case drop
    /// It stays, but for values whose names say that they are secret.
    case keep
}
