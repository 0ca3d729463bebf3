"""MongoDB: pymongo against a small responder, since no server is at hand."""
import collections
import pathlib

from harness.python import python_with
from harness.registry import test
from harness.world import check

RESPONDER = pathlib.Path(__file__).resolve().parent.parent / "clients" / "mongodb_responder.py"


def responder(world):
    """Where the responder listens."""
    port = world.port()
    world.server("responder", [python_with("pymongo"), "-B", RESPONDER, port], port)
    return port


def same(spans, said):
    """Holds the spans of each side against what the client did, and sees that no value is in them."""
    for kind in ("CLIENT", "SERVER"):
        seen = collections.Counter((span.name, span.status) for span in spans if span.kind == kind)
        wanted = collections.Counter((line["name"], line["status"]) for line in said if "name" in line)
        check(seen == wanted, f"{kind}: missing {wanted - seen}, too many {seen - wanted}")
    for span in spans:
        check(span.attributes["db.system.name"] == "mongodb", f"another system: {span}")
        check("s3cret" not in str(span), f"a value has left: {span}")


@test
def eachCommandIsASpanOnBothSides(world):
    port = responder(world)
    recording = world.record(port)
    agent = world.agent()
    said = world.client("mongodb_client.py", port, "plain", packages=("pymongo",))
    spans = world.finish(agent, port)
    same(spans, said)
    for span in spans:
        check(span.attributes["db.namespace"] == "shop", f"another database: {span}")
        check(span.attributes["db.operation.name"] == span.name.split()[0], f"another operation: {span}")
        check(span.attributes["db.collection.name"] == span.name.split()[1], f"another collection: {span}")
        if span.name == "insert users":
            check(span.attributes["db.operation.batch.size"] == 3, f"another size: {span}")
    codes = collections.Counter(span.attributes["db.response.status_code"] for span in spans if span.status == "ERROR")
    check(codes == {"26": 2, "11000": 2}, f"errors: {codes}")
    world.same_story(spans, world.replayed(recording))
    opcodes = world.tshark_values(recording, f"mongo && tcp.dstport=={port}", "mongo.opcode", f"tcp.port=={port},mongo")
    check(len(opcodes) >= len(said), f"tshark reads {opcodes}")


@test(every_hook=False)
def whatIsCompressedIsSaidToBe(world):
    port = responder(world)
    agent = world.agent()
    said = world.client("mongodb_client.py", port, "compressed", packages=("pymongo",))
    spans = world.finish(agent, port)
    check(all(span.attributes["interspan.compression"] == "zlib" for span in spans), "not all say so")
    check(len(spans) >= 2 * 3, f"{len(spans)} spans")
    check({span.name for span in spans} == {line["name"] for line in said}, "other names")


@test(every_hook=False)
def aConnectionIsJoinedInTheMiddle(world):
    port = responder(world)
    client = world.start_client("mongodb_client.py", port, "joined", packages=("pymongo",))
    client.wait_ready()
    agent = world.agent()
    client.go()
    said = client.wait()
    same(world.finish(agent, port), said)
