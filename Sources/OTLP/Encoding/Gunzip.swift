import CZlib

/// Why something could not be inflated.
enum GunzipError: Error {
    /// It has more than the limit.
    case tooLarge
    /// It is not gzip, or not all of it.
    case malformed
}

/// Inflates gzip (RFC 1952), of one member or several.
enum Gunzip {
    /// Most that deflate can shrink, as a factor (https://zlib.net/zlib_tech.html).
    private static let mostShrunk = 1032

    /// What was compressed.
    ///
    /// - Parameter limit: most bytes that come out. No more than that is ever allocated, whatever the input claims.
    static func inflate(_ bytes: UnsafeRawBufferPointer, limit: Int) throws(GunzipError) -> [UInt8] {
        // The last four bytes say how much the last member had: exact for nearly everyone, and never trusted.
        var claim = 0
        if bytes.count >= 4 {
            claim = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: bytes.count - 4, as: UInt32.self)))
        }
        if claim <= limit, claim / mostShrunk <= bytes.count, let result = try fill(claim, from: bytes) {
            return result
        }
        // Several members, or a lie: it is counted first.
        guard let result = try fill(try count(bytes, limit: limit), from: bytes) else { throw .malformed }
        return result
    }

    /// An array of that many bytes, if that is what comes out; nil if it is another number.
    private static func fill(_ size: Int, from bytes: UnsafeRawBufferPointer) throws(GunzipError) -> [UInt8]? {
        var failure: GunzipError?
        let result = [UInt8](unsafeUninitializedCapacity: size) { target, filled in
            do throws(GunzipError) {
                filled = try run(bytes, limit: size) { written in
                    UnsafeMutableBufferPointer(rebasing: target[written..<size])
                }
            } catch { failure = error }
        }
        switch failure {
        case .malformed: throw .malformed
        case .tooLarge: return nil
        case nil: return result.count == size ? result : nil
        }
    }

    /// How many bytes come out.
    private static func count(_ bytes: UnsafeRawBufferPointer, limit: Int) throws(GunzipError) -> Int {
        let outcome = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32 * 1024) { scratch in
            Result { () throws(GunzipError) in try run(bytes, limit: limit) { _ in scratch } }
        }
        return try outcome.get()
    }

    /// Inflates everything into the room that is given for what follows so many bytes, and counts it.
    private static func run(
        _ bytes: UnsafeRawBufferPointer, limit: Int, room: (Int) -> UnsafeMutableBufferPointer<UInt8>
    ) throws(GunzipError) -> Int {
        // zlib keeps a pointer back to the stream, so it must not move.
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        defer { stream.deallocate() }
        stream.initialize(to: z_stream())
        guard interspan_gunzip_init(stream) == Z_OK else { throw .malformed }
        defer { inflateEnd(stream) }
        let input = bytes.bindMemory(to: UInt8.self)
        var consumed = 0
        var written = 0
        // What comes out beyond the limit goes here.
        var beyond: UInt8 = 0
        while true {
            let ahead = min(input.count - consumed, Int(Int32.max))
            guard ahead > 0, let start = input.baseAddress else { throw .malformed }
            // zlib only reads its input; its type says otherwise for old compilers.
            stream.pointee.next_in = UnsafeMutablePointer(mutating: start + consumed)
            stream.pointee.avail_in = UInt32(ahead)
            var target = room(written)
            if target.count > limit - written {
                target = UnsafeMutableBufferPointer(rebasing: target[..<(limit - written)])
            }
            let size = min(target.count, Int(Int32.max))
            let status: Int32
            if size > 0 {
                stream.pointee.next_out = target.baseAddress
                stream.pointee.avail_out = UInt32(size)
                status = CZlib.inflate(stream, Z_NO_FLUSH)
                written += size - Int(stream.pointee.avail_out)
            } else {
                status = withUnsafeMutablePointer(to: &beyond) { one in
                    stream.pointee.next_out = one
                    stream.pointee.avail_out = 1
                    return CZlib.inflate(stream, Z_NO_FLUSH)
                }
                if stream.pointee.avail_out == 0 { throw .tooLarge }
            }
            let taken = ahead - Int(stream.pointee.avail_in)
            consumed += taken
            switch status {
            case Z_OK: continue
            case Z_STREAM_END:
                if consumed == input.count { return written }
                guard inflateReset(stream) == Z_OK else { throw .malformed }
            default: throw .malformed
            }
        }
    }
}
