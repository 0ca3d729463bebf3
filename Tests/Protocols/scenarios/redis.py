"""Redis: redis-server and redis-py, RESP2 and RESP3."""
import collections

from harness import patience
from harness.registry import test
from harness.world import check

SECRETS = ("s3cret", "hunter2")


def server(world, *options, path=None):
    """A server that keeps nothing, and where it listens."""
    where = path or world.port()
    listen = ["--port", 0, "--unixsocket", path] if path else ["--port", where, "--bind", "127.0.0.1"]
    return world.server("redis", ["redis-server", *listen, "--save", "", *options], where), where


def drive(world, where, protocol, *steps):
    return world.client("redis_client.py", where, protocol, *steps, packages=("redis",))


def same(spans, said, kinds=("CLIENT", "SERVER")):
    """Holds the spans of each side against what the client did, and sees that no value is in them."""
    for kind in kinds:
        seen = collections.Counter((span.name, span.status) for span in spans if span.kind == kind)
        wanted = collections.Counter((line["name"], line["status"]) for line in said if "name" in line)
        check(seen == wanted, f"{kind}: missing {wanted - seen}, too many {seen - wanted}")
    for span in spans:
        check(span.attributes["db.system.name"] == "redis", f"another system: {span}")
        check(not any(secret in str(span) for secret in SECRETS), f"a value has left: {span}")


def texts(spans, kind="CLIENT"):
    return [span.attributes["db.query.text"] for span in spans if span.kind == kind]


@test
def eachCommandIsASpanOnBothSides(world):
    _, port = server(world)
    recording = world.record(port)
    agent = world.agent()
    said = drive(world, port, 2, "plain", "pipeline", "transaction", "subscribe", "blocking")
    said += drive(world, port, 3, "plain", "pipeline", "transaction", "subscribe")
    spans = world.finish(agent, port)
    same(spans, said)
    for text in ("SET user:1 ?", "HSET cart ? ? ? ?", "MGET a b", "CONFIG SET ? ?", "SELECT 3", "NOSUCH ?",
                 "PUBLISH news ?", "BLPOP queue ?", "SUBSCRIBE news sport"):
        check(text in texts(spans), f"{text} is missing")
    for span in spans:
        check(span.attributes.get("db.namespace")
              == ("3" if span.name == "MGET" else None if span.name == "SELECT" else "0"),
              f"another database: {span}")
        if span.name == "EXEC":
            check(span.attributes["db.operation.batch.size"] == 2, f"another size: {span}")
    codes = collections.Counter(span.attributes["error.type"] for span in spans if span.status == "ERROR")
    check(codes == {"WRONGTYPE": 4, "ERR": 4}, f"errors: {codes}")
    waited = [span.end - span.start for span in spans if span.name == "BLPOP" and span.kind == "CLIENT"]
    check(max(waited) > 250_000_000, f"the blocking command took {waited}")
    world.same_story(spans, world.replayed(recording))
    # Of the words that the client said, those that are commands. One is CONFIG SET.
    values = world.tshark_values(recording, f"tcp.dstport=={port}", "resp.bulk_string.value", f"tcp.port=={port},resp")
    words = collections.Counter(bytes.fromhex(value).decode(errors="replace") for value in values)
    names = collections.Counter(line["name"] for line in said)
    names["SET"] += names["CONFIG"]
    for name, count in names.items():
        check(words[name] == count, f"{name}: the client said {count}, tshark reads {words[name]}")


@test(every_hook=False)
def logInIsSilentUnlessItFails(world):
    _, port = server(world, "--requirepass", "hunter2")
    agent = world.agent()
    said = drive(world, port, 2, "login")
    spans = world.finish(agent, port)
    same(spans, said)
    check([span.attributes.get("error.type") for span in spans] == ["WRONGPASS", "WRONGPASS", None, None],
          "other errors")


@test(every_hook=False)
def aSocketOfTheFileSystemIsTheSame(world):
    path = str(world.folder / "redis.sock")
    server(world, path=path)
    agent = world.agent()
    said = drive(world, path, 2, "plain", "pipeline")
    world.finish(agent, path)
    # Of a socket of the file system no span has the path.
    same([span for span in world.spans(agent, None) if span.attributes.get("network.transport") == "unix"
          and span.attributes.get("db.system.name") == "redis"], said)


@test(every_hook=False)
def longValuesAndInlineCommands(world):
    _, port = server(world)
    agent = world.agent()
    said = drive(world, port, 3, "long", "inline")
    same(world.finish(agent, port), said)


@test(every_hook=False)
def aLongPipelineIsWholeOnAConnectionThatIsKnown(world):
    _, port = server(world)
    agent = world.agent()
    said = drive(world, port, 2, "long_pipeline")
    same(world.finish(agent, port), said)


@test(every_hook=False)
def aConnectionIsJoinedInTheMiddle(world):
    _, port = server(world)
    client = world.start_client("redis_client.py", port, 3, "wait", "plain", "long", packages=("redis",))
    client.wait_ready()
    agent = world.agent()
    client.go()
    said = client.wait()
    same(world.finish(agent, port), said)


@test(every_hook=False)
def aServerThatDiesLeavesAFailure(world):
    redis, port = server(world)
    agent = world.agent()
    client = world.start_client("redis_client.py", port, 2, "wait", "never", packages=("redis",))
    client.wait_ready()
    client.go()
    patience.sleep(0.5)
    redis.kill()
    said = client.wait()
    same(world.finish(agent, port), said)
