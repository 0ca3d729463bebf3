"""Speaks MQTT by paho-mqtt, as a publisher and a subscriber of its own; prints what it did. usage: mqtt_client.py PORT
VERSION (3 or 5). Goes on after connecting, and again before it leaves, when a line comes."""
import json
import sys
import threading

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

port, version = int(sys.argv[1]), int(sys.argv[2])
is_five = version == 5
protocol = mqtt.MQTTv5 if is_five else mqtt.MQTTv311
arrived = []
everything = threading.Condition()


def connected(name, password=None):
    """A client that is connected."""
    done = threading.Event()
    result = []
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=name, protocol=protocol)
    client.username_pw_set("user", password or "right")

    def on_connect(_client, _data, _flags, code, _properties):
        result.append(code.is_failure)
        done.set()

    client.on_connect = on_connect
    client.connect("127.0.0.1", port)
    client.loop_start()
    done.wait(10)
    return client, result[0]


def on_message(_client, _data, message):
    with everything:
        arrived.append((message.topic, message.qos, len(message.payload)))
        everything.notify()


subscriber, _ = connected("subscriber")
subscriber.on_message = on_message
publisher, _ = connected("publisher")
print(json.dumps({"ready": True}), flush=True)
sys.stdin.readline()

subscribed = threading.Event()
subscriber.on_subscribe = lambda *_: subscribed.set()
subscriber.subscribe([("shop/#", 2), ("other/topic", 1)])
subscribed.wait(10)
sent = []


def publish(topic, payload, quality, properties=None, retain=False):
    """Publishes, and waits until it has arrived."""
    publisher.publish(topic, payload, quality, retain, properties).wait_for_publish(10)
    sent.append((topic, quality, len(payload)))
    with everything:
        everything.wait_for(lambda: len(arrived) == len(sent), 10)


def properties(alias=None):
    if not is_five:
        return None
    made = Properties(PacketTypes.PUBLISH)
    made.UserProperty = ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    if alias:
        made.TopicAlias = alias
    return made


for quality in (0, 1, 2):
    publish(f"shop/quality/{quality}", b"x" * (quality + 1), quality, properties())
publish("shop/large", b"z" * 300_000, 1, properties())
publish("shop/kept", b"kept", 1, retain=True)
if is_five:
    publish("shop/alias", b"first", 0, properties(alias=1))
    publish("", b"second", 0, properties(alias=1))
    sent[-1] = ("shop/alias", 0, 6)

gone = threading.Event()
subscriber.on_unsubscribe = lambda *_: gone.set()
subscriber.unsubscribe("other/topic")
gone.wait(10)
publisher.disconnect()
subscriber.disconnect()
print(json.dumps({"sent": sent, "arrived": arrived}), flush=True)
refused, is_refused = connected("intruder", "wrong")
refused.loop_stop()
print(json.dumps({"refused": is_refused}))
