"""Sending tables, and running imports as the worker does."""

import io
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import httpx
import xlsxwriter
from sqlalchemy import text

from libs.common.db import Database
from libs.common.sheets import recognise, rows, spool
from libs.platform.process import Platform
from services.customer.jobs import run_imports
from tests.customer.calls import Headers, Record, get, matching, post

HEADER = ("External id", "Full name", "E-mail", "Phone", "Company")
DEFAULTS: dict[str, Any] = {"external_system": "test"}


def csv_of(*lines: Sequence[str], header: Sequence[str] = HEADER) -> bytes:
    return "".join(",".join(each) + "\n" for each in (header, *lines)).encode()


def people(number: int, mark: str) -> list[list[str]]:
    """Rows of people whose ids and addresses nobody else has."""
    return [
        [f"{mark}-{n}", f"王小明{n}", f"{mark}-{n}@example.com", f"+861380{n:07}", f"Company {mark}"]
        for n in range(number)
    ]


def xlsx_of(**sheets: Iterable[Sequence[str]]) -> bytes:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as made:
        for name, lines in sheets.items():
            sheet = made.add_worksheet(name)
            for number, cells in enumerate(lines):
                sheet.write_row(number, 0, cells)
    return written.getvalue()


def read_workbook(content: bytes) -> list[list[str]]:
    with spool() as file:
        file.write(content)
        return [cells for _, cells in rows(file, recognise(file))]


async def uploaded(
    client: httpx.AsyncClient, headers: Headers, content: bytes, object: str = "contact", **query: str
) -> Record:
    answer = await client.post(
        "/imports", content=content, params=query | {"object": object}, headers=headers
    )
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def mapped(client: httpx.AsyncClient, headers: Headers, record: Record, **fields: Any) -> Record:
    path = f"/imports/{record['id']}"
    answer = await client.patch(path, json=fields, headers=headers | matching(record))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def ran(
    client: httpx.AsyncClient, headers: Headers, platform: Platform, record: Record, verb: str = "start"
) -> Record:
    """Start an import, run it to its end, and return it."""
    await post(client, headers, f"/imports/{record['id']}/{verb}")
    await run_imports.run(platform.transactions, UUID(record["id"]))
    return await get(client, headers, f"/imports/{record['id']}")


async def taken_in(
    client: httpx.AsyncClient, headers: Headers, platform: Platform, content: bytes, **fields: Any
) -> Record:
    """Send a table of contacts, map it, and run it."""
    record = await mapped(client, headers, await uploaded(client, headers, content), **(DEFAULTS | fields))
    return await ran(client, headers, platform, record)


def counts(record: Record) -> dict[str, int]:
    """Return what is counted, less what is nothing."""
    names = ("rows", "created", "updated", "unchanged", "skipped", "failed")
    return {name: record[name] for name in names if record[name]}


async def column(database: Database, sql: str, **given: Any) -> list[Any]:
    async with database.reading.connect() as connection:
        return list((await connection.execute(text(sql), given)).scalars())
