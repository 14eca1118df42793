"""A service's own process on a scratch database, with one caller who may do everything."""

import asyncio
import os
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from sqlalchemy import text

from libs.common.testing import Scratch, kek_file, scratch
from tests.api import bearer, colleague, seed

EVERYTHING = 1
COLLEAGUE = 2
_PATIENCE = 300.0
# A refusal leaves a row in the audit trail and counts towards a lockout, and leaves nothing anywhere else.
_TABLES = text(
    "SELECT tablename FROM pg_tables"
    " WHERE schemaname = 'public' AND tablename NOT IN ('audit', 'lockout') ORDER BY 1"
)


@dataclass(frozen=True, slots=True)
class Running:
    """The service at `url`; what it writes to its standard error is in `log`."""

    service: str
    url: str
    scratch: Scratch
    log: Path

    @property
    def headers(self) -> dict[str, str]:
        """The caller's credential; he is a colleague of nobody who can be deactivated through the API."""
        return bearer(EVERYTHING)

    async def fingerprint(self) -> dict[str, str]:
        """One hash over all rows of each table but the audit trail."""
        async with self.scratch.database.reading.connect() as connection:
            names = list((await connection.execute(_TABLES)).scalars())
            statement = "SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {} t"
            return {
                name: str((await connection.execute(text(statement.format(f'"{name}"')))).scalar_one())
                for name in names
            }


@asynccontextmanager
async def running(service: str, folder: Path) -> AsyncIterator[Running]:
    """Start a service as production does, and stop it afterwards."""
    async with scratch(service) as lent:
        everyone = [*colleague(EVERYTHING, {"*:*": "all"}), *colleague(COLLEAGUE, {"*:*": "all"})]
        await seed(lent.database, everyone)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        log = folder / f"{service}.log"
        process = await _start(service, port, lent, log)
        try:
            url = f"http://127.0.0.1:{port}"
            await _wait_for(url, process, log)
            yield Running(service, url, lent, log)
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def _start(service: str, port: int, lent: Scratch, log: Path) -> Process:
    settings = {
        "DATABASE_URL": lent.url,
        "KAFKA_BOOTSTRAP": lent.settings.kafka_bootstrap,
        "KEK_FILE": str(kek_file()),
        "SLOT": f"{service}-0",
        # Most ids that a fuzzer makes up will never come.
        "REFERENCE_PATIENCE": "0.05",
    }
    arguments = ("--host", "127.0.0.1", "--port", str(port), "--no-access-log", "--log-level", "warning")
    with log.open("wb") as written:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "uvicorn", f"services.{service}.main:app", *arguments),
            env=os.environ | {f"PLEXUS_{name}": value for name, value in settings.items()},
            stdout=written,
            stderr=written,
        )


async def _wait_for(url: str, process: Process, log: Path) -> None:
    async with httpx.AsyncClient() as client, asyncio.timeout(_PATIENCE):
        while True:
            assert process.returncode is None, log.read_text("utf-8")
            try:
                if (await client.get(f"{url}/readyz")).status_code == httpx.codes.OK:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.05)
