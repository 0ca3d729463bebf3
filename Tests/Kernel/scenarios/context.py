"""traceparent, as curl sends it."""
import os
import subprocess

from harness import free
from harness.registry import test
from harness.world import check

from .chain import traceparent

# How long a request may take; longer where a machine is emulated.
CALL_S = float(os.environ.get("CALL_TIMEOUT_S", 10))


def curl(world, url, path, context=None, headers=()):
    """A request by curl, a process of its own, written down as truth. `context` is a traceparent that must count;
    `headers` are others."""
    command = ["curl", "--silent", "--show-error", "--max-time", str(CALL_S), "--output", "/dev/null",
               "--write-out", "%{http_code}", url + path]
    for header in [*headers, *([f"traceparent: {context}"] if context else [])]:
        command += ["--header", header]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    status = int(process.communicate(timeout=1.5 * CALL_S)[0])
    world.remember({"path": None, "pid": process.pid, "calls": [
        {"path": path, "status": status, "traceparent": context}]})


def front(world):
    """nginx -> a -> b, and where nginx listens."""
    b = world.backend("b")
    a = world.backend("a", call=b)
    address = f"127.0.0.1:{free.port()}"
    world.nginx([address], {"edge": a})
    return f"http://{address}"


@test
def curlWithAndWithoutTraceparent(world):
    url, agent = front(world), world.agent()
    for name in world.names(4, "with"):
        curl(world, url, f"/edge/{name}", traceparent())
    for name in world.names(4, "without"):
        curl(world, url, f"/edge/{name}")
    expected, _ = world.finish(agent)
    check(len(expected) == 48, f"the truth itself has {len(expected)} spans, not 48")


@test(every_hook=False)
def unsampledTracesAreNotExported(world):
    url, agent = front(world), world.agent()
    for name in world.names(4, "off"):
        curl(world, url, f"/edge/{name}", traceparent("00"))
    curl(world, url, f"/edge/{world.names(1, 'on')[0]}", traceparent("01"))
    expected, _ = world.finish(agent)
    check(len(expected) == 6, f"the truth itself has {len(expected)} spans, not 6")


@test(every_hook=False)
def invalidContextsAreIgnored(world):
    url, agent = front(world), world.agent()
    valid = traceparent()
    invalid = [[valid.upper()], [valid + "-00"], ["00-" + "0" * 32 + "-" + "1" * 16 + "-01"], ["ff" + valid[2:]],
               [valid[:-1]], [valid, valid]]
    for name, values in zip(world.names(len(invalid)), invalid):
        curl(world, url, f"/edge/{name}", headers=[f"traceparent: {value}" for value in values])
    expected, _ = world.finish(agent)
    check(len(expected) == 36, f"the truth itself has {len(expected)} spans, not 36")


@test
def aContextBehindALongHeaderIsFound(world):
    url, agent = front(world), world.agent()
    for name in world.names(4):
        curl(world, url, f"/edge/{name}", traceparent(), headers=["X-Padding: " + "p" * 2500])
    expected, _ = world.finish(agent)
    check(len(expected) == 24, f"the truth itself has {len(expected)} spans, not 24")
