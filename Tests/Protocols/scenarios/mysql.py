"""MySQL's protocol: MariaDB, PyMySQL (text) and mysql-connector-python (prepared, compressed)."""
import collections
import os
import signal

from harness import patience
from harness.registry import test
from harness.world import check
from live import data_folder

SETUP = """CREATE DATABASE shop;
CREATE USER ann@127.0.0.1 IDENTIFIED BY 'secret';
GRANT ALL ON *.* TO ann@127.0.0.1;
"""


def served(world):
    """MariaDB with a database and a user: its port and the server."""
    data = data_folder.mariadb(world)
    (world.folder / "setup.sql").write_text(SETUP)
    port = world.port()
    server = world.server(
        "mariadbd",
        ["mariadbd", "--no-defaults", f"--datadir={data}", f"--port={port}", "--bind-address=127.0.0.1",
         f"--socket={world.folder}/socket", f"--pid-file={world.folder}/pid", "--skip-name-resolve",
         f"--init-file={world.folder}/setup.sql", "--innodb-buffer-pool-size=8M", "--max-allowed-packet=64M"],
        port, user="mysql")
    return port, server


def names_of(said):
    """The names that the client says its spans are to have."""
    return [name for line in said for name in line.get("names", [])]


def failures_of(said):
    """The numbers of the errors that the client got."""
    return [str(line["failed"]) for line in said if "failed" in line]


def hold(world, spans, said):
    """Holds both sides' spans against what the client did."""
    for kind in ("CLIENT", "SERVER"):
        world.same_names(spans, kind, names_of(said))
        codes = [span.attributes["db.response.status_code"] for span in spans
                 if span.kind == kind and "db.response.status_code" in span.attributes]
        check(codes == failures_of(said), f"{kind} spans failed with {codes}, the client with {failures_of(said)}")
    check(not any("secret" in str(value) for span in spans for value in span.attributes.values()), "a value left")


def refereed(world, recording, port, spans, said, errors=True):
    """Holds a replay and tshark's reading against the spans."""
    world.same_story(spans, world.replayed(recording))
    decode = f"tcp.port=={port},mysql"
    queries = world.tshark_values(recording, "mysql.query", "mysql.query", decode)
    executed = world.tshark_values(recording, "mysql.command == 23", "mysql.command", decode)
    used = world.tshark_values(recording, "mysql.command == 2", "mysql.command", decode)
    prepared = world.tshark_values(recording, "mysql.command == 22", "mysql.command", decode)
    count = len(queries) - len(prepared) + len(executed) + len(used)
    clients = [span for span in spans if span.kind == "CLIENT"]
    check(count == len(clients), f"tshark reads {count} statements, {len(clients)} spans")
    codes = world.tshark_values(recording, "mysql.error_code", "mysql.error_code", decode)
    check(codes == failures_of(said), f"tshark reads errors {codes}")


@test
def mysqlStatementsAsText(world):
    port, _ = served(world)
    recording = world.record(port)
    agent = world.agent()
    said = world.client("mysql_client.py", port, "text", packages=("pymysql",))
    spans = world.finish(agent, port)
    hold(world, spans, said)
    for span in spans:
        check(span.attributes["db.system.name"] == "mariadb", f"{span.name} is {span.attributes['db.system.name']}")
    clients = [span for span in spans if span.kind == "CLIENT"]
    rows = {span.name: span.attributes.get("db.response.returned_rows") for span in clients}
    check(rows["SELECT orders"] == 3, f"three rows are {rows['SELECT orders']}")
    check(rows["SELECT SELECT orders"] == 4, f"four rows of two results are {rows['SELECT SELECT orders']}")
    check(rows["SELECT seq_1_to_20000"] in (20000, None), f"20000 rows are {rows['SELECT seq_1_to_20000']}")
    insert = next(span for span in clients if span.name == "INSERT orders")
    check(insert.attributes["db.query.text"] == "INSERT INTO orders VALUES (?, ?)", insert.attributes["db.query.text"])
    check(insert.attributes["db.namespace"] == "shop", "the database is not known")
    used = [span.attributes["db.namespace"] for span in clients if span.name == "SELECT shop.orders"]
    check(used == ["mysql"], f"after USE the database is {used}")
    refereed(world, recording, port, spans, said)


@test(every_hook=False)
def mysqlPreparedStatements(world):
    port, _ = served(world)
    recording = world.record(port)
    agent = world.agent()
    said = world.client("mysql_client.py", port, "binary", packages=("mysql-connector-python",))
    spans = world.finish(agent, port)
    # What the client sends to set itself up is its own affair.
    own = collections.Counter(
        span.name for span in spans if span.kind == "CLIENT") - collections.Counter(names_of(said))
    check(all(name in ("SET", "SELECT", "ROLLBACK", "COMMIT") for name in own), f"beside its statements: {dict(own)}")
    said[-1]["names"] += list(own.elements())
    hold(world, spans, said)
    select = next(span for span in spans if span.name == "SELECT things")
    check(select.attributes["db.query.text"] == "SELECT * FROM things WHERE id > ?", select.attributes["db.query.text"])
    check(select.attributes["db.response.returned_rows"] == 3, "three rows")
    refereed(world, recording, port, spans, said)


@test(every_hook=False)
def mysqlCompressedIsSaid(world):
    port, _ = served(world)
    recording = world.record(port)
    agent = world.agent()
    said = world.client("mysql_client.py", port, "compressed", packages=("mysql-connector-python",))
    spans = world.finish(agent, port)
    clients = [span for span in spans if span.kind == "CLIENT"]
    check(len(clients) >= len(names_of(said)), f"{len(clients)} spans of {len(names_of(said))} statements")
    world.same_names(spans, "SERVER", [span.name for span in clients])
    check({span.attributes.get("interspan.compression") for span in spans} == {"zlib"}, "compression is not said")
    world.same_story(spans, world.replayed(recording))


@test(every_hook=False)
def mysqlLogInRefused(world):
    port, _ = served(world)
    agent = world.agent()
    said = world.client("mysql_client.py", port, "refused", packages=("pymysql",))
    hold(world, world.finish(agent, port), said)


@test(every_hook=False)
def mysqlJoinedInTheMiddle(world):
    port, _ = served(world)
    client = world.start_client("mysql_client.py", port, "joined", packages=("pymysql",))
    client.wait_ready()
    agent = world.agent()
    client.go()
    said = client.wait()
    hold(world, world.finish(agent, port), said)


@test(every_hook=False)
def mysqlServerIsKilled(world):
    port, server = served(world)
    client = world.start_client("mysql_client.py", port, "cut", packages=("pymysql",))
    client.wait_ready()
    agent = world.agent()
    client.go()

    patience.sleep(1)
    os.kill(server.pid, signal.SIGKILL)
    said = client.wait()
    spans = world.finish(agent, port)
    for kind in ("CLIENT", "SERVER"):
        world.same_names(spans, kind, names_of(said))
    check({span.status for span in spans} == {"ERROR"}, "a response that never came is no error")
