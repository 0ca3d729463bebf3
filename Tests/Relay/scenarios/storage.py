"""Folders that are full, damaged or cannot be used."""
import os
import pathlib
import shutil
import subprocess
import time

from harness import patience
from harness.process import Failure, is_root
from harness.registry import test
from relay import disk, make
from relay.check import check, equal, require
from relay.sender import HTTPSender, is_taken

from .kills import send


def tmpfs(world, megabytes):
    """A small file system of its own; None if that is not allowed here."""
    folder = world.folder / "small"
    folder.mkdir()
    if not is_root():
        return None
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder], capture_output=True)
    if made.returncode != 0:
        return None
    world.on_exit(subprocess.run, ["umount", "-l", folder])
    return folder


def send_until_refused(agent, size, most=400):
    """Sends until the disk is full: (ids acknowledged, the answer that refused)."""
    sender, acknowledged = HTTPSender(agent.http_port), []
    for _ in range(most):
        request, ids = make.traces(10, size=size)
        answer = sender.export(request.SerializeToString())
        if not is_taken(answer):
            return acknowledged, answer
        acknowledged += ids
    raise Failure(f"{most} requests of {10 * size} bytes were acknowledged, more than there is room for")


def full(world, folder, **options):
    """A full disk refuses, never acknowledges what it cannot keep, and goes on when there is room."""
    backend = world.backend("http")
    backend.kill()
    agent = world.agent({"otlp_http": disk.section(backend, sending_queue={"queue_size": 100_000})},
                        configuration=disk.storage(folder), **options)
    acknowledged, answer = send_until_refused(agent, size=20_000)
    check(answer.status in (429, 503), f"a full disk is answered with {answer}")
    check(answer.wait is not None, f"no wait is asked for: {answer}")
    check(acknowledged, "not one request was taken")
    for _ in range(5):
        request, ids = make.traces(10, size=20_000)
        if is_taken(HTTPSender(agent.http_port).export(request.SerializeToString())):
            acknowledged += ids
    agent.require_alive()
    backend.start()
    backend.wait_for_spans(acknowledged, timeout=30)
    # There is room again.
    end = patience.now() + 15
    while True:
        request, ids = make.traces(10, size=20_000)
        if is_taken(HTTPSender(agent.http_port).export(request.SerializeToString())):
            break
        check(patience.now() < end, "it refuses although there is room again")
        time.sleep(0.2)
    backend.wait_for_spans(ids)
    agent.stop()
    problems, counts = [*agent.unbalanced()], agent.counters("otlp_http")
    if counts["accepted"] != len(acknowledged) + 10 or counts["sent"] != counts["accepted"]:
        problems.append(f"{len(acknowledged) + 10} spans were acknowledged: {counts}")
    unexpected = set(backend.taken()) - set(acknowledged) - set(ids)
    if unexpected:
        problems.append(f"{len(unexpected)} spans arrived that were refused")
    require(problems)


@test
def aFullDiskRefusesAndGoesOnWhenThereIsRoom(world):
    # The queues take some room in advance, so that what was delivered can always be deleted.
    folder = tmpfs(world, 60)
    if folder:
        full(world, folder)
    else:
        full(world, world.folder / "queue", file_limit=20 << 20)


@test
def aQueueOfLimitedSizeRefusesWhatDoesNotFit(world):
    backend = world.backend("http")
    backend.kill()
    agent = world.agent({"otlp_http": disk.section(backend, sending_queue={"queue_size": 100_000})},
                        configuration=disk.storage(world.folder / "queue", max_size="4MiB"))
    acknowledged, answer = send_until_refused(agent, size=20_000)
    check(answer.status in (429, 503), f"a full queue is answered with {answer}")
    # A span is 20,000 bytes and a little more.
    check(len(acknowledged) * 20_000 <= 4 << 20, f"{len(acknowledged)} spans are in a queue of 4 MiB")
    check(len(acknowledged) * 20_000 >= 2 << 20, f"only {len(acknowledged)} spans fit into a queue of 4 MiB")
    size = sum(file.stat().st_size for file in (world.folder / "queue").rglob("*") if file.is_file())
    check(size < 64 << 20, f"a queue of 4 MiB takes {size} bytes of disk")
    backend.start()
    backend.wait_for_spans(acknowledged)
    agent.stop()
    require(agent.unbalanced())


def used(path):
    """How much of a file is in use: it may be made large in advance."""
    return len(path.read_bytes().rstrip(b"\0"))


