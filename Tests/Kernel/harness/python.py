"""Interpreters with packages of the index."""
import pathlib
import subprocess

from .process import Skip

ROOT = pathlib.Path(__file__).resolve().parents[3]


def python_with(*packages):
    """An interpreter that has packages of the index; Skip where it cannot be made."""
    made = subprocess.run([ROOT / "scripts/venv", *packages], capture_output=True, text=True)
    if made.returncode != 0:
        raise Skip(made.stderr.strip())
    return pathlib.Path(made.stdout.strip())
