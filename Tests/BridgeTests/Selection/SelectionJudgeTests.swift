import Foundation
import Testing

@testable import Bridge
@testable import Capture

@Suite struct SelectionJudgeTests {
    private static func judge(_ rules: String) throws -> SelectionJudge {
        let configuration = try ConfigurationTestSupport.load("receivers: {ebpf: {\(rules)}}").configuration
        let selection = ProcessSelection(configuration.ebpf, scope: nil, users: .own)
        return try #require(SelectionJudge(selection, containers: NoContainers()))
    }

    private static let own = MetProcess(number: UInt32(getpid()), user: geteuid())

    @Test func aNumberSaysNothingAboutChildren() throws {
        let verdict = try Self.judge("select: [{pid: \(getpid())}]").judge(Self.own)
        #expect(verdict == ProcessVerdict(isWatched: true, holdsForChildren: false))
        let excluded = try Self.judge("exclude: [{pid: \(getpid())}]").judge(Self.own)
        #expect(excluded == ProcessVerdict(isWatched: false, holdsForChildren: false))
        #expect(try Self.judge("select: [{pid: 1}]").judge(Self.own) == ProcessVerdict(isWatched: false))
    }

    @Test func whoListensIsWatchedForGood() throws {
        var process = Self.own
        process.port = 1
        let judge = try Self.judge("select: [{ports: [1]}]")
        #expect(judge.judge(process) == ProcessVerdict(isWatched: true, isLasting: true))
        #expect(judge.judge(Self.own) == ProcessVerdict(isWatched: false))
        #expect(judge.interests == [.listeners])
        #expect(try Self.judge("exclude: [{user: root}]").interests == [.users])
    }
}
