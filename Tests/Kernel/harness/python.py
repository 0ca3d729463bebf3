"""Interpreters with packages of the index."""
import os
import pathlib
import subprocess

from .process import Skip

ROOT = pathlib.Path(__file__).resolve().parents[3]


def python_with(*packages, apart=""):
    """An interpreter that has packages of the index; Skip where it cannot be made. `apart` names an environment of its
    own, for packages that do not go with the versions others have."""
    made = subprocess.run(
        [ROOT / "scripts/venv", *packages], capture_output=True, text=True, env={**os.environ, "VENV": apart})
    if made.returncode != 0:
        raise Skip(made.stderr.strip())
    return pathlib.Path(made.stdout.strip())
