/// Extensions of files that sites have many of: their names say nothing of what a service does.
enum FileExtension {
    private static let assets: [[UInt8]] = [
        "js", "mjs", "css", "map", "png", "jpg", "jpeg", "gif", "svg", "ico", "webp", "avif", "bmp", "tiff", "woff",
        "woff2", "ttf", "otf", "eot", "mp3", "mp4", "m4a", "m4s", "mov", "avi", "webm", "ogg", "wav", "ts", "m3u8",
        "pdf",
        "zip", "gz", "tgz", "bz2", "xz", "zst", "tar", "jar", "war", "whl", "wasm", "apk", "deb", "rpm", "iso", "exe",
        "dmg", "msi", "bin",
    ].map { Array($0.utf8) }

    /// Whether an extension, without its dot, is one of them.
    static func isAsset(_ bytes: UnsafeRawBufferPointer) -> Bool { assets.contains { bytes.elementsEqual($0) } }
}
