"""wrk, the load generator: one request in, what came of it out. Python only writes its plan."""

import json
import secrets
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import NamedTemporaryFile

SCRIPT = Path(__file__).with_name("load.lua")
CLIENTS = 16
MARK = "PLEXUS "
GRACE = 30.0
FIRST = 10**9


class LoadError(Exception):
    """The load did not do what was asked: an answer that is not the expected one, or none at all."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent over and over; `<value>` and `<n>` are filled in by the script.

    `values` is a file with a value a line; `once` says that none may be sent twice. An answer is good with
    status `expect`, unless `refuse` stands in its body.
    """

    url: str
    path: str
    method: str = "GET"
    body: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    values: Path | None = None
    once: bool = False
    expect: int = 200
    refuse: str | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """What one run of wrk did: answers a second, and latencies in milliseconds."""

    good: int
    seconds: float
    used: int
    p50: float
    p95: float
    p99: float

    @property
    def rate(self) -> float:
        return self.good / self.seconds


def installed() -> bool:
    """Tell whether wrk can be run."""
    return shutil.which("wrk") is not None


def drive(
    request: Request,
    seconds: int,
    *,
    clients: int = CLIENTS,
    rate: float = 0,
    begin: int = 0,
    least: int = 1,
) -> Load:
    """Send the request for some seconds over `clients` connections, `rate` a second or as fast as answered.

    `begin` is where in the file of values the run starts. Raises LoadError for any answer that is not good,
    and for fewer than `least` good ones.
    """
    with NamedTemporaryFile("w", suffix=".lua") as plan:
        plan.write(written(request, rate, begin))
        plan.flush()
        command = ("wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "10s", "-s", str(SCRIPT))
        done = subprocess.run(
            (*command, request.url, "--", plan.name),
            capture_output=True,
            timeout=seconds + GRACE,
            check=False,
        )
    load = judged(done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"), request)
    if load.good < least:
        raise LoadError(f"{request.method} {request.path}: {load.good} answers")
    return load


def judged(output: str, complaint: str, request: Request) -> Load:
    """Read what the script printed; one bad answer is enough to refuse the run."""
    line = next((line for line in output.splitlines() if line.startswith(MARK)), None)
    where = f"{request.method} {request.path}"
    if line is None:
        raise LoadError(f"{where}: wrk said nothing: {output[-300:]}{complaint[-300:]}")
    found = json.loads(line.removeprefix(MARK))
    if found["bad"] or found["lost"]:
        counts = f"{found['bad']} of {found['good'] + found['bad']} answers, {found['lost']} lost"
        raise LoadError(f"{where}: not as expected: {counts}; the first: {found['first']}")
    if found["short"]:
        raise LoadError(f"{where}: more requests than values")
    names = ("good", "seconds", "used", "p50", "p95", "p99")
    return Load(**{name: found[name] for name in names})


def written(request: Request, rate: float, begin: int) -> str:
    """The plan as a Lua table; every run has unique values of its own."""
    named: dict[str, object] = {
        "method": request.method,
        "path": request.path,
        "body": request.body,
        "expect": request.expect,
        "refuse": request.refuse,
        "values": str(request.values) if request.values else None,
        "once": request.once,
        "from": begin,
        "rate": rate,
        "run": FIRST + secrets.randbelow(8 * FIRST),
    }
    lines = [f"[{lua(name)}] = {lua(value)}," for name, value in named.items() if value is not None]
    heads = [f"[{lua(name)}] = {lua(value)}," for name, value in request.headers.items()]
    return f"return {{ {' '.join(lines)} headers = {{ {' '.join(heads)} }} }}\n"


def lua(value: object) -> str:
    """A value in Lua's own words; texts byte by byte, so that no quote or bracket ends them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + "".join(f"\\{byte:03}" for byte in value.encode()) + '"'
    return str(value)


def signed(request: Request, token: str) -> Request:
    """The same request with a user's token."""
    return replace(request, headers={**request.headers, "Authorization": f"Bearer {token}"})
