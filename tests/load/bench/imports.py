"""A file of contacts on its way in: sent, mapped by the headings, taken in by the worker."""

import asyncio
import csv
import io
import time
from datetime import datetime

import httpx

from tests.load.bare_import import take_in
from tests.load.bench.platform import DATABASE, Platform
from tests.load.bench.report import Report
from tests.load.bench.requests import API

POLL, PATIENCE = 0.1, 300.0
HEADINGS = ("Family name", "Given name", "E-mail", "Phone", "Title")


def imports(platform: Platform, report: Report, token: str, count: int, times: int) -> None:
    """Rows a second, from the start of the import to its end as it tells them itself, and of bare COPY."""
    own: list[float] = []
    bare: list[float] = []
    uploads: list[float] = []
    for turn in range(times):
        content = table(f"{time.time_ns()}", count)
        seconds, upload = asyncio.run(imported(platform, token, content, count))
        own.append(count / seconds)
        uploads.append(upload)
        began = time.monotonic()
        if asyncio.run(take_in(platform.superuser(DATABASE), content)) != count:
            raise RuntimeError(f"the reference lost rows in run {turn}")
        bare.append(count / (time.monotonic() - began))
    report.add("file import", "rows/s", own, reference=bare, what="csv and COPY", rows=count)
    report.add("file import: upload and look", "s", uploads, rows=count)
    report.sample("rows imported", count)


def table(run: str, count: int) -> bytes:
    """A .csv of people who are not there yet."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    for number in range(count):
        email = f"import.{run}.{number}@example.com"
        writer.writerow(("Keller", f"Maria {number}", email, f"+4917{number:09}", "Buyer"))
    return out.getvalue().encode()


async def imported(platform: Platform, token: str, content: bytes, count: int) -> tuple[float, float]:
    """Import the file; return the seconds that it ran, and those that its upload took."""
    head = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=platform.base("customer") + API, headers=head, timeout=60) as api:
        began = time.monotonic()
        sent = {"Content-Type": "text/csv"}
        answer = await api.post("/imports", params={"object": "contact"}, content=content, headers=sent)
        made = answer.raise_for_status().json()
        upload = time.monotonic() - began
        place = f"/imports/{made['id']}"
        (await api.post(f"{place}/start")).raise_for_status()
        while True:
            found = (await api.get(place)).raise_for_status().json()
            if found["status"] in {"finished", "stopped", "cancelled"}:
                break
            if time.monotonic() - began > PATIENCE:
                raise TimeoutError(f"the import stands at {found['rows']} rows")
            await asyncio.sleep(POLL)
    if found["status"] != "finished" or found["created"] != count:
        raise RuntimeError(f"the import took in {found['created']} of {count} rows: {found}")
    started, finished = (datetime.fromisoformat(found[name]) for name in ("started_at", "finished_at"))
    return (finished - started).total_seconds(), upload
