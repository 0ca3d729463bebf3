"""What really happened, as the services wrote it down, and the spans that must come of it.

Each service appends a line for every request it answered: {"path": of the request, "pid": of the process, "status":,
"calls": [{"path":, "status":, "traceparent":}]}. A caller that answers nobody (the client) has no "path". Every
exchange has a path of its own, so a span is known by its path and kind. The agent never sees any of it but the path.
"""
import dataclasses
import json
import pathlib

from .otlp import CLIENT, SERVER


@dataclasses.dataclass
class Expected:
    """A span that must be there."""
    parent: tuple = None        # the key of its parent among the spans expected; None for a root
    context: tuple = None       # a root's (trace id, parent span id) from a traceparent
    pid: int = None             # None where it is not known
    status: int = None          # None where no response came


def read(paths):
    """The lines of several truth files."""
    lines = []
    for path in paths:
        path = pathlib.Path(path)
        if path.exists():
            lines += [json.loads(line) for line in path.read_text().splitlines() if line]
    return lines


def context_of(traceparent):
    """(trace id, span id, sampled) of a traceparent that the tests wrote themselves."""
    _, trace, span, flags = traceparent.split("-")
    return trace, span, int(flags, 16) & 1 == 1


def expected(lines, token):
    """The spans that must come of what happened to paths with the token: {(path, kind): Expected}."""
    answered = {line["path"]: line for line in lines if line.get("path")}
    result = {}

    def add_call(caller, call, parent, context):
        path = call["path"]
        result[path, CLIENT] = Expected(parent=parent, context=context, pid=caller["pid"], status=call["status"])
        server = answered.get(path)
        if server is None:
            return
        result[path, SERVER] = Expected(parent=(path, CLIENT), pid=server["pid"], status=server["status"])
        for inner in server["calls"]:
            add_call(server, inner, (path, SERVER), None)

    for line in lines:
        if line.get("path"):
            continue
        for call in line["calls"]:
            if token not in call["path"]:
                continue
            context = context_of(call["traceparent"]) if call.get("traceparent") else None
            if context is None or context[2]:
                add_call(line, call, None, context and context[:2])
    return result
