"""The main job: chains of services, each request's whole tree, with every model of server that common programs have."""
import secrets

from harness import free, patience
from harness.registry import test
from harness.world import check


def chain(world, connections=16, count=200, model="thread", keepalive=0, listen="127.0.0.1:0", host="127.0.0.1",
          contexts=0.5):
    """client -> nginx -> a -> b, `count` requests at once over `connections`, a share of them with a traceparent."""
    b = world.backend("b", model=model, listen="127.0.0.1:0" if listen.startswith("unix:") else listen)
    a = world.backend("a", model=model, listen=listen, call=b)
    address = f"[{host}]" if ":" in host else host
    front = f"{address}:{free.port(host)}"
    world.nginx([front], {"edge": a}, keepalive=keepalive)
    agent, client = world.agent(), world.client(connections)
    names = world.names(count)
    traceparents = {name: traceparent() for name in names[:int(count * contexts)]}
    client.send(f"http://{front}/edge/", names, traceparents=traceparents)
    expected, _ = world.finish(agent)
    check(len(expected) == count * 6, f"the truth itself has {len(expected)} spans, not {count * 6}")


def traceparent(flags="01"):
    """A context like no other."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-{flags}"


@test
def everyRequestYieldsItsWholeTree(world):
    chain(world)


@test
def keptUpstreamConnectionsDoNotMixRequests(world):
    chain(world, keepalive=16)


@test
def aProcessPerConnectionYieldsWholeTrees(world):
    chain(world, model="fork", count=100)


@test
def workersThatShareAListeningSocketYieldWholeTrees(world):
    chain(world, model="prefork", keepalive=16)


@test
def unixSocketsYieldWholeTrees(world):
    chain(world, listen=f"unix:{world.folder}/a.sock", count=100)


@test
def keptUnixConnectionsYieldWholeTrees(world):
    chain(world, listen=f"unix:{world.folder}/a.sock", keepalive=16, count=100)


@test
def unixAnswersWithoutALengthEndWithTheirConnection(world):
    """As a WSGI server sends them to nginx: it closes first, which nobody sees but who reads on."""
    a = world.backend("a", listen=f"unix:{world.folder}/a.sock")
    front = f"127.0.0.1:{free.port()}"
    world.nginx([front], {"edge": a})
    agent, client = world.agent(), world.client(8)
    client.send(f"http://{front}/edge/", world.names(100), query="unframed=1")
    # While the agent runs: when it ends, so does whatever is open.
    end = patience.now() + 20
    while len(agent.spans()) < 400 and patience.now() < end:
        patience.sleep(0.1)
    found = len(agent.spans())
    check(found == 400, f"{found} spans of 400 came while the agent ran")
    world.finish(agent)


@test
def ipv6YieldsWholeTrees(world):
    chain(world, listen="[::1]:0", host="::1", keepalive=16, count=100)


@test
def threeCallsInARowBelongToOneRequest(world):
    b = world.backend("b")
    a = world.backend("a", call=b)
    front = f"127.0.0.1:{free.port()}"
    world.nginx([front], {"edge": a}, keepalive=16)
    agent, client = world.agent(), world.client(8)
    client.send(f"http://{front}/edge/", world.names(64), query="calls=3&delay=2")
    expected, _ = world.finish(agent)
    check(len(expected) == 64 * 10, f"the truth itself has {len(expected)} spans, not 640")


@test
def connectionsOpenBeforeTheStartAreSeen(world):
    b = world.backend("b")
    a = world.backend("a", call=b)
    front = f"127.0.0.1:{free.port()}"
    world.nginx([front], {"edge": a}, keepalive=16)
    client = world.client(8)
    client.send(f"http://{front}/edge/", world.names(40, "before"))
    agent = world.agent()
    client.send(f"http://{front}/edge/", world.names(40, "after"))
    expected, _ = world.finish(agent, token=f"{world.token}after")
    check(len(expected) == 240, f"the truth itself has {len(expected)} spans, not 240")
