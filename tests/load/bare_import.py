"""The reference of an import: the same file read by csv, and the same rows of every table put in by COPY.

It may not change with the product.
"""

import csv
import io
from datetime import UTC, datetime
from typing import Any

import asyncpg
from uuid_utils import compat

from tests.load.bare import HEADERS, PERSONAL, SEALED, WRAPPED, text

ACTOR, CHUNK = HEADERS["ce_actor"], 5_000
CONTACT: tuple[str, ...] = (
    "id",
    "version",
    "subject_id",
    "family_name",
    "given_name",
    "email",
    "email_key",
    "phone",
)
CONTACT += ("phone_index", "phone_last4_index", "phone_mask", "title", "created_at", "updated_at")
KEY = ("id", "version", "service", "wrapped", "linked", "created_at", "updated_at")
OUTBOX = ("topic", "key", "headers", "value")
AUDIT = ("actor", "action", "object_type", "object_id", "version", "changes", "correlation_id", "address")


async def take_in(url: str, content: bytes) -> int:
    """Take the file in, 5,000 rows in a transaction; return how many there were."""
    db, count = await asyncpg.connect(url), 0
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    for begin in range(0, len(rows), CHUNK):
        tables: dict[str, list[tuple[Any, ...]]] = {
            "contact": [],
            "subject_key": [],
            "outbox": [],
            "audit": [],
        }
        for row in rows[begin : begin + CHUNK]:
            id, subject, now = compat.uuid7(), compat.uuid7(), datetime.now(UTC)
            named = (row["Family name"], row["Given name"], row["E-mail"], row["E-mail"])
            phone = (SEALED, "f" * 64, "f" * 64, row["Phone"], row["Title"])
            tables["contact"].append((id, 1, subject, *named, *phone, now, now))
            tables["subject_key"].append((subject, 1, "customer", WRAPPED, [], now, now))
            for kind, key, state in (
                ("subject-key", subject, {"wrapped": WRAPPED}),
                ("contact", id, PERSONAL),
            ):
                value = text({"occurred_at": now, "state": state | {"id": key}})
                tables["outbox"].append((f"crm.bare.{kind}", str(key), text(HEADERS), value.encode()))
                known = (f"bare.{kind}.created.v1", kind, str(key), 1, text(state), compat.uuid7().hex)
                tables["audit"].append((ACTOR, *known, "127.0.0.1"))
        columns = {"contact": CONTACT, "subject_key": KEY, "outbox": OUTBOX, "audit": AUDIT}
        async with db.transaction():
            for table, records in tables.items():
                await insert(db, table, columns[table], records)
        count += len(tables["contact"])
    await db.close()
    return count


async def insert(db: Any, table: str, columns: tuple[str, ...], records: list[tuple[Any, ...]]) -> None:
    """COPY, with what is jsonb as the text behind its version byte."""
    await db.set_type_codec("jsonb", schema="pg_catalog", format="binary", encoder=_jsonb, decoder=bytes)
    await db.copy_records_to_table(table, records=records, columns=columns)


def _jsonb(value: str) -> bytes:
    return b"\x01" + value.encode()
