"""PostgreSQL's protocol: psycopg2 (simple queries) and psycopg 3 (extended, pipelined, COPY)."""
import os
import pathlib
import signal

from harness import patience
from harness.process import Skip
from harness.registry import test
from harness.world import check
from live import data_folder

from .mysql import failures_of, hold, names_of

SIMPLE = ("psycopg2-binary",)
EXTENDED = ("psycopg[binary]",)


def programs():
    """Where the server's programs are: no user's path leads there."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        raise Skip("PostgreSQL is not installed")
    return found[-1].parent


def served(world):
    """PostgreSQL with a database: its port and the server."""
    data = data_folder.postgresql(world, programs() / "initdb")
    rules = data / "pg_hba.conf"
    rules.write_text("host all ann 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\nlocal all all trust\n")
    world.command(
        [programs() / "postgres", "--single", "-D", data, "postgres"], user="postgres",
        text="CREATE DATABASE shop\nCREATE ROLE ann LOGIN PASSWORD 'right'\n")
    port = world.port()
    server = world.server(
        "postgres",
        [programs() / "postgres", "-D", data, "-p", port, "-h", "127.0.0.1", "-k", world.folder, "-F"], port,
        user="postgres")
    return port, server


def refereed(world, recording, port, spans, said):
    """Holds a replay and tshark's reading against the spans."""
    world.same_story(spans, world.replayed(recording))
    decode = f"tcp.port=={port},pgsql"
    types = world.tshark_values(recording, "pgsql.frontend", "pgsql.type", decode)
    count = types.count("Simple query") + types.count("Execute")
    clients = [span for span in spans if span.kind == "CLIENT"]
    check(count == len(clients), f"tshark reads {count} statements, {len(clients)} spans")
    codes = world.tshark_values(recording, "pgsql.code", "pgsql.code", decode)
    check(codes == failures_of(said), f"tshark reads errors {codes}")


@test
def postgresqlSimpleQueries(world):
    port, _ = served(world)
    recording = world.record(port)
    agent = world.agent()
    said = world.client("postgresql_client.py", port, "simple", packages=SIMPLE)
    spans = world.finish(agent, port)
    hold(world, spans, said)
    clients = {span.name: span.attributes for span in spans if span.kind == "CLIENT"}
    check(clients["SELECT public.orders"]["db.response.returned_rows"] == 3, "three rows")
    check(clients["SELECT generate_series"]["db.response.returned_rows"] == 20000, "20000 rows")
    text = clients["INSERT orders"]["db.query.text"]
    check(text == "INSERT INTO orders VALUES (?, ?)", text)
    check({span.attributes["db.namespace"] for span in spans} == {"shop"}, "the database is not known")
    refereed(world, recording, port, spans, said)


@test(every_hook=False)
def postgresqlExtendedAndCopied(world):
    port, _ = served(world)
    recording = world.record(port)
    agent = world.agent()
    said = world.client("postgresql_client.py", port, "extended", packages=EXTENDED)
    spans = world.finish(agent, port)
    hold(world, spans, said)
    rows = [span.attributes.get("db.response.returned_rows") for span in spans if span.name == "SELECT things"]
    check(rows == [3] * 4, f"three rows each are {rows}")
    refereed(world, recording, port, spans, said)


@test(every_hook=False)
def postgresqlPipelined(world):
    port, _ = served(world)
    recording = world.record(port)
    agent = world.agent()
    said = world.client("postgresql_client.py", port, "pipeline", packages=EXTENDED)
    spans = world.finish(agent, port)
    # What a pipeline opens and closes a transaction with is psycopg's affair.
    hold(world, spans, said)
    for kind in ("CLIENT", "SERVER"):
        types = [span.attributes.get("error.type") for span in spans if span.kind == kind]
        check(types[-3:] == [None, "23505", "_OTHER"], f"the last three ended with {types[-3:]}")
    world.same_story(spans, world.replayed(recording))


@test(every_hook=False)
def postgresqlLogInRefused(world):
    port, _ = served(world)
    agent = world.agent()
    said = world.client("postgresql_client.py", port, "refused", packages=SIMPLE)
    hold(world, world.finish(agent, port), said)


@test(every_hook=False)
def postgresqlCancelled(world):
    port, _ = served(world)
    agent = world.agent()
    said = world.client("postgresql_client.py", port, "cancel", packages=SIMPLE)
    hold(world, world.finish(agent, port), said)


@test(every_hook=False)
def postgresqlJoinedInTheMiddle(world):
    port, _ = served(world)
    client = world.start_client("postgresql_client.py", port, "joined", packages=SIMPLE)
    client.wait_ready()
    agent = world.agent()
    client.go()
    said = client.wait()
    hold(world, world.finish(agent, port), said)


@test(every_hook=False)
def postgresqlServerIsKilled(world):
    port, server = served(world)
    client = world.start_client("postgresql_client.py", port, "cut", packages=SIMPLE)
    client.wait_ready()
    agent = world.agent()
    client.go()
    patience.sleep(1)
    # At once, and its processes with it.
    os.kill(server.pid, signal.SIGQUIT)
    said = client.wait()
    spans = world.finish(agent, port)
    for kind in ("CLIENT", "SERVER"):
        world.same_names(spans, kind, names_of(said))
    check({span.status for span in spans} == {"ERROR"}, "a response that never came is no error")
