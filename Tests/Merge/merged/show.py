"""Prints a trace as a tree, for people."""
from .compare import KINDS, OURS, key_of, what_of

BOLD, DIM, GREEN, CYAN, PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[32m", "\x1b[36m", "\x1b[0m"


class Painter:
    """Colours, where they can be seen."""

    def __init__(self, is_terminal):
        self.is_terminal = is_terminal

    def __call__(self, colour, text):
        return f"{colour}{text}{PLAIN}" if self.is_terminal else text


def joined(span):
    """How a span says that it was joined to its parent."""
    method, confidence = (span.attributes.get(f"interspan.link.{name}") for name in ("method", "confidence"))
    if not span.parent_id:
        return "root"
    if method is None:
        return "as its SDK says"
    return method if confidence is None else f"{method} {confidence:.2f}"


def title(span):
    """What stands in front: `( )` is ours, `[ ]` an SDK's."""
    service, kind = span.resource.get("service.name", "?"), KINDS.get(span.kind, "?")
    about = what_of(span) if span.path else span.name
    text = f"{service}: {kind} {span.name}" + (f" {about}" if about != span.name and span.path else "")
    return f"({text})" if key_of(span)[0] == OURS else f"[{text}]"


def notes(span):
    """What else is worth a look: where a span came from, and whom it is linked with."""
    if original := span.attributes.get("interspan.original.trace_id"):
        yield f"was in trace {original}"
    elif span.links:
        dialect = "sw8" if "sw8.trace_id" in span.attributes else "another context"
        yield f"{dialect}: linked with span {span.links[0][1]} of trace {span.links[0][0]}"


def roots(spans):
    """Spans that hang from none of these."""
    ids = {span.span_id for span in spans}
    return sorted((span for span in spans if span.parent_id not in ids), key=lambda span: span.start)


def tree(spans, is_terminal=False):
    """The lines of the tree."""
    paint, children = Painter(is_terminal), {}
    for span in sorted(spans, key=lambda span: span.start):
        children.setdefault(span.parent_id, []).append(span)
    lines, origin = [], min(span.start for span in spans)

    def add(span, depth):
        name = "  " * depth + title(span)
        took = f"{(span.end - span.start) / 1e6:8.2f} ms  +{(span.start - origin) / 1e6:.2f}"
        colour = GREEN if key_of(span)[0] == OURS else CYAN
        more = "".join(f"; {note}" for note in notes(span))
        lines.append(f"{paint(colour, name)}{' ' * max(1, 72 - len(name))}{took:<20} {paint(DIM, joined(span) + more)}")
        for child in children.get(span.span_id, []):
            add(child, depth + 1)

    for root in roots(spans):
        add(root, 1)
    return lines
