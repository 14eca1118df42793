"""Secrets of one stack, made once and kept where only their owner can read them."""

import base64
import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from deploy.local.process import CommandFailedError

ADMIN_EMAIL = "admin@example.com"


@dataclass(frozen=True)
class Credentials:
    """Passwords in the clear, as this machine's own processes need them."""

    postgres: str
    admin_email: str
    admin_password: str
    services: dict[str, str] = field(default_factory=dict)


def load_credentials(state: Path, services: Iterable[str]) -> Credentials:
    """Read the passwords, and make those that are not there yet."""
    file = state / "credentials.json"
    known: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
    passwords = known.get("services", {})
    found = Credentials(
        postgres=known.get("postgres") or _password(),
        admin_email=known.get("admin_email") or os.environ.get("PLEXUS_ADMIN_EMAIL", ADMIN_EMAIL),
        admin_password=known.get("admin_password") or os.environ.get("PLEXUS_ADMIN_PASSWORD") or _password(),
        services=passwords | {name: passwords.get(name) or _password() for name in services},
    )
    if asdict(found) != known:
        write_secret(file, asdict(found))
    return found


def ensure_key_file(state: Path, *, has_data: bool) -> Path:
    """Return the file of key-encryption keys; never replace one under data that needs it."""
    file = state / "kek.json"
    if not file.exists():
        if has_data:
            raise CommandFailedError(
                f"{file} is missing and the personal data cannot be read without it: "
                "put it back, or start anew with `make reset`"
            )
        month = datetime.now(UTC).strftime("%Y-%m")
        keys = {"current": month, "keys": {month: _key()}, "blind_index": _key()}
        write_secret(file, keys)
    return file


def write_secret(file: Path, content: dict[str, Any]) -> None:
    """Replace a JSON file in one step, readable by its owner alone."""
    fresh = file.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        json.dump(content, out, indent=1)
    fresh.replace(file)


def _password() -> str:
    return secrets.token_urlsafe(16)


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
