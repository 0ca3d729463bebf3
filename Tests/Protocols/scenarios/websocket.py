"""WebSocket, by itself and through nginx, and server-sent events."""
import sys

from harness.python import python_with
from harness.registry import test
from harness.world import check, require
from live import web
from live.world import CLIENTS

# The first of them count, what the server sends of its own accord after them.
COUNT = 6
PROXY = """location / {{
    proxy_pass http://127.0.0.1:{port};
    proxy_http_version 1.1;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection "upgrade"; }}"""
EVENTS = """
import http.server, sys, time
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for data in (b": hello\\n\\n", b"data: 1\\n\\n", b"event: x\\r\\ndata: 2\\r\\ndata: more\\r\\n\\r\\n",
                     b"id: 3\\ndata: " + b"y" * 20000 + b"\\n", b"\\n", b"data: 4\\n\\ndata: 5\\n\\n", b"data: cut"):
            self.wfile.write(b"%x\\r\\n%s\\r\\n" % (len(data), data))
            self.wfile.flush()
            time.sleep(0.02)
        self.wfile.write(b"0\\r\\n\\r\\n")
    def log_message(self, *arguments): pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def served(world):
    """A port where messages are echoed."""
    port = world.port()
    world.server("echo", [python_with("websockets"), CLIENTS / "websocket_server.py", port], port)
    return port


def messages(span):
    """How many messages of the client and of the server a span has."""
    return (span.attributes.get("interspan.request.messages"), span.attributes.get("interspan.response.messages"))


def check_upgrades(spans, count, expected, error=None):
    """Holds the spans of upgrades against what the client did. error: what is wrong with those of the client."""
    for kind in ("CLIENT", "SERVER"):
        these = [span for span in spans if span.kind == kind]
        check(len(these) == count, f"{kind}: {len(these)} of {count}")
        for span in these:
            wrong = error if kind == "CLIENT" else None
            check(span.attributes["http.response.status_code"] == 101, f"{span}")
            check(span.attributes.get("error.type") == wrong and (span.status == "ERROR") == bool(wrong), f"{span}")
            check(messages(span) == expected, f"{kind}: {messages(span)} messages, not {expected}")


@test
def messagesOfAWebSocketAreCounted(world):
    port = served(world)
    recording = world.record(port)
    agent = world.agent()
    client = world.start_client("websocket_client.py", f"ws://127.0.0.1:{port}/chat", COUNT, packages=("websockets",))
    client.wait_ready()
    client.go()
    done = client.wait()[-1]
    spans = world.finish(agent, port)
    check_upgrades(spans, 1, (done["sent"], done["received"]))
    world.same_story(spans, world.replayed(recording))
    replayed = world.replayed(recording)
    check_upgrades(replayed, 1, (done["sent"], done["received"]))
    opcodes = world.tshark_values(recording, "websocket", "websocket.opcode", f"tcp.port=={port},http")
    begun = [opcode for opcode in opcodes if int(opcode, 0) in (1, 2)]
    check(len(begun) == done["sent"] + done["received"], f"tshark reads {opcodes}")


@test(every_hook=False)
def messagesThroughAProxyAreCountedOnBothSidesOfIt(world):
    port = served(world)
    outer = web.front(world, PROXY.format(port=port))
    agent = world.agent()
    client = world.start_client(
        "websocket_client.py", f"ws://127.0.0.1:{outer}/chat", COUNT, "plain", packages=("websockets",))
    client.wait_ready()
    client.go()
    done = client.wait()[-1]
    spans = world.finish(agent, outer)
    check_upgrades(spans, 1, (done["sent"], done["received"]))
    inner = world.spans(agent, port)
    check_upgrades(inner, 1, (done["sent"], done["received"]))
    call = next(span for span in inner if span.kind == "CLIENT")
    require([] if call.parent in [span.span_id for span in spans] else [f"nginx's call has no parent: {call}"])


@test(every_hook=False)
def webSocketThatIsCutIsOver(world):
    port = served(world)
    agent = world.agent()
    client = world.start_client(
        "websocket_client.py", f"ws://127.0.0.1:{port}/chat", COUNT, "abort", packages=("websockets",))
    client.wait_ready()
    client.go()
    client.wait()
    spans = world.finish(agent, port)
    # The server has not failed.
    check_upgrades(spans, 1, (COUNT, COUNT), error="process_exited")


@test(every_hook=False)
def eventsOfAStreamAreCounted(world):
    port = world.port()
    world.server("events", [sys.executable, "-c", EVENTS, port], port)
    recording = world.record(port)
    agent = world.agent()
    client = world.start_client("web_client.py", port)
    client.wait_ready()
    client.go('[["GET", "/events", {}, 0], ["GET", "/again", {}, 0]]')
    client.wait()
    spans = world.finish(agent, port)
    for seen in (spans, world.replayed(recording)):
        for kind in ("CLIENT", "SERVER"):
            these = [messages(span) for span in seen if span.kind == kind]
            check(these == [(None, 5), (None, 5)], f"{kind}: {these}")
