"""Contexts that say no, and contexts that are none."""
import subprocess

from harness.registry import test
from harness.world import check, require

from merged import compare, sw8
from merged.compare import Tree
from merged.world import closing

from .skywalking import SEGMENT, TRACE

T, S = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def curl(port, number, headers):
    """A request with any headers, also several of one name."""
    command = ["curl", "--silent", "--show-error", "--max-time", "10", "--output", "/dev/null",
               f"http://127.0.0.1:{port}/plain/{number}"]
    for header in headers:
        command += ["--header", header]
    subprocess.run(command, check=True, timeout=15)


@test(every_hook=False)
def spansOfUnsampledContextsStayAway(world):
    port, agent = world.service("plain"), world.merging()
    world.ready()
    refusing = [
        [f"traceparent: 00-{T}-{S}-00"], [f"sw8: {sw8.header(TRACE, SEGMENT, 0, sample='0')}"],
        [f"uber-trace-id: {T}:{S}:0:0"], [f"b3: {T}-{S}-0"],
        [f"X-B3-TraceId: {T}", f"X-B3-SpanId: {S}", "X-B3-Sampled: 0"],
        ["x-datadog-trace-id: 7", "x-datadog-parent-id: 8", "x-datadog-sampling-priority: 0"]]
    numbers, (taken,) = world.numbers(len(refusing)), world.numbers(1)
    for number, headers in zip(numbers, refusing):
        curl(port, number, headers)
    # Of a trace of its own: that of the tests is everybody's.
    trace = f"{taken:032x}"
    curl(port, taken, [f"traceparent: 00-{trace}-{S}-01"])
    spans, tree = world.end(agent), Tree(taken)
    tree.exchange("curl", "plain", f"/plain/{taken}", S, trace_id=trace, methods=("traceparent",))
    require(compare.compare([tree, *map(Tree, numbers)], spans))


@test(every_hook=False)
def whatIsNoContextChangesNothingAndIsCounted(world):
    port, agent = world.service("plain"), world.merging()
    world.ready()
    valid, zeros = f"00-{T}-{S}-01", "0" * 32
    skywalking = sw8.header(TRACE, SEGMENT, 3)
    hostile = [
        [f"traceparent: {valid}", f"traceparent: {valid}"],
        [f"traceparent: 00-{zeros}-{S}-01"], [f"traceparent: 00-{T}-{zeros[:16]}-01"],
        [f"traceparent: {valid}-more"], [f"traceparent: {valid.upper()}"],
        [f"sw8: {skywalking}-more"], ["sw8: 1-????-" + skywalking[2:]], [f"sw8: {skywalking.replace('1-', '7-', 1)}"],
        [f"uber-trace-id: {zeros}:{S}:0:1"], [f"uber-trace-id: {T}%3G{S}%3A0%3A1"], [f"uber-trace-id: {T}%"],
        [f"b3: {T}"], [f"b3: {zeros}-{S}-1"], [f"X-B3-TraceId: {T}"],
        [f"X-Amzn-Trace-Id: Root=1-{T[:8]}-{T[8:]}x;Parent={S}"],
        ["x-datadog-trace-id: 18446744073709551616", "x-datadog-parent-id: 1"],
        [f"X-Cloud-Trace-Context: {T}/99999999999999999999;o=1"],
        # More than anything needs; some of it would be valid if it stood alone.
        [f"{name}: {value}" for index in range(50) for name, value in (
            ("traceparent", f"00-{index + 1:032x}-{S}-01"), ("sw8", skywalking),
            ("uber-trace-id", f"{index + 1:x}:{S}:0:1"), ("b3", f"{index + 1:032x}-{S}-1"))]]
    numbers = world.numbers(len(hostile))
    for number, headers in zip(numbers, hostile):
        curl(port, number, headers)
    spans, expected = world.end(agent), []
    for number in numbers:
        tree = Tree(number)
        tree.exchange("curl", "plain", f"/plain/{number}", None)
        expected.append(tree)
    require(compare.compare(expected, spans))
    counted = closing(agent, "context")
    # Both ends of each request carry it.
    refused = sum(count for name, count in counted.items() if name.endswith(("_invalid", "_repeated")))
    check(refused >= 2 * len(hostile), f"not all of {len(hostile)} were counted twice: {counted}")
