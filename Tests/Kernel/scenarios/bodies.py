"""Bodies far beyond what is captured: their lengths are followed, and what comes after them is right."""
from harness import free
from harness.agent import OUR_LOSSES
from harness.registry import test
from harness.world import check

LARGE = 8 << 20
# Every process here moves bytes as fast as two processors can, of which the agent needs its share too.
ROOM = {"ring_buffer": "64MiB"}
# nginx sends what it has in files by sendfile, which has no bytes to look at.
LOSSES = [reason for reason in OUR_LOSSES if reason != "unread"]


def bodies(world, **job):
    """Large bodies through nginx and, between them, small ones on the same connections."""
    a = world.backend("a")
    front = f"127.0.0.1:{free.port()}"
    world.nginx([front], {"edge": a}, keepalive=4)
    agent, client = world.agent(receiver=ROOM), world.client(2)
    for turn in range(2):
        client.send(f"http://{front}/edge/", world.names(3, f"large{turn}"), **job)
        client.send(f"http://{front}/edge/", world.names(6, f"small{turn}"))
    expected, _ = world.finish(agent, losses=LOSSES)
    check(len(expected) == 18 * 4, f"the truth itself has {len(expected)} spans, not 72")


@test
def largeRequestBodiesAreFollowed(world):
    bodies(world, method="POST", body=LARGE)


@test
def largeChunkedRequestBodiesAreFollowed(world):
    bodies(world, method="POST", body=LARGE, chunked=True)


@test
def largeResponseBodiesAreFollowed(world):
    bodies(world, query=f"size={LARGE}")


@test
def largeChunkedResponseBodiesAreFollowed(world):
    bodies(world, query=f"size={LARGE}&chunked=1")


@test
def filesSentBySendfileAreFollowed(world):
    files = world.folder / "files"
    files.mkdir()
    names = world.names(8)
    (files / names[0]).write_bytes(b"f" * (5 << 20))
    for name in names[1:]:
        (files / name).symlink_to(files / names[0])
    front = f"127.0.0.1:{free.port()}"
    world.nginx([front], {}, files=files)
    agent, client = world.agent(), world.client(2)
    client.send(f"http://{front}/files/", names)
    # What is not there is a response of nginx's own.
    client.send(f"http://{front}/files/", world.names(4, "absent"))
    expected, _ = world.finish(agent, losses=LOSSES)
    check(len(expected) == 24, f"the truth itself has {len(expected)} spans, not 24")
