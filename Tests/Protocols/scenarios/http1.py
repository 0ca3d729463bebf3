"""HTTP/1.1, which Tests/Kernel tests at length: here it shows that the means of these tests work."""
import sys

from harness.registry import test
from harness.world import check

SERVER = """
import http.server, sys
class Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
REQUESTS = [("GET", "/page"), ("HEAD", "/page"), ("GET", "/none"), ("DELETE", "/page")]


def served(world):
    """A port where a page is."""
    (world.folder / "page").write_text("a page")
    port = world.port()
    world.server("pages", [sys.executable, "-c", SERVER, port], port)
    return port


@test
def requestsAreSeenByBothSides(world):
    port = served(world)
    recording = world.record(port)
    agent = world.agent()
    said = world.client("http1_client.py", port, *[word for request in REQUESTS for word in request])
    statuses = [line["status"] for line in said if "status" in line]
    check(statuses == [200, 200, 404, 501], f"the server answered {statuses}")

    spans = world.finish(agent, port)
    for kind in ("CLIENT", "SERVER"):
        world.same_names(spans, kind, [method for method, _ in REQUESTS])
        seen = [span.attributes["http.response.status_code"] for span in spans if span.kind == kind]
        check(seen == statuses, f"{kind} spans say {seen}, the client {statuses}")
    world.same_story(spans, world.replayed(recording))
    decode = f"tcp.port=={port},http"
    methods = world.tshark_values(recording, "http.request", "http.request.method", decode)
    check(methods == [method for method, _ in REQUESTS], f"tshark reads {methods}")
    rows = world.tshark(recording, "http.response", ["http.response.code"], decode)
    check(rows == [[str(status)] for status in statuses], f"tshark reads {rows}")


@test(every_hook=False)
def aConnectionIsJoinedInTheMiddle(world):
    port = served(world)
    client = world.start_client("http1_client.py", port, "GET", "/page", "GET", "/none")
    client.wait_ready()
    agent = world.agent()
    client.go()
    client.wait()
    world.same_names(world.finish(agent, port), "CLIENT", {"GET": 2})
