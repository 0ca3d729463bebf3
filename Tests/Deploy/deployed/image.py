"""The image's file tree, and containers of it."""
import hashlib
import pathlib
import shutil
import subprocess

from harness.process import Failure, Skip

ROOT = pathlib.Path(__file__).resolve().parents[3]
SCRATCH = ROOT / ".scratch/image"
# What makes the tree, but for the binary, which is put in anew each time.
STEPS = ("deploy/image/root", "deploy/image/install-runtime")
NEEDED = ("podman", "runc", "mmdebstrap")
CAPABILITIES = ("BPF", "PERFMON", "SYS_PTRACE", "DAC_READ_SEARCH")
BUILD_TIMEOUT_S = 580


def root(binary):
    """The tree, with a binary in it; built where it is missing or the steps have changed."""
    missing = [program for program in NEEDED if not shutil.which(program)]
    if missing:
        raise Skip(f"containers: {', '.join(missing)} is missing: scripts/install-deps deploy")
    stamp = hashlib.sha256(b"".join((ROOT / step).read_bytes() for step in STEPS)).hexdigest()
    tree, stamp_file = SCRATCH / "root", SCRATCH / "stamp"
    if not stamp_file.exists() or stamp_file.read_text() != stamp:
        shutil.rmtree(SCRATCH, ignore_errors=True)
        SCRATCH.mkdir(parents=True)
        built = subprocess.run(
            [ROOT / STEPS[0], tree, binary], capture_output=True, text=True, timeout=BUILD_TIMEOUT_S)
        if built.returncode != 0:
            raise Failure(f"the image cannot be built: {(built.stderr or built.stdout)[-800:]}")
        stamp_file.write_text(stamp)
    else:
        shutil.copy(binary, tree / "usr/bin/interspan")
    return tree


def run(tree, arguments, environment=(), volumes=(), capabilities=CAPABILITIES):
    """The command line that runs the image as deploy/compose does. What is written to it is thrown away."""
    tracing = pathlib.Path("/sys/kernel/tracing")
    if not (tracing / "events").exists():
        subprocess.run(["mount", "-t", "tracefs", "tracefs", tracing], check=True)
    command = [
        "podman", "--runtime", shutil.which("runc"), "--cgroup-manager", "cgroupfs", "--events-backend", "none", "run",
        "--rm", "--rootfs", "--network", "host", "--pid", "host", "--read-only", "--cap-drop", "ALL",
        "--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined",
        "--security-opt", "no-new-privileges",
        # Its own limits may be above what a container in a container may have.
        "--ulimit", "nofile=4096:4096", "--ulimit", "nproc=4096:4096",
        "--volume", f"{tracing}:{tracing}:ro", "--tmpfs", "/var/lib/interspan"]
    for name in capabilities:
        command += ["--cap-add", name]
    for name, value in environment:
        command += ["--env", f"{name}={value}"]
    for inside, outside in volumes:
        command += ["--volume", f"{outside}:{inside}:ro"]
    return [*command, f"{tree}:O", "/usr/bin/interspan", *arguments]
