"""A packet capture taken at the same time tells the same story as live capture."""
import re
import signal
import subprocess
import time

from harness import free, otlp
from harness.registry import test
from harness.tree import exchange_of, name_of
from harness.world import check, require

# What may still be on its way from the kernel to tcpdump when the last response has come.
LAST_PACKET_S = 0.5


@test
def aPacketCaptureGivesTheSameExchanges(world):
    capture = world.folder / "loopback.pcap"
    tcpdump = world.process("tcpdump", [
        "tcpdump", "-i", "lo", "-w", capture, "-s", "0", "-B", "65536", "--immediate-mode", "-U", "-Z", "root", "tcp"])
    tcpdump.wait_for(tcpdump.err, "listening on")
    b = world.backend("b")
    a = world.backend("a", call=b)
    front = f"127.0.0.1:{free.port()}"
    world.nginx([front], {"edge": a}, keepalive=8)
    # Bodies go one after the other: what becomes of them side by side is the matter of bodies.py.
    agent, client, uploader = world.agent(), world.client(8), world.client(1)
    client.send(f"http://{front}/edge/", world.names(60))
    uploader.send(f"http://{front}/edge/", world.names(10, "post"), method="POST", body=100_000, query="size=50000")
    client.send(f"http://{front}/edge/", world.names(5, "missing"), query="status=404")
    expected, live = world.finish(agent)
    check(len(expected) == 75 * 6, f"the truth itself has {len(expected)} spans, not 450")

    time.sleep(LAST_PACKET_S)
    tcpdump.stop(signal.SIGINT)
    dropped = re.search(r"(\d+) packets? dropped by kernel", tcpdump.errors())
    check(dropped and dropped[1] == "0", f"tcpdump itself lost packets: {tcpdump.last_words()}")
    output = world.folder / "replayed.jsonl"
    replay = subprocess.run(
        [world.binary, "replay", capture, "--output", output], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        text=True, timeout=60)
    check(replay.returncode == 0, f"replay ended with {replay.returncode}: {replay.stderr[-500:]}")
    require(differences(story(live, world.token), story(otlp.read(output), world.token)))


def story(spans, token):
    """What both must agree on, for each span."""
    return {span.key: (exchange_of(span), span.span_id, span.operation, span.http_status, span.status)
            for span in spans if token in span.path}


def differences(live, replayed):
    """Where they do not."""
    for key in live.keys() | replayed.keys():
        if live.get(key) != replayed.get(key):
            yield f"{name_of(key)}: live {live.get(key)}, replayed {replayed.get(key)}"
