"""An agent that is killed: nothing of it stays in the kernel, and the next one starts as if it had never been."""
import re
import signal
import time

from harness import free, kernel_objects, patience
from harness.process import Failure
from harness.registry import test
from harness.telemetry import Telemetry
from harness.world import check, require

# The kernel frees programs when nothing can be running them, maps after those.
FREED_S = 30.0
COMPLAINT = re.compile(r"\b(warn|error)\b", re.IGNORECASE)


def kill(agent):
    """Ends it as the kernel would when memory is short; waits until nothing of it is left there."""
    held = kernel_objects.held_by(agent.pid)
    kinds = {kind for kind, _ in held}
    check({"prog_id", "map_id"} <= kinds, f"it holds {kernel_objects.named(held) or 'nothing'}")
    check(kernel_objects.still_there(held) == held, "what it holds is not there while it runs")
    agent.process.popen.send_signal(signal.SIGKILL)
    check(agent.process.wait(10) == -signal.SIGKILL, f"it ended with {agent.process.status}")
    end = patience.now() + FREED_S
    while left := kernel_objects.still_there(held):
        if patience.now() > end:
            raise Failure(f"{FREED_S:.0f} s after its end the kernel still has {kernel_objects.named(left)}")
        time.sleep(0.05)
    return len(held)


@test
def anAgentThatIsKilledLeavesNothingInTheKernelAndTheNextStartIsClean(world):
    telemetry = Telemetry()
    settings = {
        "telemetry": telemetry.section, "service": {"state_directory": str(world.folder / "state")},
        "receivers": {"otlp": {"protocols": {"http": {"endpoint": f"127.0.0.1:{free.port()}"}}}}}
    b = world.backend("b")
    a = world.backend("a", call=b)
    client = world.client(4)
    for turn in range(2):
        agent = world.agent(**settings)
        # Connections stay open: the next agent joins them in the middle.
        client.send(a.url, world.names(20, f"killed{turn}"))
        world.notes.append(f"{kill(agent)} objects of the {'second' if turn else 'first'}")
    # All its addresses, and its folder, are those of the dead.
    agent = world.agent(**settings)
    client.send(a.url, world.names(40, "after"))
    expected, _ = world.finish(agent, token=f"{world.token}after")
    check(len(expected) == 160, f"the truth itself has {len(expected)} spans")
    require([f"the next start says: {line}" for line in agent.process.errors().splitlines() if COMPLAINT.search(line)])