def flip(path, chance):
    """Turns over bytes in its last part."""
    content, size = bytearray(path.read_bytes()), used(path)
    for _ in range(20):
        content[chance.randrange(size // 2, size)] ^= 0xFF
    path.write_bytes(content)


def truncate(path, chance):
    """Cuts off the end."""
    size = used(path)
    os.truncate(path, chance.randrange(size // 2, size))


def append(path, chance):
    """Puts what was never written behind the end, and behind what is in use."""
    with open(path, "r+b") as file:
        file.seek(used(path))
        file.write(chance.randbytes(5000))
        file.seek(0, os.SEEK_END)
        file.write(chance.randbytes(5000))


def damaged(world, harm):
    """Damages the newest of what a killed agent left, and starts another on it."""
    backend = world.backend("http")
    backend.kill()
    folder = world.folder / f"queue-{harm.__name__}"
    exporters = {"otlp_http": disk.section(backend)}
    agent = world.agent(exporters, configuration=disk.storage(folder))
    acknowledged = send(agent, 40, size=500)
    agent.kill()
    # Until the database is brought up to date, everything is in its log.
    newest = next(folder.rglob("*traces*-wal"), None)
    check(newest, f"there is no log of spans in {folder}")
    harm(newest, world.chance)
    backend.start()
    agent = world.agent(exporters, configuration=disk.storage(folder))
    fresh = send(agent, 3)
    backend.wait_for_spans(fresh)
    agent.stop()
    taken = backend.taken()
    problems = [*agent.unbalanced()]
    strangers = set(taken) - set(acknowledged) - set(fresh)
    if strangers:
        problems.append(f"{len(strangers)} spans arrived that nobody sent")
    survived = [span for span in acknowledged if span in taken]
    if survived != acknowledged[:len(survived)]:
        problems.append("what is lost is not the newest")
    world.notes.append(f"{len(survived)} of {len(acknowledged)} survived")
    return agent, len(acknowledged) - len(survived), problems


def says_so(agent):
    """Whether the log speaks of what was lost."""
    return any(word in agent.process.errors() for word in ("corrupt", "damaged"))


@test
def bytesTurnedOverInTheQueueCostOnlyTheNewest(world):
    agent, lost, problems = damaged(world, flip)
    counted = agent.counters("otlp_http").get("dropped_corrupt", 0)
    if lost and not (says_so(agent) and counted):
        problems.append(f"{lost} spans are lost, {counted} counted: {agent.process.errors()[-500:]}")
    check(lost, "the damage did none")
    require(problems)


@test
def aQueueCutOffDeliversWhatIsThere(world):
    # What is gone without a trace is as if it had never been written, so nothing need be said of it.
    _, lost, problems = damaged(world, truncate)
    check(lost, "the damage did none")
    require(problems)


@test
def garbageBehindTheQueueIsNotDelivered(world):
    _, lost, problems = damaged(world, append)
    equal(lost, 0, "spans lost")
    require(problems)


@test
def aFolderOfGarbageIsNoReasonNotToStart(world):
    backend = world.backend("http")
    folder = world.folder / "queue"
    exporters = {"otlp_http": disk.section(backend)}
    agent = world.agent(exporters, configuration=disk.storage(folder))
    send(agent, 3)
    agent.stop()
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        path.write_bytes(world.chance.randbytes(20_000))
    agent = world.agent(exporters, configuration=disk.storage(folder))
    backend.wait_for_spans(send(agent, 3))
    agent.stop()
    check(says_so(agent), f"the log does not say so: {agent.process.last_words()}")
    require(agent.unbalanced())


def refuses_to_start(world, folder):
    """A folder that cannot be used is exit status 1, and a line that names it."""
    configuration = {
        "extensions": {"file_storage/queue": {"directory": str(folder)}},
        "service": {"extensions": ["file_storage/queue"]},
    }
    backend = world.backend("http")
    agent = world.agent_starting({"otlp_http": disk.section(backend)}, configuration=configuration)
    equal(agent.process.wait(15), 1, f"exit status ({agent.process.last_words()})")
    check(any(str(folder) in line for line in agent.process.errors().splitlines()),
          f"no line names {folder}: {agent.process.last_words()}")


@test
def aFolderThatIsAFileIsAnErrorAtStart(world):
    path = world.folder / "file"
    path.write_text("not a folder")
    refuses_to_start(world, path)


@test
def aFolderThatCannotBeMadeIsAnErrorAtStart(world):
    refuses_to_start(world, pathlib.Path("/proc/interspan/queue"))


@test
def aFolderInUseByAnotherAgentIsAnErrorAtStart(world):
    folder = world.folder / "queue"
    first = world.agent({"otlp_http": disk.section(world.backend("http"))}, configuration=disk.storage(folder))
    refuses_to_start(world, folder)
    first.stop()
    shutil.rmtree(folder)


@test
def aBackendThatIsAwayDoesNotHoldUpTheEnd(world):
    # What is on disk is safe: the agent does not spend its time to drain on a backend that has failed.
    backend = world.backend("http")
    backend.kill()
    exporters, configuration = {"otlp_http": disk.section(backend)}, disk.storage(world.folder / "queue")
    agent = world.agent(exporters, configuration=configuration)
    acknowledged = send(agent, 20)
    agent.process.wait_for(agent.process.err, "will try again")
    agent.stop()
    counts = agent.counters("otlp_http")
    problems = [*agent.unbalanced()]
    if counts["queued"] != len(acknowledged) or counts["dropped"]:
        problems.append(f"{len(acknowledged)} spans wait on disk: {counts}")
    if "left for the next start: the backend is away" not in agent.process.errors():
        problems.append(f"it waited for the backend: {agent.process.errors()[-500:]}")
    backend.start()
    agent = world.agent(exporters, configuration=configuration)
    backend.wait_for_spans(acknowledged)
    agent.stop()
    require([*problems, *agent.unbalanced()])
