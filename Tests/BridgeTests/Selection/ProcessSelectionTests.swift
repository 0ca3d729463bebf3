import Testing

@testable import Bridge

@Suite struct ProcessSelectionTests {
    typealias Support = ConfigurationTestSupport

    static let id = String(repeating: "0123456789abcdef", count: 4)

    private static func selection(_ text: String, scope: UInt32? = nil) throws -> ProcessSelection {
        let configuration = try Support.load("receivers: {ebpf: {\(text)}}").configuration
        return ProcessSelection(
            configuration.ebpf, scope: scope, users: UserNames(Array("root:x:0:0::/:\nwww:x:33:33::/:\n".utf8)))
    }

    private static var shop: SelectionFacts {
        var facts = SelectionFacts(number: 77, user: 33)
        facts.executable = "/usr/bin/python3.11"
        facts.command = "python3 -m shop --port 8080"
        facts.ports = [8080]
        facts.units = ["user@33.service", "shop.service"]
        facts.containerID = id
        facts.networkNamespace = 5
        facts.container = .known(
            ContainerFacts(
                name: "shop-1", image: "registry/shop:2", namespace: "prod", pod: "shop-6d4", labels: ["app": "shop"]))
        return facts
    }

    @Test(arguments: [
        "ports: [80, 8080]", "ports: [8000-8100]", "exe: '*/python3*'", "command: '* -m shop *'", "container: 'shop-*'",
        "container: '01234567*'", "container: 0123456789ab", "image: '*/shop:*'", "namespace: prod", "pod: 'shop-*'",
        "labels: {app: shop}", "unit: shop.service", "unit: shop", "unit: 'user@*'", "pid: 77", "user: www", "user: 33",
        "all: true", "pid: 77, user: www, exe: '*', labels: {app: 's*'}, ports: [8080]",
    ])
    func aProcessIsSelectedByEachCriterion(_ rule: String) throws {
        let selection = try Self.selection("select: [{pid: 1}, {\(rule)}]")
        #expect(selection.decide(Self.shop) == .selected(rule: 1))
        let other = try Self.selection("exclude: [{\(rule)}]")
        #expect(other.decide(Self.shop) == .excluded(rule: 0))
    }

    @Test(arguments: [
        "ports: [80]", "ports: [8081-9000]", "exe: python3", "command: shop", "container: shop", "container: '0123'",
        "image: shop", "namespace: default", "pod: shop", "labels: {app: cart}", "labels: {tier: '*'}",
        "labels: {app: shop, tier: web}", "unit: cart", "unit: user", "pid: 78", "user: root", "user: nobody",
        "user: 0",
        "pid: 77, user: root", "ports: [8080], exe: '*/perl'",
    ])
    func allOfARuleMustHold(_ rule: String) throws {
        #expect(try Self.selection("select: [{\(rule)}]").decide(Self.shop) == .unselected)
        #expect(try Self.selection("exclude: [{\(rule)}]").decide(Self.shop) == .selected(rule: nil))
    }

    @Test func excludeWins() throws {
        let selection = try Self.selection("select: [{all: true}, {pid: 77}], exclude: [{pid: 1}, {user: www}]")
        #expect(selection.decide(Self.shop) == .excluded(rule: 1))
        #expect(selection.isOn)
    }

    @Test func withoutRulesNobodyIsJudged() throws {
        #expect(try !Self.selection("").isOn)
        #expect(try !Self.selection("select: [{pid: 1}, {all: true}]").isOn)
        #expect(try Self.selection("").decide(Self.shop) == .selected(rule: nil))
        #expect(SelectionJudge(try Self.selection(""), containers: NoContainers()) == nil)
    }

    @Test func theScopeHoldsUnlessARuleIsForAll() throws {
        let selection = try Self.selection("select: [{pid: 77}]", scope: 6)
        #expect(selection.decide(Self.shop) == .outOfScope)
        #expect(try Self.selection("", scope: 6).scope == 6)
        let all = try Self.selection("select: [{all: true}]", scope: 6)
        #expect(all.scope == nil && all.decide(Self.shop) == .selected(rule: 0))
    }

    @Test func whatIsNotKnownYetSelectsNothingAndExcludesNothing() throws {
        var facts = Self.shop
        facts.container = .pending
        #expect(try Self.selection("select: [{image: '*'}]").decide(facts) == .undecided)
        #expect(try Self.selection("exclude: [{image: '*'}]").decide(facts) == .undecided)
        #expect(try Self.selection("select: [{image: '*'}, {pid: 77}]").decide(facts) == .selected(rule: 1))
        #expect(try Self.selection("select: [{image: '*', pid: 1}]").decide(facts) == .unselected)
        #expect(try Self.selection("select: [{container: '0123*'}]").decide(facts) == .selected(rule: 0))
        facts.container = .unknown
        #expect(try Self.selection("select: [{image: '*'}]").decide(facts) == .unselected)
        facts.containerID = nil
        facts.container = .pending
        #expect(try Self.selection("exclude: [{image: '*'}]").decide(facts) == .selected(rule: nil))
    }

    @Test func namesThatNobodyHasAreTold() throws {
        let selection = try Self.selection("select: [{user: www}, {user: 12}], exclude: [{user: b}, {user: a}]")
        #expect(selection.unknownUsers == ["a", "b"])
    }

    /// A million bytes of a label's value, held against a pattern of many stars.
    @Test func aHugeLabelIsHeldAgainstAPatternInBoundedTime() throws {
        var facts = Self.shop
        let huge = String(repeating: "a", count: 1 << 20)
        facts.container = .known(ContainerFacts(labels: ["app": huge]))
        let selection = try Self.selection("select: [{labels: {app: '*a*a*a*b'}}]")
        #expect(selection.decide(facts) == .unselected)
    }
}
