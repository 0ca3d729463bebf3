"""Every way out of the relay at once: each encoding and compression is an exporter of its own."""

WAYS = {
    "otlp_grpc/gzip": {"compression": "gzip"},
    "otlp_grpc/plain": {"compression": "none"},
    "otlp_http/gzip": {"compression": "gzip"},
    "otlp_http/plain": {"compression": "none"},
    "otlp_http/json": {"compression": "none", "encoding": "json"},
    "otlp_http/packed": {"compression": "gzip", "encoding": "json"},
}


def every_way(world):
    """(The backends, sections of exporters): an exporter is known at its backend by the header `x-way`."""
    backends = {kind: world.backend(kind) for kind in ("grpc", "http")}
    sections = {
        name: backends[name[5:9]].section(headers={"x-way": name}, **settings) for name, settings in WAYS.items()}
    return backends, sections


def bodies(backends, way, signal="traces"):
    """What came by a way."""
    return backends[way[5:9]].bodies(signal, x_way=way)


def wait_for(backends, signal, count, items_of, ways=tuple(WAYS)):
    """Waits until so many items of a signal came by every way."""
    for way in ways:
        backends[way[5:9]].wait_for(
            lambda _, way=way: items_of(signal, bodies(backends, way, signal)) >= count, f"{count} {signal} by {way}")
