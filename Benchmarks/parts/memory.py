"""What the agent itself takes: resident memory and CPU time, idle, at given rates, and with nginx at saturation."""
import time

from .loads import program
from .stage import CONNECTIONS, WARM_UP_S, Row, cpu_ns, figure, resident_mib

EVERY_HOOK = True
EVERY_S = 0.25
# Exchanges a second that are asked for; each is seen from both its ends, which makes two spans.
RATES = [1_000, 10_000, 50_000]


def samples(pid, seconds):
    """Resident memory now and then."""
    values = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        values.append(resident_mib(pid))
        time.sleep(EVERY_S)
    return values


def at_rate(stage, rate):
    """A load of requests at a steady rate, until it is stopped."""
    load = stage.process("h2load", [
        program("h2load"), "--h1", "-t", 1, "-c", CONNECTIONS, "--rps", rate / CONNECTIONS, "-D", 600, stage.url])
    time.sleep(WARM_UP_S)
    return load


def under(stage, load_starts, what, budget):
    """Rows of one load: memory, and CPU time by the exchange."""
    agent = stage.agent()
    seconds = 2 if stage.quick else 10
    before, begin = cpu_ns([agent.pid]), time.monotonic()
    load = load_starts()
    at_load = samples(agent.pid, seconds)
    load.stop()
    took = time.monotonic() - begin
    used = cpu_ns([agent.pid]) - before
    agent.stop()
    exchanges = agent.counters["opened"] / 2
    lost = agent.counters.get("lost_ring_full", 0)
    what = f"{what}, {exchanges / took:,.0f} exchanges/s of two ends seen, {lost:,} records lost"
    yield Row(f"resident memory {what}", figure(at_load, " MiB", 1), budget)
    yield Row(f"CPU time for 100,000 exchanges {what}", f"{used / exchanges * 1e-4:.2f} s", "")


def measure(stage):
    """Idle, at rates, at saturation."""
    stage.start_nginx()
    agent = stage.agent()
    yield Row("resident memory, idle", figure(samples(agent.pid, 2 if stage.quick else 10), " MiB", 1), "< 40 MiB")
    agent.stop()
    for rate in RATES:
        yield from under(
            stage, lambda rate=rate: at_rate(stage, rate), f"at {rate:,}/s asked for",
            "< 150 MiB" if rate == RATES[-1] else "")
    yield from under(stage, stage.load, "at saturation", "")
