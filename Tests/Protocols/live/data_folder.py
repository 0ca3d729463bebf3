"""Folders of databases, which take seconds to make: each is made once for a program that runs tests, and every test
gets a copy."""
import pathlib
import subprocess
import tempfile

from harness.process import Failure

from .server import identity, open_folder

_templates = {}


def mariadb(world):
    """MariaDB's, without passwords."""
    return _copy(world, "mariadb", "mysql", lambda folder: [
        "mariadb-install-db", "--no-defaults", f"--datadir={folder}", "--auth-root-authentication-method=normal",
        "--skip-test-db"])


def postgresql(world, initdb):
    """PostgreSQL's, without passwords."""
    return _copy(world, "postgresql", "postgres", lambda folder: [
        initdb, "-D", folder, "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8"])


def _copy(world, name, user, command):
    open_folder(world.folder)
    data = world.folder / name
    subprocess.run(["cp", "-a", _template(name, user, command), data], check=True)
    return data


def _template(name, user, command):
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
