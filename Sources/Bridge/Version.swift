/// What this program is.
public enum Version {
    /// Its version, by semver.org.
    public static let number = "0.1.0"
}
