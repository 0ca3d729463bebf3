"""Memcached: text by pymemcache, meta by hand, binary by python-binary-memcached."""
import collections

from harness.registry import test
from harness.world import check


def server(world):
    """Where a server listens."""
    port = world.port()
    world.server("memcached", ["memcached", "-l", "127.0.0.1", "-p", port, "-U", "0", "-u", "root"], port)
    return port


def same(spans, said):
    """Holds the spans of each side against what the client did, and sees that no value is in them."""
    for kind in ("CLIENT", "SERVER"):
        seen = collections.Counter((span.name, span.status) for span in spans if span.kind == kind)
        wanted = collections.Counter((line["name"], line["status"]) for line in said if "name" in line)
        check(seen == wanted, f"{kind}: missing {wanted - seen}, too many {seen - wanted}")
    for span in spans:
        check(span.attributes["db.system.name"] == "memcached", f"another system: {span}")
        check("s3cret" not in str(span), f"a value has left: {span}")


@test
def eachCommandOfAllThreeProtocolsIsASpan(world):
    port = server(world)
    recording = world.record(port)
    agent = world.agent()
    said = world.client("memcached_client.py", port, "text", "meta", "binary",
                        packages=("pymemcache", "python-binary-memcached"))
    spans = world.finish(agent, port)
    same(spans, said)
    texts = [span.attributes["db.query.text"] for span in spans if span.kind == "CLIENT"]
    for text in ("set user:1 ?", "get user:1 b c", "incr n ?", "mg k", "ms k ?", "set bin ?", "get bin", "delete bin"):
        check(text in texts, f"{text} is missing in {texts}")
    codes = {span.attributes.get("error.type") for span in spans if span.status == "ERROR"}
    check(codes == {"CLIENT_ERROR"}, f"errors: {codes}")
    world.same_story(spans, world.replayed(recording))
    opcodes = world.tshark_values(recording, "memcache.magic == 0x80", "memcache.opcode", f"tcp.port=={port},memcache")
    check(len(opcodes) >= 6, f"tshark reads {opcodes}")


@test(every_hook=False)
def aConnectionIsJoinedInTheMiddle(world):
    port = server(world)
    client = world.start_client("memcached_client.py", port, "joined")
    client.wait_ready()
    agent = world.agent()
    client.go()
    said = client.wait()
    same(world.finish(agent, port), said)
