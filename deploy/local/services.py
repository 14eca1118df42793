"""The services' processes, by one table of names; a service whose package is missing is left out."""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from deploy.local.part import Part
from deploy.local.places import ROOT
from deploy.local.process import Launch
from deploy.local.tls import Certificate

NAMES = ("auth", "customer", "sales", "marketing", "ticketing", "analytics", "integration")
SERVERS = ("postgres", "databases", "kafka", "valkey")
STOP_GRACE = 20.0
VARIABLE = "PLEXUS_MIGRATIONS"


def present(root: Path = ROOT) -> tuple[str, ...]:
    """Name the services that this checkout has; PLEXUS_SERVICES=auth,sales starts only those."""
    wanted = os.environ.get("PLEXUS_SERVICES", ",".join(NAMES)).split(",")
    there = (name for name in NAMES if (root / "services" / name / "main.py").exists())
    return tuple(name for name in there if name in wanted)


def migration(environments: Mapping[str, Mapping[str, str]]) -> Part:
    """Describe the step that prepares every service's tables, topics and starting offsets."""
    command = (sys.executable, "-m", "deploy.local.migrations")
    given = {VARIABLE: json.dumps(environments)}
    return Part("migrations", _launch(command, given), needs=SERVERS)


def api(service: str, port: int, environment: Mapping[str, str], needs: tuple[str, ...]) -> Part:
    """Describe a service's HTTP process."""
    return asgi(service, f"services.{service}.main:app", port, environment, needs)


def asgi(name: str, app: str, port: int, environment: Mapping[str, str], needs: tuple[str, ...]) -> Part:
    """Describe an HTTP process and its three health addresses. No load balancer stands before it."""
    command = (sys.executable, "-m", "libs.common.serving", app, "--port", str(port), "--drain", "0")
    return _server(name, command, port, environment, needs)


def exchange(port: int, environment: Mapping[str, str], held: Certificate, authority: Path) -> Part:
    """Describe the process that exchanges cookies and API keys for tokens, for the gateway alone."""
    command = (sys.executable, "-m", "services.auth.exchange", "--port", str(port), "--drain", "0")
    tls = {"PLEXUS_TLS_CERTIFICATE": str(held.certificate), "PLEXUS_TLS_KEY": str(held.key)}
    url = f"https://127.0.0.1:{port}"
    return Part(
        "auth-exchange",
        _launch(command, {**environment, **tls}),
        port=port,
        probe=f"{url}/startupz#{authority}",
        health=f"{url}/readyz#{authority}",
        needs=(*SERVERS, "migrations"),
    )


def worker(service: str, port: int, environment: Mapping[str, str], needs: tuple[str, ...]) -> Part:
    """Describe a service's relay, consumers and jobs."""
    command = (sys.executable, "-m", f"services.{service}.worker", "--port", str(port))
    return _server(f"{service}-worker", command, port, environment, needs)


def _server(
    name: str,
    command: tuple[str, ...],
    port: int,
    environment: Mapping[str, str],
    needs: tuple[str, ...],
) -> Part:
    return Part(
        name,
        _launch(command, environment),
        port=port,
        probe=f"http://127.0.0.1:{port}/startupz",
        health=f"http://127.0.0.1:{port}/readyz",
        needs=needs,
    )


def _launch(command: tuple[str, ...], environment: Mapping[str, str]) -> Launch:
    return Launch(command, environment, directory=ROOT, grace=STOP_GRACE)
