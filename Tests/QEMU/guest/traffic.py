"""The traffic that is watched: a little of everything that HTTP and sockets do, with a name for each request that says
what it is about."""
from harness import free
from scenarios.chain import traceparent
from scenarios.context import curl

# Far more than payload_limit's default.
LARGE = 100_000
# How many spans must come of it: six of a request to /edge/, four of one to /unix/.
SPANS = 29 * 6 + 4 * 4
# How many requests are sent where one process alone is watched.
SELECTED = 4


class Scene:
    """client -> nginx -> a -> b, the same over IPv6, and nginx -> c over a Unix socket. Requests of one client follow
    each other on one connection."""

    def __init__(self, world):
        self.world = world
        b = world.backend("b")
        a = world.backend("a", call=b)
        self.middle = a
        c = world.backend("c", listen=f"unix:{world.folder}/c.sock")
        self.v4, self.v6 = f"127.0.0.1:{free.port()}", f"[::1]:{free.port('::1')}"
        self.loop = world.nginx([self.v4, self.v6], {"edge": a, "unix": c}, keepalive=8)
        self.client = world.client()
        self.edge = f"http://{self.v4}/edge/"

    def open_connections(self):
        """A connection of each kind is open before the agent starts; what goes over it now cannot be seen."""
        self.client.send(self.edge, ["unseen"])

    def use_open_connections(self, name):
        """The first request over those connections: the services wait for it since before the agent started."""
        self.client.send(self.edge, [name])

    def play(self):
        """Everything else."""
        send, edge, world = self.client.send, self.edge, self.world
        contexts = world.names(3, "context")
        send(edge, contexts, traceparents={name: traceparent() for name in contexts})
        send(edge, world.names(2, "head"), method="HEAD")
        send(edge, world.names(2, "chunked"), query=f"chunked=1&size={LARGE}")
        send(edge, world.names(2, "large"), method="POST", body=LARGE, query=f"size={LARGE}")
        send(edge, world.names(2, "pieces"), method="POST", body=LARGE, chunked=True)
        send(edge, world.names(1, "missing"), query="status=404")
        send(f"http://{self.v4}/unix/", world.names(4, "socket"))
        send(edge, world.names(2, "after"))
        # At once.
        world.client(4).send(edge, world.names(8, "many"))
        world.client(2).send(f"http://{self.v6}/edge/", world.names(4, "six"))
        # A connection and a process for each.
        for name in world.names(2, "fresh"):
            curl(world, f"http://{self.v4}", f"/edge/{name}")
        curl(world, f"http://{self.v4}", f"/edge/{world.token}foreign", traceparent())
