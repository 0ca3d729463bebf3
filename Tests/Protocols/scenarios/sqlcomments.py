"""Trace contexts in comments of statements: OpenTelemetry's instrumentations with sqlcommenter, and statements written
by hand, through the clients people use, to MariaDB and PostgreSQL."""
import re

from harness.registry import test
from harness.world import check

from . import mysql, postgresql

SDK = ("opentelemetry-sdk",)
# The instrumentation says no to later ones.
SQLALCHEMY = ("sqlalchemy<2.1", *SDK, "opentelemetry-instrumentation-sqlalchemy")
ALIAS = re.compile(r"AS (q\d+)\b")


def named(spans, kind):
    """The spans of a kind by the name that their statement has: a list for each."""
    found = {}
    for span in spans:
        name = ALIAS.search(span.attributes.get("db.query.text", ""))
        if span.kind == kind and name:
            found.setdefault(name[1], []).append(span)
    return found


def hold(spans, said):
    """Holds spans against what the client expects: both ends in the comment's trace, the client's under its span, the
    server's under the client's. Without a context, the trace is one that nobody named."""
    expected = said[-1]["expected"]
    clients, servers = named(spans, "CLIENT"), named(spans, "SERVER")
    check(expected.keys() == clients.keys() == servers.keys(),
          f"expected {sorted(expected)}, clients {sorted(clients)}, servers {sorted(servers)}")
    known = {context[0] for context in expected.values() if context}
    for name, context in expected.items():
        for client in clients[name]:
            if context:
                check([client.trace_id, client.parent] == context, f"{client} is in {client.trace_id}, not {context}")
            else:
                check(client.trace_id not in known and not client.parent, f"{client} hangs from {client.parent}")
            mine = [server for server in servers[name] if server.exchange == client.exchange]
            check(len(mine) == 1 and mine[0].trace_id == client.trace_id and mine[0].parent == client.span_id,
                  f"at the server of {client}: {[str(server) for server in mine]}")
        count = 3 if name in said[-1]["repeated"] else 1
        check(len(clients[name]) == count, f"{name}: {len(clients[name])} of {count}")
    texts = [client.attributes["db.query.text"] for name in expected if expected[name] for client in clients[name]]
    check(not any("traceparent" in text for text in texts), "a comment left in a text")
    return clients


def run(world, served, client, packages, attributes=None):
    """Runs a client, and holds its spans; attributes that each of them has, by their beginnings."""
    port, _ = served(world)
    # Megabytes at once.
    agent = world.agent(ring_buffer="32MiB")
    said = world.client("sqlcomments_client.py", port, client, packages=packages, timeout=180)
    spans = world.finish(agent, port)
    clients = hold(spans, said)
    for key, value in (attributes or {}).items():
        for span in (span for spans in clients.values() for span in spans):
            actual = span.attributes.get(f"sqlcommenter.{key}", "")
            check(actual.startswith(value), f"sqlcommenter.{key} of {span} is {actual!r}")
    return clients


@test(every_hook=False)
def sqlcommenterOfPyMySQL(world):
    run(world, mysql.served, "pymysql", ("pymysql", *SDK, "opentelemetry-instrumentation-pymysql"),
        {"db_driver": "pymysql:"})


@test(every_hook=False)
def sqlcommenterOfPsycopg2(world):
    run(world, postgresql.served, "psycopg2",
        (*postgresql.SIMPLE, *SDK, "opentelemetry-instrumentation-psycopg2"), {"db_driver": "psycopg2:"})


@test(every_hook=False)
def sqlcommenterOfPsycopg(world):
    run(world, postgresql.served, "psycopg",
        (*postgresql.EXTENDED, *SDK, "opentelemetry-instrumentation-psycopg"), {"db_driver": "psycopg:"})


@test(every_hook=False)
def sqlcommenterOfSQLAlchemyWithMariaDB(world):
    run(world, mysql.served, "sqlalchemy-mysql",
        ("pymysql", *SQLALCHEMY),
        {"db_driver": "pymysql", "db_framework": "sqlalchemy:"})


@test(every_hook=False)
def sqlcommenterOfSQLAlchemyWithPostgreSQL(world):
    run(world, postgresql.served, "sqlalchemy-postgresql",
        (*postgresql.SIMPLE, *SQLALCHEMY),
        {"db_driver": "psycopg2", "db_framework": "sqlalchemy:"})


@test
def mysqlCommentsWrittenByHand(world):
    clients = run(world, mysql.served, "mysql", ("pymysql", "mysql-connector-python"))
    check(clients["q0"][0].attributes.get("sqlcommenter.route") == "/a", "sqlcommenter's other keys")


@test
def postgresqlCommentsWrittenByHand(world):
    clients = run(world, postgresql.served, "postgresql", (*postgresql.SIMPLE, *postgresql.EXTENDED))
    check(clients["q0"][0].attributes.get("sqlcommenter.route") == "/a", "sqlcommenter's other keys")
