"""Messages that are far longer than what is captured of a call, all settings being the defaults: each is one right
span."""
import os
import secrets
import sys

from harness.registry import test
from harness.world import check
from live.world import CLIENTS

from . import mysql, postgresql

HEADERS = 60 << 10
# Seconds; a smaller machine may be told to send less.
UPLOAD = int(os.environ.get("INTERSPAN_UPLOAD", str(1 << 30)))
ROWS = 10_000
KINDS = ("CLIENT", "SERVER")


def traceparent():
    """A context like no other: what it says, its trace and its span."""
    trace, span = secrets.token_hex(16), secrets.token_hex(8)
    return f"00-{trace}-{span}-01", trace, span


def pairs(spans, count):
    """Both ends of each exchange in the order of their beginnings, which must be so many and whole."""
    ends = [[span for span in spans if span.kind == kind] for kind in KINDS]
    check([len(each) for each in ends] == [count, count], f"spans: {[str(span) for span in spans]}"[:3000])
    for client, server in zip(*ends):
        check(client.exchange == server.exchange and server.parent == client.span_id,
              f"not two ends of one exchange: {client}, {server}")
        check(client.status == server.status == "UNSET", f"an error: {client}")
        check(client.end <= client.start + 120 * 10**9 and client.end >= server.start, f"times of {client}")
    return list(zip(*ends))


def hold_contexts(pair, context):
    """Both ends are in the trace of a context."""
    _, trace, span = context
    check(pair[0].trace_id == pair[1].trace_id == trace and pair[0].parent == span,
          f"{pair[0]} is in {pair[0].trace_id} under {pair[0].parent or 'nothing'}, not {trace} under {span}")


def serve(world):
    """The server that takes anything."""
    port = world.port()
    world.server("long", [sys.executable, "-B", CLIENTS / "long_server.py", port], port)
    return port


@test
def aRequestWithSixtyKilobytesOfHeadersIsOneSpan(world):
    port = serve(world)
    agent = world.agent()
    contexts = [traceparent() for _ in range(3)]
    said = world.client("long_client.py", port, "headers", HEADERS, *(context[0] for context in contexts))
    long = [line for line in said if line["path"].startswith("/headers")]
    check(all(line["headers"] >= HEADERS for line in long), f"the server saw {said}")
    spans = world.finish(agent, port)
    found = {pair[0].attributes["url.full"].rpartition("/")[2]: pair for pair in pairs(spans, len(said))}
    check(found.keys() == {line["path"][1:] for line in said}, f"{sorted(found)}")
    # Of a call its first part and its last KiB leave the kernel: there contexts are found. One that is deep in the
    # middle of such a call is none, rather than half of one.
    hold_contexts(found["headers0"], contexts[0])
    hold_contexts(found["headers1"], contexts[1])
    client = found["headers2"][0]
    check(not client.parent and client.trace_id == client.exchange, f"{client} is in {client.trace_id}")


@test
def aChunkedUploadWithTrailersIsOneSpan(world):
    port = serve(world)
    # Both ends move bytes as fast as two processors can, of which the agent needs its share too.
    agent = world.agent(ring_buffer="64MiB")
    said = world.client("long_client.py", port, "upload", UPLOAD, timeout=600)
    check(said[1]["body"] == UPLOAD and len(said[1]["trailers"]) == 2, f"the server saw {said}")
    spans = world.finish(agent, port)
    found = pairs(spans, 3)
    methods = [(pair[1].attributes["http.request.method"], pair[1].attributes["url.path"]) for pair in found]
    check(methods == [("GET", "/before"), ("POST", "/upload"), ("GET", "/after")], f"requests {methods}")
    upload = found[1][0]
    check(upload.end - upload.start >= found[0][0].end - found[0][0].start, f"the upload is as short as {upload}")
    world.notes.append(f"{UPLOAD >> 20} MiB in {(upload.end - upload.start) / 1e9:.1f} s")


def statements(world, served, name, package):
    """Three statements, of which the first and the second's answer are long; the pairs of spans they made."""
    port, _ = served(world)
    agent = world.agent()
    context = traceparent()
    said = world.client("long_client.py", port, name, ROWS, context[0], packages=(package,))
    check([line["rows"] for line in said] == [1, ROWS, 1], f"the client got {said}")
    spans = [span for span in world.finish(agent, port) if span.name.startswith("SELECT")]
    found = pairs(spans, 3)
    hold_contexts(found[0], context)
    for client, _ in found[1:]:
        check(client.trace_id != context[1], f"{client} is in the trace of the statement before it")
    text = found[0][0].attributes["db.query.text"]
    check(text.startswith("SELECT ? AS one, LENGTH(") and "xxx" not in text and "traceparent" not in text,
          f"the statement's text is {text[:200]}")
    return found


@test(every_hook=False)
def aStatementOfAHundredKilobytesIsOneSpanOnMariaDB(world):
    statements(world, mysql.served, "mariadb", "pymysql")


@test(every_hook=False)
def aStatementOfAHundredKilobytesAndTenThousandRowsAreOneSpanEachOnPostgreSQL(world):
    found = statements(world, postgresql.served, "postgresql", "psycopg2-binary")
    # Nothing but the message at the end says how many there were.
    rows = [[span.attributes.get("db.response.returned_rows") for span in pair] for pair in found]
    check(rows == [[1, 1], [ROWS, ROWS], [1, 1]], f"rows are {rows}")
