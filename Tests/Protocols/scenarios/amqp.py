"""AMQP 0-9-1: RabbitMQ and pika. The broker takes its time to start: all that can be in one test is."""
import collections

from harness.registry import test
from harness.world import check
from scenarios import contexts

CONTEXT = "0af7651916cd43dd8448eb211c80319c"


def broker(world):
    """A RabbitMQ of its own: its node, its folder, its name service on a port of its own."""
    port = world.port()
    (world.folder / "enabled").write_text("[].\n")
    (world.folder / "rabbitmq.conf").write_text(f"listeners.tcp.1 = 127.0.0.1:{port}\n")
    env = {
        "RABBITMQ_NODENAME": f"test{port}@localhost", "RABBITMQ_MNESIA_BASE": str(world.folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(world.folder / "log"), "RABBITMQ_LOGS": "-",
        "RABBITMQ_CONFIG_FILE": str(world.folder / "rabbitmq"), "RABBITMQ_DIST_PORT": str(world.port()),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(world.folder / "enabled"), "ERL_EPMD_PORT": str(world.port()),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
    }
    return port, world.server(
        "rabbitmq", ["/usr/lib/rabbitmq/bin/rabbitmq-server"], port, user="rabbitmq", env=env, timeout=90)


@test
def amqpIsSeenByBothSides(world):
    port, _ = broker(world)
    _whole(world, port)
    _joined(world, port)
    contexts.through_queues(world, port)


def _expected(said):
    sent = collections.Counter(
        "publish " + (f"{exchange}:{key}" if exchange else key) for exchange, key, _ in said["sent"])
    delivered = collections.Counter(f"deliver {exchange}:{key}:orders" for exchange, key, _ in said["delivered"])
    return sent, delivered


def _whole(world, port):
    recording = world.record(port)
    agent = world.agent()
    client = world.start_client("amqp_client.py", port, packages=("pika",))
    client.go()
    said = client.wait()[-1]
    check(said["failures"] == ["publish shop:nowhere", 404, 404, "connection.start"], f"{said['failures']}")
    check(said["got"] == [5, 6, None], f"{said['got']} were got")

    sent, delivered = _expected(said)
    got = collections.Counter({"get plain": 3, "get none": 1})
    others = collections.Counter(
        {"ack plain": 1, "ack orders": 1, "nack orders": 1, "queue.declare none": 1, "connection.start": 1})
    spans = world.finish(agent, port)
    world.same_names(spans, "PRODUCER", sent)
    world.same_names(spans, "CONSUMER", delivered + got)
    world.same_names(spans, "CLIENT", others)
    world.same_names(spans, "SERVER", sent + delivered + got + others)
    codes = {span.name: span.attributes["error.type"] for span in spans if span.status == "ERROR"}
    check(codes == {
        "publish shop:nowhere": "312", "get none": "404", "queue.declare none": "404", "connection.start": "403"
    }, f"{codes}")
    for span in spans:
        if span.name == "publish shop:order.new":
            check(span.trace_id == CONTEXT, "a context in the headers table counts")
            check(span.attributes["messaging.message.id"] == "m1", f"{span}")
            check(span.attributes["messaging.message.conversation_id"] == "c1", f"{span}")
        if span.name == "ack plain":
            check(span.attributes["messaging.batch.message_count"] == 2, f"{span}")
        if "order.large" in span.name:
            check(span.attributes["messaging.message.body.size"] == 300_000, f"{span}")
    world.same_story(spans, world.replayed(recording))

    decode = f"tcp.port=={port},amqp"
    methods = collections.Counter(
        world.tshark_values(recording, "amqp.method.class == 60", "amqp.method.method", decode))
    check(methods["40"] == sent.total() and methods["60"] == delivered.total(), f"tshark reads {methods}")
    check(methods["70"] == got.total(), f"tshark reads {methods}")


def _joined(world, port):
    client = world.start_client("amqp_client.py", port, packages=("pika",))
    client.wait_ready()
    agent = world.agent()
    client.go()
    said = client.wait()[-1]
    sent, delivered = _expected(said)
    spans = world.finish(agent, port)
    world.same_names(spans, "PRODUCER", sent)
    world.same_names(spans, "CONSUMER", delivered + collections.Counter({"get plain": 3, "get none": 1}))
