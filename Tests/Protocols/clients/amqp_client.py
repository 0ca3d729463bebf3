"""Speaks AMQP 0-9-1 by pika; prints what it did. usage: amqp_client.py PORT"""
import json
import sys

import pika

port = int(sys.argv[1])
CONTEXT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
sent, failures = [], []


def connection(password="guest"):
    return pika.BlockingConnection(pika.ConnectionParameters(
        "127.0.0.1", port, credentials=pika.PlainCredentials("guest", password)))


one = connection()
channel, other = one.channel(), one.channel()
channel.exchange_declare("shop", "topic")
channel.queue_declare("orders")
channel.queue_declare("plain")
channel.queue_bind("orders", "shop", "order.*")
print(json.dumps({"ready": True}), flush=True)
sys.stdin.readline()


def publish(where, exchange, key, body, **properties):
    where.basic_publish(exchange, key, body, pika.BasicProperties(**properties), mandatory=where is confirmed)
    sent.append([exchange, key, len(body)])


confirmed = one.channel()
confirmed.confirm_delivery()
publish(channel, "shop", "order.new", b"new", message_id="m1", correlation_id="c1", headers={
    "n": 7, "nested": {"traceparent": "none", "list": [1, "two"]}, "traceparent": CONTEXT})
publish(other, "", "plain", b"first")
publish(other, "", "plain", b"second")
publish(confirmed, "shop", "order.large", b"z" * 300_000)
try:
    publish(confirmed, "shop", "nowhere", b"lost")
except pika.exceptions.UnroutableError:
    sent.append(["shop", "nowhere", 4])
    failures.append("publish shop:nowhere")

got = []
for _ in range(3):
    method, _, body = other.basic_get("plain")
    got.append(len(body) if method else None)
    if method:
        last = method.delivery_tag
other.basic_ack(last, multiple=True)

delivered = []


def take(on, method, _properties, body):
    delivered.append([method.exchange, method.routing_key, len(body)])
    if len(delivered) == 1:
        on.basic_ack(method.delivery_tag)
    else:
        on.basic_nack(method.delivery_tag, requeue=False)
        on.stop_consuming()


channel.basic_consume("orders", take)
channel.start_consuming()
for operation in (lambda on: on.queue_declare("none", passive=True), lambda on: on.basic_get("none")):
    broken = one.channel()
    try:
        operation(broken)
    except pika.exceptions.ChannelClosedByBroker as error:
        failures.append(error.reply_code)
one.close()
try:
    connection("wrong")
except pika.exceptions.ProbableAuthenticationError:
    failures.append("connection.start")
print(json.dumps({"sent": sent, "got": got, "delivered": delivered, "failures": failures}))
