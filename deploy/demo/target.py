"""Where to send to: what the command line says, else the stack that runs on this machine."""

import json
from dataclasses import dataclass

from deploy.local.places import state_directory


@dataclass(frozen=True)
class Target:
    """The gateway's address and an administrator's login."""

    url: str
    email: str
    password: str


def find_target(url: str | None, email: str | None, password: str | None) -> Target:
    """FileNotFoundError when nothing runs here and the caller does not say where."""
    if url and email and password:
        return Target(url, email, password)
    folder = state_directory()
    port = json.loads((folder / "state.json").read_text("utf-8"))["ports"]["gateway"]
    held = json.loads((folder / "credentials.json").read_text("utf-8"))
    return Target(
        url or f"http://127.0.0.1:{port}",
        email or held["admin_email"],
        password or held["admin_password"],
    )
