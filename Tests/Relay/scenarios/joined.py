"""The same while capture runs: then spans take the way on which they are joined with what is captured."""
import time

from harness.process import Skip, is_root
from harness.registry import test
from relay.check import check, require
from relay.load import Load

from .roundtrip import relayed

ENDS = 4


def capturing(world, **merge):
    """A configuration that captures as well, and keeps what it captures apart; `merge` is laid over its section."""
    if not is_root():
        raise Skip("capture needs root")
    return {
        "receivers": {"ebpf": {}}, "processors": {"merge": merge},
        "exporters": {"file/captured": {"path": str(world.folder / "captured.jsonl")}},
        "service": {"pipelines": {"traces/captured": {"receivers": ["ebpf"], "exporters": ["file/captured"]}}},
    }


@test
def spansOfNothingThatWasCapturedArriveAsTheSDKMadeThem(world):
    for how in ("grpc", "http", "json"):
        agent, _ = relayed(world, how, configuration=capturing(world))
        check("received span summary" in agent.process.errors(), "spans did not take the way through merging")


@test
def keptSpansTakeNoDetour(world):
    agent, _ = relayed(world, "grpc", configuration=capturing(world, sdk_spans="keep"))
    check("received span summary" not in agent.process.errors(), "spans took the way through merging")


@test
def metricsAndLogsPassWhileCaptureRuns(world):
    for signal in ("metrics", "logs"):
        relayed(world, "http", signal, configuration=capturing(world))


@test
def nothingAcknowledgedIsLostByAnEndUnderLoadWhileCaptureRuns(world):
    backend = world.backend("http")
    exporters = {"otlp_http": backend.section(sending_queue={"queue_size": 100_000})}
    agent = world.agent(exporters, configuration=capturing(world))
    ports = agent.grpc_port, agent.http_port
    load = Load(agent, senders=8, spans=20)
    problems = []
    for _ in range(ENDS):
        time.sleep(world.chance.uniform(0.3, 1.5))
        agent.stop()
        problems += agent.unbalanced()
        agent = world.agent(exporters, configuration=capturing(world), ports=ports)
        load.use(agent)
    load.stop()
    agent.stop()
    problems += agent.unbalanced()
    lost = set(load.acknowledged) - set(backend.taken())
    if lost:
        problems.append(f"{len(lost)} of {len(load.acknowledged)} spans were acknowledged and never came")
    check(len(load.acknowledged) > ENDS * 100, f"the load was no load: {len(load.acknowledged)} spans")
    world.notes.append(f"{len(load.acknowledged)} spans, {load.refused} refused, {load.unanswered} unanswered")
    require(problems)
