"""TLS: the handshake as its hellos tell it, directly and inside a tunnel."""
import sys

from harness.registry import test
from harness.world import check

SERVER = """
import http.server, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("cert.pem", "key.pem")
context.set_alpn_protocols(["http/1.1"])
class Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
server.serve_forever()
"""
PROXY = """
import socket, sys, threading
def copy(a, b):
    while data := a.recv(65536):
        b.sendall(data)
    b.close()
def serve(client):
    head = b""
    while b"\\r\\n\\r\\n" not in head:
        head += client.recv(4096)
    host, port = head.split()[1].decode().split(":")
    upstream = socket.create_connection(("127.0.0.1", int(port)))
    client.sendall(b"HTTP/1.1 200 Connection established\\r\\n\\r\\n")
    threading.Thread(target=copy, args=(client, upstream), daemon=True).start()
    copy(upstream, client)
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
"""
NAME = "shop.example"


def served(world):
    """A port where TLS is spoken, with a certificate that nobody has signed."""
    world.command([
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
        "-keyout", "key.pem", "-out", "cert.pem", "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"])
    port = world.port()
    world.server("tls", [sys.executable, "-c", SERVER, port], port)
    return port


def curl(world, port, *options):
    """Runs curl; a failure is part of the test."""
    return world.command(
        ["sh", "-c", '"$@" || true', "sh", "curl", "-s", "-o", "/dev/null", "-w", "%{exitcode} %{http_version}",
         "--resolve", f"{NAME}:{port}:127.0.0.1", *options, f"https://{NAME}:{port}/cert.pem"])


def handshakes(spans, kind="CLIENT"):
    """The spans of handshakes of a kind."""
    return [span for span in spans if span.name == "TLS handshake" and span.kind == kind]


@test
def handshakesAreSpansOfTheClient(world):
    port = served(world)
    recording = world.record(port)
    agent = world.agent()
    for options in (["--tls-max", "1.2"], []):
        said = curl(world, port, "--cacert", "cert.pem", *options)
        check(said.startswith("0"), f"curl says {said}")
    # Whoever does not trust the certificate says so, in the clear until 1.2.
    said = curl(world, port, "--tls-max", "1.2")
    check(said.startswith("60"), f"curl says {said}")
    spans = world.finish(agent, port)
    clients = handshakes(spans)
    versions = [span.attributes.get("tls.protocol.version") for span in clients]
    check(versions == ["1.2", "1.3", "1.2"], f"versions: {versions}")
    for span in clients:
        check(span.attributes["server.address"] == NAME, f"{span}")
        check("http/1.1" in span.attributes["interspan.tls.offered_protocols"].split(","), f"{span}")
    check(clients[0].attributes["tls.next_protocol"] == "http/1.1", f"{clients[0]}")
    states = [(span.status, span.attributes.get("error.type")) for span in clients]
    check(states == [("UNSET", None), ("UNSET", None), ("ERROR", "unknown_ca")], f"{states}")
    # The server's end tells only of the one that failed.
    served_by = [(span.status, span.attributes.get("error.type")) for span in handshakes(spans, "SERVER")]
    check(served_by == [("ERROR", "unknown_ca")], f"the server's: {served_by}")
    check(len(spans) == 4, f"{[str(span) for span in spans]}")
    world.same_story(spans, world.replayed(recording))
    decode = f"tcp.port=={port},tls"
    names = world.tshark_values(
        recording, "tls.handshake.type == 1", "tls.handshake.extensions_server_name", decode)
    check(names == [NAME] * 3, f"tshark reads {names}")
    alerts = world.tshark_values(recording, "tls.alert_message.desc == 48", "tls.alert_message.desc", decode)
    check(alerts == ["48"], f"tshark reads {alerts}")


@test(every_hook=False)
def handshakeInsideATunnelIsSeenBehindTheRequestForIt(world):
    port = served(world)
    outer = world.port()
    world.server("proxy", [sys.executable, "-c", PROXY, outer], outer)
    agent = world.agent()
    said = curl(world, port, "--cacert", "cert.pem", "--proxytunnel", "--proxy", f"http://127.0.0.1:{outer}")
    check(said.startswith("0"), f"curl says {said}")
    spans = world.finish(agent, outer)
    # curl's tunnel and what is in it, the proxy's end of the tunnel; a handshake that succeeds is silent at a server.
    names = sorted((span.kind, span.operation) for span in spans)
    check(names == [("CLIENT", "CONNECT"), ("CLIENT", "TLS handshake"), ("SERVER", "CONNECT")], f"{names}")
    check(handshakes(spans)[0].attributes["server.address"] == NAME, f"{handshakes(spans)[0]}")
    # The proxy passes the same bytes on.
    check(len(handshakes(world.spans(agent, port))) == 1, "the proxy's handshake")


@test(every_hook=False)
def protocolThatTheServerRefusesIsAFailureOfBoth(world):
    port = served(world)
    agent = world.agent()
    # It needs a certificate of another kind.
    world.command([
        "sh", "-c", '"$@" </dev/null || true', "sh", "openssl", "s_client", "-connect", f"127.0.0.1:{port}",
        "-servername", NAME, "-tls1_2", "-cipher", "AES128-SHA"])
    spans = world.finish(agent, port)
    for kind in ("CLIENT", "SERVER"):
        seen = [(span.status, span.attributes.get("error.type")) for span in handshakes(spans, kind)]
        check(seen == [("ERROR", "handshake_failure")], f"{kind}: {seen}")
