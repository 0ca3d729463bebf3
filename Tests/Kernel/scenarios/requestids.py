"""Request ids tie both sides of a proxy together where no thread does: requests wait in line, or change hands."""
from harness import free
from harness.registry import test
from harness.world import check

REQUESTS = 200
CONNECTIONS = 16


def two_services(world):
    """a -> b. Requests are to wait in front of a, which answers late."""
    return world.backend("a", call=world.backend("b"))


def hold(world, url, query, **job):
    """Every request becomes the whole tree of what happened, of six spans, and ids told a good part of it."""
    agent, client = world.agent(), world.client(CONNECTIONS)
    client.send(url, world.names(REQUESTS), query=query, **job)
    expected, spans = world.finish(agent)
    check(len(expected) == REQUESTS * 6, f"the truth itself has {len(expected)} spans, not {REQUESTS * 6}")
    methods = [span.attributes.get("interspan.link.method") for span in spans]
    told = methods.count("x-request-id")
    check(told >= REQUESTS / 4, f"ids told {told} parents: this is no test of them")
    world.notes.append(f"{told} parents by ids, {methods.count('thread')} by threads")


@test
def idsThatHAProxyMakesTieItsSidesTogether(world):
    port = free.port()
    world.haproxy(port, two_services(world))
    hold(world, f"http://127.0.0.1:{port}/edge/", "delay=2")


@test
def idsThatNginxMakesTieItsSidesTogether(world):
    front = f"127.0.0.1:{free.port()}"
    # A request that is held back is sent on when its time has come, behind others.
    world.nginx(
        [front], {"edge": two_services(world)}, keepalive=16,
        settings="limit_req_zone $server_port zone=all:64k rate=100r/s;",
        of_routes="limit_req zone=all burst=1000; proxy_set_header X-Request-ID $request_id;"
                  " add_header X-Request-ID $request_id always;")
    hold(world, f"http://{front}/edge/", "delay=2")


@test
def idsThatEnvoyMakesTieItsSidesTogether(world):
    port = free.port()
    world.envoy(port, two_services(world))
    hold(world, f"http://127.0.0.1:{port}/edge/", "delay=2")


@test
def idsThatAPoolPassesOnTieItsSidesTogether(world):
    b = world.backend("b")
    # Who reads a request and answers it hands it to one of eight threads that make the calls.
    a = world.backend("a", call=b, workers=8)
    hold(world, a.url, "calls=2&delay=2", id_header="X-Correlation-ID")
