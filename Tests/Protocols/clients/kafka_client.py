"""Speaks to a Kafka broker. usage: kafka_client.py PORT WHAT [ARGUMENT...]

Prints what it did. What it can do is the functions below.
"""
import json
import sys
import threading
import time

TOPIC = "orders"


def say(**what):
    print(json.dumps(what), flush=True)


def context(number):
    """A trace context whose trace id ends with a number."""
    return f"00-0af7651916cd43dd8448eb21{number:08x}-b7ad6b7169203331-01"


def create(server, topic=TOPIC, partitions="1"):
    """Creates a topic, and says what came of it."""
    from confluent_kafka.admin import AdminClient, NewTopic
    admin = AdminClient({"bootstrap.servers": server, "client.id": "admin"})
    try:
        admin.create_topics([NewTopic(topic, int(partitions), 1)])[topic].result(10)
        say(created=topic)
    except Exception as error:
        say(failed=error.args[0].name())


def produce(server, *codecs):
    """Sends five messages with one trace context in one batch, compressed in each of the ways."""
    from confluent_kafka import Producer
    for number, codec in enumerate(codecs, 1):
        producer = Producer({
            "bootstrap.servers": server, "client.id": f"shop-{codec}", "compression.type": codec, "linger.ms": 300})
        offsets = []
        for _ in range(5):
            producer.produce(
                TOPIC, b"one of five " * 10, headers=[("traceparent", context(number))],
                on_delivery=lambda error, message: offsets.append(None if error else message.offset()))
        left = producer.flush(10)
        say(codec=codec, trace=context(number)[3:35], offsets=offsets, left=left)


def consume(server, group, many):
    """Takes so many messages, as one of a group unless that is `-`."""
    from confluent_kafka import Consumer, TopicPartition
    alone = group == "-"
    consumer = Consumer({
        "bootstrap.servers": server, "client.id": "store", "group.id": "none" if alone else group,
        "auto.offset.reset": "earliest", "enable.auto.commit": False, "session.timeout.ms": 6000,
        "max.poll.interval.ms": 6000, "heartbeat.interval.ms": 500})
    if alone:
        consumer.assign([TopicPartition(TOPIC, 0, 0)])
    else:
        consumer.subscribe([TOPIC])
    came, end = 0, time.monotonic() + 20
    while came < int(many) and time.monotonic() < end:
        message = consumer.poll(0.5)
        if message is not None and not message.error():
            came += 1
    if not alone:
        consumer.commit(asynchronous=False)
    consumer.close()
    say(came=came)


def unacknowledged(server, many):
    """Sends messages one after the other, and wants to hear nothing of them."""
    from confluent_kafka import Producer
    producer = Producer({"bootstrap.servers": server, "client.id": "careless", "acks": 0, "linger.ms": 0})
    for _ in range(int(many)):
        producer.produce(TOPIC, b"whatever")
        producer.flush(10)
    # What a broker has not read when its client is gone, it never reads.
    time.sleep(1)
    say(sent=int(many))


def python_produce(server, many, size="10", wait=""):
    """Sends messages one after the other by another library; with `wait`, half of them after a line came."""
    from kafka import KafkaProducer
    producer = KafkaProducer(
        bootstrap_servers=server, client_id="till", acks=1, linger_ms=0, max_request_size=8 << 20)
    for number in range(int(many)):
        if wait and number == int(many) // 2:
            say(ready=True)
            sys.stdin.readline()
        producer.send(TOPIC, b"x" * int(size)).get(10)
    producer.close()
    say(sent=int(many))


def several(server, many):
    """Sends messages to two partitions, each a request of its own, without waiting for answers."""
    from confluent_kafka import Producer
    producer = Producer({
        "bootstrap.servers": server, "client.id": "hurry", "linger.ms": 0, "batch.num.messages": 1,
        "max.in.flight.requests.per.connection": 5})
    offsets = []
    for number in range(int(many)):
        producer.produce(
            TOPIC, b"m", partition=number % 2,
            on_delivery=lambda error, message: offsets.append(None if error else message.offset()))
        producer.poll(0)
    producer.flush(20)
    say(delivered=len([offset for offset in offsets if offset is not None]))


def say_when_asked(consumer):
    """Says so when a request for messages is under way."""
    while not consumer._fetcher._nodes_with_pending_fetch_requests:
        time.sleep(0.05)
    # It is among those before it has left.
    time.sleep(0.5)
    say(ready=True)


def wait_for_message(server):
    """Asks for messages that never come, until its standard input ends."""
    from kafka import KafkaConsumer, TopicPartition
    consumer = KafkaConsumer(
        bootstrap_servers=server, client_id="patient", fetch_max_wait_ms=20000,
        auto_offset_reset="latest")
    consumer.assign([TopicPartition(TOPIC, 0)])
    consumer.seek(TopicPartition(TOPIC, 0), 0)
    threading.Thread(target=say_when_asked, args=[consumer], daemon=True).start()
    is_over = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), is_over.set()), daemon=True).start()
    while not is_over.is_set():
        consumer.poll(timeout_ms=500)
    say(ended=True)


def main():
    port, what, *rest = sys.argv[1:]
    globals()[what](f"127.0.0.1:{port}", *rest)


main()
