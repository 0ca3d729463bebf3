"""What peers do wrong: it costs one exchange, never the agent, and the next request is right."""
import pathlib
import re
import secrets

from harness.otlp import ERROR
from harness.raw import Wire, get
from harness.registry import test
from harness.tree import name_of
from harness.world import check

from .framing import Talk

# What is broken may be called so.
LOSSES = ("ring_full", "no_socket_state", "straggler", "table_full")
MEMORY_MIB = 150


def finish_with_errors(world, agent, failed):
    """Compares, and sees that just the spans of the failed paths are errors."""
    expected, spans = world.finish(agent, losses=LOSSES)
    for span in spans:
        if span.key in expected and (span.status == ERROR) != (span.path in failed):
            check(False, f"{name_of(span.key)}: span status {span.status}")


@test
def aServerThatBreaksOffMidResponseIsAnError(world):
    service, agent = world.backend("a"), world.agent()
    talk = Talk(world, service)
    path = talk.path()
    talk.wire.say(get(path + "?break=1&size=4000"))
    talk.wire.hear_all()
    Talk(world, world.backend("after")).plain()
    finish_with_errors(world, agent, {path})


@test
def aServerThatDiesMidResponseIsAnError(world):
    service, agent = world.backend("a"), world.agent()
    talk = Talk(world, service)
    path = talk.path()
    talk.wire.say(get(path + "?die=1&size=4000"))
    talk.wire.hear_all()
    Talk(world, world.backend("after")).plain()
    finish_with_errors(world, agent, {path})


@test
def aServerThatNeverAnswersIsAnError(world):
    service, agent = world.backend("a"), world.agent()
    talk = Talk(world, service)
    path = talk.path(None)
    talk.wire.say(get(path + "?silent=1"))
    talk.wire.hear_all()
    Talk(world, service, first=1).plain()
    finish_with_errors(world, agent, {path})


@test
def aClientThatGoesAwayMidRequestIsAnError(world):
    service, agent = world.backend("a"), world.agent()
    talk = Talk(world, service)
    path = talk.path(None)
    talk.wire.say(get(path, "Content-Length: 1000", method="POST") + "only this")
    talk.wire.close()
    Talk(world, service, first=1).plain()
    finish_with_errors(world, agent, {path})


@test
def whatBreaksTheRulesCostsNoOtherRequest(world):
    service, agent = world.backend("a"), world.agent()
    bad = [
        secrets.token_bytes(65536),
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"h" * (1 << 20) + b"\r\n\r\n",
        b"GET /" + b"l" * (1 << 20) + b" HTTP/1.1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\nx",
        b"POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 50\r\n\r\nxxxxx",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF1\r\nx",
        b"GET / HTTP/1.1\r\nHost\x00: \xff\xfe\r\n: \r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" * 50,
        b"\r\n" * 5000,
        b"GET / HTTP/9.9\r\n\r\n",
    ]
    for number, data in enumerate(bad):
        wire = Wire(service.address)
        try:
            wire.say(data)
            wire.socket.settimeout(0.3)
            wire.hear_all()
        except OSError:
            pass
        wire.close()
        # On a connection of its own, right after.
        talk = Talk(world, service, first=number)
        talk.plain()
        talk.wire.close()
    resident = resident_mib(agent.pid)
    check(resident < MEMORY_MIB, f"the agent has grown to {resident} MiB")
    expected, _ = world.finish(agent, losses=LOSSES)
    check(len(expected) == 2 * len(bad), f"the truth itself has {len(expected)} spans, not {2 * len(bad)}")


def resident_mib(pid):
    """Resident memory of a process."""
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1]) >> 10
