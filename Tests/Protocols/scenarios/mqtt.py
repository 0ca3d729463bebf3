"""MQTT 3.1.1 and 5: Mosquitto and paho-mqtt."""
import collections

from harness.registry import test
from harness.world import check

CONTEXT = "0af7651916cd43dd8448eb211c80319c"


def broker(world):
    """A Mosquitto that wants a password."""
    port = world.port()
    passwords = world.folder / "passwords"
    world.command(["mosquitto_passwd", "-b", "-c", passwords, "user", "right"])
    (world.folder / "mosquitto.conf").write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous false\npassword_file {passwords}\nuser root\n")
    return port, world.server("mosquitto", ["mosquitto", "-c", "mosquitto.conf"], port)


def names(said):
    """What the spans of one side must be called, but for those of brokers and clients that fail."""
    sent = [f"publish {topic}" for topic, *_ in said["sent"]]
    arrived = [f"deliver {topic}" for topic, *_ in said["arrived"]]
    return collections.Counter(sent), collections.Counter(arrived)


def _spoken(world, version):
    port, _ = broker(world)
    recording = world.record(port)
    agent = world.agent()
    client = world.start_client("mqtt_client.py", port, version, packages=("paho-mqtt",))
    client.go()
    _, said, refused = client.wait()
    check(refused["refused"], "a wrong password was taken")
    sent, arrived = names(said)
    check(sent.total() == arrived.total(), f"{sent} was sent, {arrived} arrived")

    spans = world.finish(agent, port)
    others = {"subscribe shop/#": 1, "unsubscribe other/topic": 1, "connect": 1}
    world.same_names(spans, "PRODUCER", sent)
    world.same_names(spans, "CONSUMER", arrived)
    world.same_names(spans, "CLIENT", others)
    world.same_names(spans, "SERVER", sent + arrived + collections.Counter(others))
    for span in spans:
        failed = span.name == "connect"
        check((span.status == "ERROR") == failed, f"{span}")
        check(span.attributes["messaging.system"] == "mqtt", f"{span}")
    for kind, messages in (("PRODUCER", said["sent"]), ("CONSUMER", said["arrived"])):
        sizes = [span.attributes["messaging.message.body.size"] for span in spans if span.kind == kind]
        check(sorted(sizes) == sorted(size for *_, size in messages), f"{kind} spans say {sizes}")
    world.same_story(spans, world.replayed(recording))

    decode = f"tcp.port=={port},mqtt"
    types = collections.Counter(
        int(value) for value in world.tshark_values(recording, "mqtt", "mqtt.msgtype", decode))
    servers = [span.name.split()[0] for span in spans if span.kind == "SERVER"]
    check(types[3] == servers.count("publish") + servers.count("deliver"), f"tshark reads {types}")
    check((types[8], types[10]) == (1, 1), f"tshark reads {types}")
    return spans


@test
def mqtt311IsSeenByBothSides(world):
    _spoken(world, 3)


@test(every_hook=False)
def mqtt5IsSeenByBothSidesWithItsContexts(world):
    spans = _spoken(world, 5)
    published = [span for span in spans if span.kind == "PRODUCER" and "kept" not in span.name]
    check(published and all(span.trace_id == CONTEXT for span in published), "a context in a user property counts")
    refused = [span for span in spans if span.name == "connect"]
    check(all(span.attributes["error.type"] == "135" for span in refused), "refused: not authorized")


@test(every_hook=False)
def mqttIsJoinedInTheMiddle(world):
    port, _ = broker(world)
    client = world.start_client("mqtt_client.py", port, 3, packages=("paho-mqtt",))
    client.wait_ready()
    agent = world.agent()
    client.go()
    said = client.wait()[1]
    spans = world.finish(agent, port)
    sent, arrived = names(said)
    world.same_names(spans, "PRODUCER", sent)
    world.same_names(spans, "CONSUMER", arrived)
