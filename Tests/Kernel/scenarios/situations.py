"""What users get wrong, and what the world does to them: one clear line, and the right exit status."""
import itertools
import json
import os
import shutil
import signal
import subprocess
import time

from harness import free, otlp, pcap
from harness.registry import test
from harness.world import check, require

EXCHANGES = 10


def run(*command, timeout=20):
    """A command to its end."""
    return subprocess.run(
        [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, timeout=timeout)


def check_refusal(result, status, *parts):
    """It ended with the status and one line on standard error that has the parts."""
    lines = [line for line in result.stderr.splitlines() if line.strip()]
    check(result.returncode == status, f"exit status {result.returncode}, not {status}: {result.stderr[-500:]}")
    check(len(lines) == 1, f"{len(lines)} lines on standard error, not one: {result.stderr[-800:]}")
    for part in parts:
        check(part in lines[0], f"{part!r} is not in {lines[0]!r}")


@test(every_hook=False)
def aBackendThatIsNotThereIsSaidAndSurvived(world):
    port = free.port()
    service = world.backend("a")
    agent = world.agent(exporters={"otlp_http": {"endpoint": f"http://127.0.0.1:{port}"}}, file=False)
    world.client(2).send(service.url, world.names(20))
    agent.process.wait_for(agent.process.err, str(port), timeout=15)
    time.sleep(1)
    lines = [line for line in agent.process.errors().splitlines() if str(port) in line]
    check(len(lines) <= 3, f"{len(lines)} lines about it within a second or two")
    begin = time.monotonic()
    # Exits with 0 within its bound, and everything it took is accounted for.
    agent.stop()
    world.notes.append(f"drained for {time.monotonic() - begin:.1f} s")
    require(agent.unbalanced())
    counts = agent.exporters.get("otlp_http", {})
    check(counts.get("sent") == 0 and counts.get("accepted", 0) >= 40, f"the exporter's counters: {counts}")


@test(every_hook=False)
def anInterruptEndsItAsWell(world):
    agent = world.agent()
    agent.stop(signal.SIGINT)
    require(agent.unbalanced())


@test(every_hook=False)
def withoutPrivilegesItSaysWhatIsMissing(world):
    world.folder.chmod(0o755)
    binary = world.folder / "interspan"
    shutil.copy(world.binary, binary)
    result = run(
        "setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups", "--inh-caps=-all",
        "--bounding-set=-all", "env", "OTEL_TRACES_EXPORTER=console",
        *(f"INTERSPAN_SERVICE__TELEMETRY__{server}__ADDRESS=none" for server in ("METRICS", "HEALTH")), binary, "run")
    check_refusal(result, 1, "CAP_BPF")


@test(every_hook=False)
def aWrongTypeInTheConfigurationIsNamed(world):
    configuration = world.folder / "config.yaml"
    configuration.write_text("receivers:\n  ebpf:\n    payload_limit: [1]\n")
    result = run(world.binary, "run", "--config", configuration)
    check_refusal(result, 2, "receivers.ebpf.payload_limit", "line 3")


@test(every_hook=False)
def everyMistakeInTheConfigurationIsListed(world):
    configuration = world.folder / "config.yaml"
    configuration.write_text("receivers:\n  ebpf:\n    hook: sokc\n    payload_limt: 5\nexporters:\n  debug: {}\n")
    result = run(world.binary, "config", "validate", "--config", configuration)
    check(result.returncode == 2, f"exit status {result.returncode}, not 2: {result.stderr[-500:]}")
    for part in ("receivers.ebpf.hook: line 3", "receivers.ebpf.payload_limt: line 4", "payload_limit"):
        check(part in result.stderr, f"{part!r} is not in {result.stderr!r}")


@test(every_hook=False)
def wrongArgumentsEndWithTwo(world):
    for arguments in (["run", "--no-such-flag"], ["replay"], ["no-such-command"], ["run", "surplus"]):
        result = run(world.binary, *arguments)
        check(result.returncode == 2, f"{' '.join(arguments)}: exit status {result.returncode}, not 2")


@test(every_hook=False)
def aConfigurationThatIsNotThereIsNamed(world):
    missing = world.folder / "no.yaml"
    check_refusal(run(world.binary, "run", "--config", missing), 2, "no.yaml")


@test(every_hook=False)
def whatIsNoCaptureIsRefused(world):
    noise = world.folder / "noise.pcap"
    noise.write_bytes(os.urandom(5000))
    check_refusal(run(world.binary, "replay", noise), 1, "noise.pcap")
    empty = world.folder / "empty.pcap"
    empty.write_bytes(b"")
    check_refusal(run(world.binary, "replay", empty), 1, "empty.pcap")
    check_refusal(run(world.binary, "replay", world.folder / "none.pcap"), 1, "none.pcap")


@test(every_hook=False)
def aCaptureCutInMidRecordYieldsWhatWasBefore(world):
    whole = b"".join(itertools.islice(pcap.exchanges(EXCHANGES, connections=1), EXCHANGES + 2))
    capture = world.folder / "cut.pcap"
    for cut, least in ((0, EXCHANGES), (10, EXCHANGES), (150, EXCHANGES - 1)):
        capture.write_bytes(whole[:len(whole) - cut])
        result = run(world.binary, "replay", capture)
        check(result.returncode in (0, 1), f"exit status {result.returncode}: {result.stderr[-500:]}")
        spans = [span for line in result.stdout.splitlines() for span in otlp.spans_of(json.loads(line))]
        complete = {span.path for span in spans if span.kind == otlp.SERVER and span.http_status == 200}
        check(len(complete) >= least, f"{len(complete)} exchanges of {least} with {cut} bytes cut: {result.stderr}")


@test(every_hook=False)
def versionAndDoctorAnswer(world):
    check(run(world.binary, "version").returncode == 0, "version failed")
    doctor = run(world.binary, "doctor", "--json")
    report = json.loads(doctor.stdout)
    keys = {"kernel", "btf", "programs", "capabilities", "ring_buffer", "tracepoints", "scope", "not_seen",
            "conservation"}
    check(keys <= report.keys(), f"doctor --json lacks {sorted(keys - report.keys())}")
