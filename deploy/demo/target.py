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
    # Who vouches for the gateway's certificate; None: an authority that this machine trusts.
    ca_file: str | None = None


def find_target(
    url: str | None, email: str | None, password: str | None, ca_file: str | None = None
) -> Target:
    """FileNotFoundError when nothing runs here and the caller does not say where."""
    if url and email and password:
        return Target(url, email, password, ca_file)
    folder = state_directory()
    running = json.loads((folder / "state.json").read_text("utf-8"))
    held = json.loads((folder / "credentials.json").read_text("utf-8"))
    return Target(
        url or running["url"],
        email or held["admin_email"],
        password or held["admin_password"],
        ca_file or running["ca_file"],
    )
