import Testing

@testable import OTLP

@Suite struct TLSReloaderTests {
    /// What a reader finds, one after the other, the last one for ever.
    private final class Disk {
        var contents: [Result<PEM, ExporterError>]
        var looks = 0

        init(_ contents: [Result<PEM, ExporterError>]) { self.contents = contents }

        func read() throws -> PEM {
            looks += 1
            return try (contents.count > 1 ? contents.removeFirst() : contents[0]).get()
        }
    }

    private func pem(_ byte: UInt8) -> PEM { PEM(authorities: [byte]) }

    private func reloader(_ disk: Disk, file: String? = "ca.pem", interval: UInt64 = 100) -> TLSReloader {
        var settings = TLSSettings()
        settings.caFile = file
        settings.reloadIntervalNanoseconds = interval
        return TLSReloader(settings, pem(1), now: 1000, read: disk.read)
    }

    @Test func filesAreLookedAtOncePerInterval() {
        let disk = Disk([.success(pem(1))])
        var reloader = reloader(disk)
        for now in UInt64(1000)..<1300 { #expect(reloader.refresh(now: now) == nil) }
        #expect(disk.looks == 2)
    }

    @Test func whatHasNotChangedStaysTheSame() {
        let disk = Disk([.success(pem(1)), .success(pem(2)), .success(pem(2))])
        var reloader = reloader(disk)
        let first = reloader.current
        _ = reloader.refresh(now: 1100)
        #expect(reloader.current === first)
        _ = reloader.refresh(now: 1200)
        let second = reloader.current
        #expect(second !== first && second.pem == pem(2))
        _ = reloader.refresh(now: 1300)
        #expect(reloader.current === second)
    }

    @Test func whatIsBrokenChangesNothingAndIsSaidOnce() {
        let half = Result<PEM, ExporterError>.failure(ExporterError("half"))
        let disk = Disk([half, half, .failure(ExporterError("gone")), .success(pem(2)), half])
        var reloader = reloader(disk)
        let said = (1...5).map { reloader.refresh(now: 1000 + $0 * 100) }
        #expect(said.map { $0?.contains("half") } == [true, nil, false, nil, true])
        #expect(reloader.current.pem == pem(2))
    }

    @Test func withoutFilesNothingIsRead() {
        let disk = Disk([.success(pem(2))])
        var reloader = reloader(disk, file: nil, interval: 0)
        #expect(reloader.refresh(now: 5000) == nil)
        #expect(disk.looks == 0 && reloader.current.pem == pem(1))
    }
}
