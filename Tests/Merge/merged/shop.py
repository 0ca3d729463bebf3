"""The centre-piece: a shop of six parts, of which three are traced, each in a dialect of its own.

    visitor -> frontend -> nginx -> orders -+-> MariaDB
               OTel SDK            nothing  |
               traceparent                  +-> billing -> ledger -> PostgreSQL
                                                SkyWalking OTel SDK
                                                sw8        uber-trace-id
"""
from . import databases
from .compare import SDK, Tree

TRACED = ("frontend", "ledger")


class Shop:
    """All of it, running. `spans_to`: where the SDKs send their spans."""

    def __init__(self, world, spans_to):
        self.world = world
        self.mariadb, self.postgresql = databases.mariadb(world), databases.postgresql(world)
        # From back to front.
        ledger = world.service(
            "ledger", "opentelemetry", [f"postgresql:{self.postgresql}"], propagators="jaeger", spans_to=spans_to)
        billing = world.service("billing", "skywalking", [f"http:{ledger}/entry"])
        orders = world.service("orders", "none", [f"mysql:{self.mariadb}", f"http:{billing}/charge"])
        proxy = world.proxy({"checkout": orders})
        self.front = world.service(
            "frontend", "opentelemetry", [f"http:{proxy}/checkout"], propagators="tracecontext", spans_to=spans_to)
        world.ready()

    def visit(self, numbers, at_once):
        """A checkout for each number, so many at once."""
        self.world.requests(self.world.visitor(at_once), self.front, "checkout", numbers)

    def warm_up(self, agent):
        """Lets the agent see that both SDKs send their spans through it."""
        self.world.warm_up(self.front, "checkout", [agent], TRACED)

    def tree(self, number, sdk):
        """What a checkout must yield when the SDKs' spans pass through us. sdk: what the SDKs say of their spans."""
        tree, pids = Tree(number), {name: process.pid for name, process in self.world.services.items()}
        checkout, charge, entry = (f"/{part}/{number}" for part in ("checkout", "charge", "entry"))
        statement = f"n{number}"

        def pid(service):
            return {"attributes": {"process.pid": pids[service]}}

        def made(service, kind):
            return sdk[number, service, kind]

        first = made("frontend", "SERVER")["trace"]
        _, front = tree.exchange("visitor", "frontend", checkout, None, pid("frontend"), trace_id=first)
        served = tree.add(
            SDK, "frontend", "SERVER", checkout, front, span_id=made("frontend", "SERVER")["span"])
        called = tree.add(
            SDK, "frontend", "CLIENT", checkout, served, span_id=made("frontend", "CLIENT")["span"])
        _, proxy = tree.exchange("frontend", "nginx", checkout, called, methods=("traceparent",), **pid("frontend"))
        _, orders = tree.exchange("nginx", "orders", checkout, proxy, pid("orders"))
        # What it was asked with, passed on as a comment: lineage says the same.
        commented = {**pid("orders")["attributes"], "sqlcommenter.application": "shop"}
        tree.exchange(
            "orders", "mariadbd", statement, orders, methods=("thread", "task", "socket"), attributes=commented)
        _, billing = tree.exchange("orders", "billing", charge, orders, pid("billing"), **pid("orders"))
        attributes = {**pid("billing")["attributes"], **{f"sw8.{name}": is_there for name in (
            "trace_id", "segment_id", "span_id")}}
        _, ledger = tree.exchange("billing", "ledger", entry, billing, pid("ledger"), attributes=attributes)
        # The ledger's SDK knows nothing of sw8 and began a trace of its own.
        own = made("ledger", "SERVER")["trace"]
        moved = {"interspan.original.trace_id": own}
        entered = tree.add(
            SDK, "ledger", "SERVER", entry, ledger, span_id=made("ledger", "SERVER")["span"], attributes=moved,
            links=((own, made("ledger", "SERVER")["span"]),))
        stored = tree.add(
            SDK, "ledger", "CLIENT", statement, entered, span_id=made("ledger", "CLIENT")["span"], attributes=moved,
            links=((own, made("ledger", "CLIENT")["span"]),))
        commented = {**pid("ledger")["attributes"], "sqlcommenter.db_driver": is_there}
        tree.exchange(
            "ledger", "postgres", statement, stored, methods=("sql-comment",), attributes=commented)
        return tree

    def tree_around(self, number, sdk):
        """What a checkout must yield when the SDKs' spans go around us: theirs as they are, ours by contexts alone."""
        tree = Tree(number)
        checkout, charge, entry = (f"/{part}/{number}" for part in ("checkout", "charge", "entry"))
        statement, first = f"n{number}", sdk[number, "frontend", "SERVER"]["trace"]
        tree.exchange("visitor", "frontend", checkout, None, trace_id=first)
        served = tree.add(SDK, "frontend", "SERVER", checkout)
        called = tree.add(SDK, "frontend", "CLIENT", checkout, served)
        _, proxy = tree.exchange("frontend", "nginx", checkout, called, methods=("traceparent",))
        _, orders = tree.exchange("nginx", "orders", checkout, proxy)
        tree.exchange("orders", "mariadbd", statement, orders)
        _, billing = tree.exchange("orders", "billing", charge, orders)
        _, ledger = tree.exchange("billing", "ledger", entry, billing)
        # A trace of its own, which nobody can move; ours stay in the first, linked to it.
        client = sdk[number, "ledger", "CLIENT"]
        entered = tree.add(SDK, "ledger", "SERVER", entry, trace="ledger's own", trace_id=client["trace"])
        tree.add(SDK, "ledger", "CLIENT", statement, entered, trace="ledger's own")
        tree.exchange("ledger", "postgres", statement, ledger, links=((client["trace"], client["span"]),))
        return tree


def is_there(value):
    """Whether an attribute is there at all."""
    return value is not None
