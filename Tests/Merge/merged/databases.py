"""MariaDB and PostgreSQL, empty and without passwords."""
import pathlib
import shutil

from harness.process import Skip
from live import data_folder


def mariadb(world):
    """MariaDB; the port where it listens."""
    if not shutil.which("mariadbd", path="/usr/sbin:/usr/local/sbin:/usr/bin"):
        raise Skip("MariaDB is not installed")
    data = data_folder.mariadb(world)
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
    data = data_folder.postgresql(world, found[-1])
    port = world.port()
    world.server("postgres", [
        found[-1].parent / "postgres", "-D", data, "-p", port, "-h", "127.0.0.1", "-k", world.folder, "-F"], port,
        user="postgres")
    return port
