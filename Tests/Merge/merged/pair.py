"""Two services in a row, both traced: the smallest thing in which SDK spans and ours must alternate."""
from .compare import OURS, SDK, Tree


class Pair:
    """`front` calls `back`, both traced alike. `environment` is the back's own. Of several pairs, each with a `mark`,
    all have the `back` that is given: the port where it listens."""

    def __init__(self, world, instrument="opentelemetry", propagators=None, spans_to=(), mark="", environment=None,
                 back=None):
        self.world, self.front_name, self.back_name, self.mark = world, f"{mark}front", "back", mark
        options = {"propagators": propagators, "spans_to": spans_to}
        back = back or world.service(self.back_name, instrument, environment=environment, **options)
        self.port = world.service(self.front_name, instrument, [f"http:{back}/{mark}back"], **options)

    @property
    def names(self):
        """Of both services."""
        return [self.front_name, self.back_name]

    def visit(self, visitor, numbers, **job):
        """A request for each number."""
        self.world.requests(visitor, self.port, f"{self.mark}front", numbers, **job)

    def paths(self, number):
        """Of the request to each."""
        return f"/{self.mark}front/{number}", f"/{self.mark}back/{number}"

    def made(self, sdk, number):
        """What the SDKs say of their three spans: the front's SERVER and CLIENT, the back's SERVER."""
        return [sdk[number, *which] for which in (
            (self.front_name, "SERVER"), (self.front_name, "CLIENT"), (self.back_name, "SERVER"))]

    def nested(self, number, sdk, methods, innermost=None):
        """One chain: the visitor's span, then by turns ours and the SDKs'. innermost: what the last must have."""
        tree, (outer, inner), (served, called, answered) = Tree(number), self.paths(number), self.made(sdk, number)
        _, front = tree.exchange("visitor", self.front_name, outer, None, trace_id=served["trace"])
        entered = tree.add(SDK, self.front_name, "SERVER", outer, front, span_id=served["span"])
        left = tree.add(SDK, self.front_name, "CLIENT", inner, entered, span_id=called["span"])
        _, back = tree.exchange(self.front_name, self.back_name, inner, left, methods=methods)
        tree.add(SDK, self.back_name, "SERVER", inner, back, span_id=answered["span"], attributes=innermost or {})
        return tree

    def kept(self, number, sdk):
        """The SDKs' spans as they came, ours under the SDK's client."""
        tree, (outer, inner), (served, called, answered) = Tree(number), self.paths(number), self.made(sdk, number)
        tree.exchange("visitor", self.front_name, outer, None, trace_id=served["trace"])
        entered = tree.add(SDK, self.front_name, "SERVER", outer, span_id=served["span"])
        left = tree.add(SDK, self.front_name, "CLIENT", inner, entered, span_id=called["span"])
        tree.exchange(self.front_name, self.back_name, inner, left)
        tree.add(SDK, self.back_name, "SERVER", inner, left, span_id=answered["span"])
        return tree

    def dropped(self, number, sdk):
        """The SDKs' spans; of ours those alone that have no twin."""
        tree, (outer, inner), (served, called, answered) = Tree(number), self.paths(number), self.made(sdk, number)
        asked = tree.add(OURS, "visitor", "CLIENT", outer, trace_id=served["trace"])
        entered = tree.add(SDK, self.front_name, "SERVER", outer, asked, span_id=served["span"])
        left = tree.add(SDK, self.front_name, "CLIENT", inner, entered, span_id=called["span"])
        tree.add(SDK, self.back_name, "SERVER", inner, left, span_id=answered["span"])
        return tree
