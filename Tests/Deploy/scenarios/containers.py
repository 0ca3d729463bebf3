"""The image as people run it: four capabilities, a file tree that cannot be written to, beside a backend."""
import json
import time

from deployed import image
from harness.registry import test
from harness.world import check

REQUESTS = 20
PORT = 8080


def watched(world, arguments, backend, **options):
    """What a container exports of an nginx that is asked in a network namespace of its own."""
    namespace = world.namespace()
    container = world.container(arguments, **options)
    world.nginx_in(namespace, PORT)
    world.ask(namespace, f"http://127.0.0.1:{PORT}/{world.folder.name}", REQUESTS)
    time.sleep(2)
    container.stop(timeout=20)
    return [span for span in backend.spans(world.folder) if f"/{world.folder.name}/" in span.path]


def holds(spans):
    """Each request is a pair of spans with both programs' names."""
    kinds = sorted(span.kind for span in spans)
    # curl waits first until nginx listens: of a request that was refused there is no span.
    check(kinds == [2] * REQUESTS + [3] * REQUESTS, f"spans of the kinds {kinds}")
    names = {(span.kind, span.resource.get("service.name")) for span in spans}
    check(names == {(2, "nginx"), (3, "curl")}, f"services {names}")
    parents = {span.span_id: span.path for span in spans if span.kind == 3}
    wrong = [span.path for span in spans if span.kind == 2 and parents.get(span.parent_id) != span.path]
    check(not wrong, f"server spans without their client's: {wrong}")


@test(every_hook=False)
def theEnvironmentAloneConfiguresTheImage(world):
    backend = world.backend_of_spans()
    holds(watched(world, ["run"], backend, environment=[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{backend.port}"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json")]))


@test(every_hook=False)
def aFileConfiguresTheImage(world):
    backend = world.backend_of_spans()
    file = world.folder / "interspan.yaml"
    file.write_text(json.dumps({
        "exporters": {"otlp_http/backend": {
            "endpoint": f"http://127.0.0.1:{backend.port}", "encoding": "json", "compression": "none"}},
        "service": {"pipelines": {"traces": {"receivers": ["ebpf"], "exporters": ["otlp_http/backend"]}}}}))
    holds(watched(
        world, ["run", "--config", "/etc/interspan.yaml"], backend, volumes=[("/etc/interspan.yaml", file)]))


@test(every_hook=False)
def withoutItsCapabilitiesTheImageSaysWhatIsMissing(world):
    process = world.process(
        "container", image.run(image.root(world.binary), ["run"], capabilities=["SYS_PTRACE"]))
    check(process.wait(30) == 1, f"exit status {process.status}")
    check("CAP_BPF" in process.errors(), f"it does not name what it lacks: {process.last_words()}")
