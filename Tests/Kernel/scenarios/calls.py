"""Every system call that moves bytes through a socket, on both sides."""
import json

from harness.agent import OUR_LOSSES
from harness.registry import test
from harness.world import check

# sendfile and splice have no bytes to look at.
LOSSES = [reason for reason in OUR_LOSSES if reason != "unread"]


def every_call(world, listen):
    server_truth, client_truth = world.watch("server"), world.watch("client")
    agent = world.agent()
    server = world.script("server", "calls.py", "server", "--listen", listen, "--truth", server_truth)
    at = json.loads(server.wait_for(server.out, "listening"))["listening"]
    address = f"unix:{at}" if isinstance(at, str) else f"{at[0]}:{at[1]}"
    client = world.script(
        "client", "calls.py", "client", "--connect", address, "--truth", client_truth, "--token", world.token)
    check(client.wait(30) == 0 and server.wait(10) == 0, f"{client.last_words()} / {server.last_words()}")
    expected, _ = world.finish(agent, losses=LOSSES)
    check(len(expected) == 144, f"the truth itself has {len(expected)} spans, not 144")


@test
def everyCallIsSeenOnTCP(world):
    every_call(world, "127.0.0.1:0")


@test
def everyCallIsSeenOnUnixSockets(world):
    every_call(world, f"unix:{world.folder}/calls.sock")
