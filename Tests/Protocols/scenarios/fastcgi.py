"""FastCGI: PHP behind nginx, over TCP and AF_UNIX."""
import json
import shutil

from harness import patience
from harness.process import Skip
from harness.registry import test
from harness.world import check, require
from live import web

SCRIPT = """<?php
$length = strlen(file_get_contents("php://input"));
if (isset($_GET["sleep"])) { sleep((int)$_GET["sleep"]); }
if (isset($_GET["to"])) { header("Location: " . $_GET["to"]); exit; }
http_response_code((int)($_GET["status"] ?? 200));
echo str_repeat("y", (int)($_GET["length"] ?? 5));
"""
POOL = """
[global]
daemonize = no
error_log = {folder}/fpm.log
[www]
user = www-data
group = www-data
listen = {listen}
listen.owner = root
listen.mode = 0666
pm = static
pm.max_children = 2
"""
TRACE = "0af7651916cd43dd8448eb211c80319c"
# method, path, headers, length of the body; the status and the length of what comes.
REQUESTS = [
    (["GET", "/a.php?status=200", {}, 0], 200, 5), (["GET", "/b.php?status=404", {}, 0], 404, 5),
    (["POST", "/c.php?status=500", {}, 11], 500, 5), (["PUT", "/d.php?to=/a.php", {}, 0], 302, 0),
    (["GET", "/e.php", {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01", "X-Request-Id": "r"}, 0], 200, 5),
    (["POST", "/f.php?status=201", {}, 300_000], 201, 5), (["GET", "/g.php?length=400000", {}, 0], 200, 400_000),
]


def fpm(world, listen):
    """Starts PHP; nginx in front of it."""
    program = next((path for version in ("", "8.4", "8.2", "7.4") if (
        path := shutil.which(f"php-fpm{version}", path="/usr/sbin:/usr/bin"))), None)
    if not program:
        raise Skip("php-fpm is not installed")
    (world.folder / "fpm.conf").write_text(POOL.format(folder=world.folder, listen=listen))
    (world.folder / "app.php").write_text(SCRIPT)
    world.folder.chmod(0o755)
    where = int(listen.rpartition(":")[2]) if ":" in listen else listen
    return world.server("fpm", [program, "-y", world.folder / "fpm.conf", "-R", "-F"], where)


def front(world, address):
    """nginx, which keeps its connections to PHP. Debian's parameters would hide the port that was asked for."""
    return web.front(
        world, f"""location / {{
            fastcgi_param QUERY_STRING $query_string;
            fastcgi_param REQUEST_METHOD $request_method;
            fastcgi_param CONTENT_TYPE $content_type;
            fastcgi_param CONTENT_LENGTH $content_length;
            fastcgi_param SCRIPT_NAME $fastcgi_script_name;
            fastcgi_param REQUEST_URI $request_uri;
            fastcgi_param SCRIPT_FILENAME {world.folder}/app.php;
            fastcgi_pass php; fastcgi_keep_conn on; }}""",
        f"upstream php {{ server {address}; keepalive 2; }}")


def ask(world, port, requests):
    """Sends requests over one connection; what came."""
    client = world.start_client("web_client.py", port)
    client.wait_ready()
    client.go(json.dumps(requests))
    return [(line["status"], line["length"]) for line in client.wait() if "status" in line]


def of_fastcgi(spans, kind):
    """FastCGI's spans of a kind."""
    return [span for span in spans
            if span.kind == kind and span.attributes.get("network.protocol.name") == "fastcgi"]


def what(spans):
    """What spans say was asked and answered."""
    return [(span.operation, span.attributes.get("http.response.status_code")) for span in spans]


def check_spans(spans):
    """Holds the spans of nginx and of PHP against what was asked."""
    expected = [(request[0], status) for request, status, _ in REQUESTS]
    outer = [span for span in spans if span.kind == "SERVER" and span.attributes["network.protocol.name"] == "http"]
    check(what(outer) == expected, f"nginx's: {what(outer)}")
    for kind in ("CLIENT", "SERVER"):
        inner = of_fastcgi(spans, kind)
        check(what(inner) == expected, f"{kind}: {what(inner)}")
    calls, served = of_fastcgi(spans, "CLIENT"), of_fastcgi(spans, "SERVER")
    for (request, status, length), above, call, below in zip(REQUESTS, outer, calls, served):
        path, _, _ = request[1].partition("?")
        check(call.parent == above.span_id, f"{request}: nginx's call is not a child of its request")
        check(below.parent == call.span_id, f"{request}: PHP's span is not a child of nginx's call")
        check(below.attributes["url.path"] == path, f"{below.attributes}")
        check((below.status == "ERROR") == (status >= 500), f"{below}")
        check((call.status == "ERROR") == (status >= 400), f"{call}")
        size = below.attributes.get("http.response.body.size")
        # Of a long body the lengths of its records may not be known.
        check(size in ((length or None),) or (length > 3000 and size is None), f"{request}: {size} bytes")
    check(served[4].trace_id == TRACE, "the trace of the client goes on")


@test
def requestsOfNginxToPHPAreSeenByBoth(world):
    port = world.port()
    fpm(world, f"127.0.0.1:{port}")
    outer = front(world, f"127.0.0.1:{port}")
    recording = world.record(port)
    agent = world.agent()
    came = ask(world, outer, [request for request, _, _ in REQUESTS])
    check(came == [(status, length) for _, status, length in REQUESTS], f"nginx answered {came}")
    spans = world.finish(agent, outer)
    check_spans(spans)
    world.same_story(of_fastcgi(spans, "CLIENT") + of_fastcgi(spans, "SERVER"), world.replayed(recording))
    decode = f"tcp.port=={port},fcgi"
    # BEGIN_REQUEST and END_REQUEST.
    for kind in ("1", "3"):
        read = world.tshark_values(recording, f"fcgi.type == {kind}", "fcgi.type", decode).count(kind)
        check(read == len(REQUESTS), f"tshark reads {read} records of type {kind}")


@test(every_hook=False)
def requestsOverAUnixSocketAreSeenByBoth(world):
    world.folder.chmod(0o755)
    path = world.folder / "php.sock"
    fpm(world, str(path))
    outer = front(world, f"unix:{path}")
    agent = world.agent()
    came = ask(world, outer, [request for request, _, _ in REQUESTS])
    check(came == [(status, length) for _, status, length in REQUESTS], f"nginx answered {came}")
    check_spans(world.finish(agent, outer))


@test(every_hook=False)
def fastCGIConnectionsAreJoinedInTheMiddle(world):
    port = world.port()
    fpm(world, f"127.0.0.1:{port}")
    outer = front(world, f"127.0.0.1:{port}")
    client = world.start_client("web_client.py", outer)
    client.wait_ready()
    client.go(json.dumps([["GET", "/before.php", {}, 0]]))
    client.process.wait_for(client.process.out, '"status"', 10)
    agent = world.agent()
    client.go(json.dumps([["GET", "/after.php", {}, 0], ["POST", "/then.php?status=404", {}, 9]]))
    client.wait()
    spans = world.finish(agent, outer)
    for kind in ("CLIENT", "SERVER"):
        paths = [span.attributes.get("http.response.status_code") for span in of_fastcgi(spans, kind)]
        check(paths == [200, 404], f"{kind}: {paths}")


@test(every_hook=False)
def applicationThatIsKilledLeavesItsRequestsUnanswered(world):
    port = world.port()
    server = fpm(world, f"127.0.0.1:{port}")
    outer = front(world, f"127.0.0.1:{port}")
    agent = world.agent()
    client = world.start_client("web_client.py", outer)
    client.wait_ready()
    client.go(json.dumps([["GET", "/slow.php?sleep=20", {}, 0]]))
    patience.sleep(0.5)
    server.kill()
    said = client.wait()
    check(said[-1]["status"] == 502, f"nginx answered {said}")
    spans = world.finish(agent, outer)
    calls = of_fastcgi(spans, "CLIENT")
    require([] if len(calls) == 1 and calls[0].status == "ERROR" else [f"{[str(span) for span in calls]}"])
    check(calls[0].attributes["error.type"] == "no_response", f"{calls[0]}")
