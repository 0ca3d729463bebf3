internal import OTLP

/// What this program is.
public enum Version {
    /// Its version, by semver.org: the one that its spans' scope names.
    public static let number = Conventions.scopeVersion.description
}
