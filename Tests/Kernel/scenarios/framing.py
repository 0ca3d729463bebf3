"""HTTP/1 as it may be framed, on the wire."""
from harness.raw import Wire, get
from harness.registry import test
from harness.world import check


class Talk:
    """A connection to a service, with the truth about what is said on it. Its requests are numbered from `first`."""

    def __init__(self, world, service, first=0):
        self.world, self.service, self.count = world, service, first
        self.wire = Wire(service.address)

    def path(self, status=200, query=""):
        """A path for a request that is about to be sent, and answered with a status."""
        self.count += 1
        path = f"/{self.service.name}/{self.world.token}-{self.count}"
        self.world.remember({"path": None, "calls": [{"path": path, "status": status}]})
        return path + query

    def plain(self):
        """An ordinary request, which must be right whatever came before it."""
        self.wire.say(get(self.path()))
        self.wire.hear()


def finish(world, talk, agent):
    """Closes and compares."""
    talk.wire.close()
    expected, _ = world.finish(agent)
    check(len(expected) == 2 * talk.count, f"the truth itself has {len(expected)} spans, not {2 * talk.count}")


@test
def pipelinedRequestsAreOneExchangeEach(world):
    service, agent = world.backend("a"), world.agent()
    talk = Talk(world, service)
    talk.wire.say("".join(get(talk.path()) for _ in range(5)))
    talk.wire.hear(responses=5)
    talk.plain()
    finish(world, talk, agent)


@test
def responsesWithoutABodyEndWithTheirHead(world):
    service, agent = world.backend("a"), world.agent()
    talk = Talk(world, service)
    talk.wire.say(get(talk.path(query="?size=5000"), method="HEAD"))
    talk.wire.hear(bodyless=True)
    talk.plain()
    for status in (204, 304):
        talk.wire.say(get(talk.path(status, f"?status={status}")))
        talk.wire.hear(bodyless=True)
        talk.plain()
    finish(world, talk, agent)


@test
def aHundredContinueIsNoResponse(world):
    service, agent = world.backend("a"), world.agent()
    talk = Talk(world, service)
    talk.wire.say(get(talk.path(), "Expect: 100-continue", "Content-Length: 3000", method="POST"))
    talk.wire.hear_until(b"100 Continue\r\n\r\n")
    talk.wire.say("p" * 3000)
    talk.wire.hear()
    talk.plain()
    finish(world, talk, agent)


@test
def whatFollowsAnUpgradeIsLeftAlone(world):
    service, agent = world.backend("a"), world.agent()
    talk = Talk(world, service)
    talk.wire.say(get(talk.path(101, "?upgrade=1"), "Connection: Upgrade", "Upgrade: echo"))
    talk.wire.hear_until(b"\r\n\r\n")
    # Looks like a request; has no truth, so a span of it would be one too many.
    fake = get(f"/a/{world.token}-fake")
    talk.wire.say(fake)
    talk.wire.hear_until(fake.encode())
    finish(world, talk, agent)


@test
def requestsMaySplitAtEveryByte(world):
    service, agent = world.backend("a"), world.agent()
    talk = Talk(world, service)
    for byte in get(talk.path(), "Content-Length: 5", method="POST") + "abcde":
        talk.wire.say(byte)
    talk.wire.hear()
    talk.plain()
    finish(world, talk, agent)


@test
def aResponseMayEndWithItsConnection(world):
    service, agent = world.backend("a"), world.agent()
    talk = Talk(world, service)
    talk.wire.say(get(talk.path(query="?unframed=1&size=70000"), version="1.0"))
    check(len(talk.wire.hear_all()) > 70000, "the response did not come whole")
    finish(world, talk, agent)
