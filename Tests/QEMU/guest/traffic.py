"""The traffic that is watched: a little of everything that HTTP and sockets do, with a name for each request that says
what it is about."""
from harness import free
from scenarios.chain import traceparent
from scenarios.context import curl

# Far more than payload_limit's default.
LARGE = 100_000


class Scene:
    """client -> nginx -> a -> b, the same over IPv6, and nginx -> c over a Unix socket."""

    def __init__(self, world):
        self.world = world
        self.b = world.backend("b")
        self.a = world.backend("a", call=self.b)
        self.c = world.backend("c", listen=f"unix:{world.folder}/c.sock")
        self.v4, self.v6 = f"127.0.0.1:{free.port()}", f"[::1]:{free.port('::1')}"
        world.nginx([self.v4, self.v6], {"edge": self.a, "sock": self.c}, keepalive=8)
        self.client = world.client(2)

    def before(self):
        """Connections that are open before the agent starts; what goes over them now cannot be seen."""
        self.client.send(f"http://{self.v4}/edge/", ["unseen-0", "unseen-1"])

    def play(self):
        """All of it."""
        edge, world = f"http://{self.v4}/edge/", self.world
        contexts = world.names(4, "context")
        self.client.send(edge, world.names(8, "kept"))
        self.client.send(edge, contexts, traceparents={name: traceparent() for name in contexts})
        self.client.send(edge, world.names(2, "head"), method="HEAD")
        self.client.send(edge, world.names(2, "chunked"), query=f"chunked=1&size={LARGE}")
        self.client.send(edge, world.names(2, "large"), method="POST", body=LARGE, query=f"size={LARGE}")
        self.client.send(edge, world.names(2, "pieces"), method="POST", body=LARGE, chunked=True)
        self.client.send(edge, world.names(2, "missing"), query="status=404")
        self.client.send(f"http://{self.v4}/sock/", world.names(4, "unix"))
        self.client.send(edge, world.names(2, "after"))
        # A connection and a process for each.
        for name in world.names(2, "fresh"):
            curl(world, f"http://{self.v4}", f"/edge/{name}")
        curl(world, f"http://{self.v4}", f"/edge/{world.token}foreign", traceparent())
        six = world.client(2)
        six.send(f"http://{self.v6}/edge/", world.names(4, "six"))
