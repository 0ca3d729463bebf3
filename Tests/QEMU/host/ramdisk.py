"""Makes the ramdisk: Python with what the tests import, nginx, curl, the agent as it is released, and nothing else of
a system."""
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

from .cpio import Archive

TESTS = pathlib.Path(__file__).resolve().parents[2]
INTERPRETER = "/usr/bin/python3"
PATHS = "import sys, sysconfig; print(sys.executable, sysconfig.get_path('stdlib'))"
# Of Python's library: what is large and not imported here. TLS would be loaded with every HTTP client and never used.
LEFT_OUT = re.compile(
    r"(^|/)(test|tests|idlelib|tkinter|turtledemo|lib2to3|ensurepip|distutils|pydoc_data|unittest|site-packages"
    r"|dist-packages|config-[^/]*)/|/_ssl\.[^/]*$|\.(opt-[12]\.pyc|a|exe)$")


def make(binary, cache):
    """A ramdisk with an agent. It is not compressed: an emulated machine would be slower at undoing it."""
    base, interpreter = make_base(cache)
    path = cache / "ramdisk.cpio"
    with open(path, "wb") as file:
        with open(base, "rb") as source:
            shutil.copyfileobj(source, file, 1 << 20)
        archive = Archive(file)
        archive.add("/usr/bin/interspan", binary)
        for library in libraries([binary]):
            archive.add(library, library)
        for folder in ("Kernel/harness", "Kernel/services", "Kernel/scenarios", "QEMU/guest"):
            for source in sorted((TESTS / folder).glob("*.py")):
                archive.add(f"/test/{folder}/{source.name}", source)
        archive.add_bytes(
            "/init", f"#!{interpreter} -B\n".encode() + (TESTS / "QEMU/guest/init.py").read_bytes(), mode=0o755)
        archive.add_bytes("/etc/passwd", b"root:x:0:0:root:/root:/bin/sh\n")
        archive.add_bytes("/etc/group", b"root:x:0:\n")
        archive.close()
    return path


def make_base(cache):
    """The part that does not change from one build of the agent to the next, and the interpreter's place in it."""
    asked = INTERPRETER if os.access(INTERPRETER, os.X_OK) else sys.executable
    said = subprocess.run([asked, "-c", PATHS], capture_output=True, text=True, check=True).stdout.split()
    interpreter, library = os.path.realpath(said[0]), pathlib.Path(said[1])
    programs = {interpreter: interpreter}
    for name in ("nginx", "curl"):
        found = shutil.which(name) or shutil.which(name, path="/usr/sbin")
        if not found:
            raise FileNotFoundError(f"{name} is not installed")
        programs[f"/usr/bin/{name}"] = os.path.realpath(found)
    modules = [path for path in sorted(library.rglob("*")) if path.is_file() and not LEFT_OUT.search(str(path))]
    files = {**programs, **{str(path): path for path in modules}}
    for path in libraries([*programs.values(), *(path for path in modules if path.suffix == ".so")]):
        files[path] = path
    state = [[str(path), os.stat(source).st_mtime_ns, os.stat(source).st_size] for path, source in files.items()]
    base = cache / f"base-{hashlib.sha256(json.dumps(state).encode()).hexdigest()[:16]}.cpio"
    if not base.exists():
        for old in cache.glob("base-*.cpio"):
            old.unlink()
        partial = base.with_suffix(".part")
        with open(partial, "wb") as file:
            archive = Archive(file)
            for path, source in files.items():
                archive.add(path, source)
            archive.close()
        os.replace(partial, base)
    return base, interpreter


def libraries(programs):
    """What a dynamic linker loads for them, itself included."""
    found = set()
    for program in programs:
        listed = subprocess.run(["ldd", program], capture_output=True, text=True, check=False).stdout
        missing = re.findall(r"(\S+) => not found", listed)
        if missing:
            raise FileNotFoundError(f"{program} needs {', '.join(missing)}")
        found.update(re.findall(r"(/\S+) \(0x", listed))
    return sorted(found)
