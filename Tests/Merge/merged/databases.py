"""MariaDB and PostgreSQL, empty and without passwords. Their data folders are made once; every test gets a copy."""
import pathlib
import shutil
import subprocess
import tempfile

from harness.process import Failure, Skip
from live.server import identity, open_folder

_templates = {}


def _template(name, user, command):
    """A data folder that was made by a command, the first time it is asked for."""
    if name not in _templates:
        # Gone when the program ends.
        folder = tempfile.TemporaryDirectory(prefix=f"interspan-{name}-")
        open_folder(folder.name)
        data = pathlib.Path(folder.name, "data")
        made = subprocess.run(
            [str(part) for part in command(data)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=120, cwd=folder.name, **identity(user))
        if made.returncode:
            # What went wrong stands before pages of advice.
            said = made.stdout + made.stderr
            why = [line for line in said.splitlines() if "error" in line.lower()][:8]
            raise Failure(f"{name} did not make its data folder: {' | '.join(why) or said[-800:]}")
        _templates[name] = folder
    return pathlib.Path(_templates[name].name, "data")


def _copy(world, name, user, command):
    open_folder(world.folder)
    data = world.folder / name
    subprocess.run(["cp", "-a", _template(name, user, command), data], check=True)
    return data


def mariadb(world):
    """MariaDB; the port where it listens."""
    if not shutil.which("mariadbd", path="/usr/sbin:/usr/local/sbin:/usr/bin"):
        raise Skip("MariaDB is not installed")
    data = _copy(world, "mariadb", "mysql", lambda folder: [
        "mariadb-install-db", "--no-defaults", f"--datadir={folder}", "--auth-root-authentication-method=normal",
        "--skip-test-db"])
    port = world.port()
    world.server("mariadbd", [
        "mariadbd", "--no-defaults", f"--datadir={data}", f"--port={port}", "--bind-address=127.0.0.1",
        f"--socket={world.folder}/mariadb.sock", f"--pid-file={world.folder}/mariadb.pid", "--skip-name-resolve",
        "--innodb-buffer-pool-size=8M"], port, user="mysql")
    return port


def postgresql(world):
    """PostgreSQL; the port where it listens."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        raise Skip("PostgreSQL is not installed")
    data = _copy(world, "postgresql", "postgres", lambda folder: [
        found[-1], "-D", folder, "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8"])
    port = world.port()
    world.server("postgres", [
        found[-1].parent / "postgres", "-D", data, "-p", port, "-h", "127.0.0.1", "-k", world.folder, "-F"], port,
        user="postgres")
    return port
