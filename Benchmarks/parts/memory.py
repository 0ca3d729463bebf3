"""Resident memory of the agent: idle, and with nginx at saturation."""
import time

from .stage import Row, figure, resident_mib

EVERY_HOOK = True
EVERY_S = 0.25


def samples(pid, seconds):
    """Resident memory now and then."""
    values = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        values.append(resident_mib(pid))
        time.sleep(EVERY_S)
    return values


def measure(stage):
    """Idle, then at load; and how much was captured meanwhile."""
    stage.start_nginx()
    agent = stage.agent()
    seconds = 2 if stage.quick else 10
    yield Row("resident memory, idle", figure(samples(agent.pid, seconds), " MiB", 1), "< 40 MiB")
    load = stage.load()
    at_load = samples(agent.pid, seconds)
    load.stop()
    agent.stop()
    opened, lost = agent.counters.get("opened", 0), agent.counters.get("lost_ring_full", 0)
    rate = opened / (seconds + 1)
    yield Row(
        f"resident memory at about {rate:,.0f} spans/s ({lost:,} records lost)", figure(at_load, " MiB", 1),
        "< 150 MiB")
