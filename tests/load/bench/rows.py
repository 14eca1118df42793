"""The rows that both sides hold: the same contacts and opportunities, put in by COPY.

Who measures a read may load by the short way; what is measured as a write goes through the API alone.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from libs.common.crypto import DataKey, KekRing, aad_of, mask, seal
from libs.common.ids import new_id
from tests.load.bench.people import SYSTEM, People
from tests.load.bench.platform import DATABASE, Platform

type Row = dict[str, Any]

SCHEMA = Path(__file__).parent.parent / "bare.sql"
CHUNK, ACCOUNTS = 20_000, 10_000
# Nothing lies ahead of the clock: an opportunity is won after it came to its stage.
BEGAN = datetime.now(UTC) - timedelta(days=366)
SPAN = 365 * 24 * 3600
FAMILIES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
SYLLABLES = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建国玉兰春梅志红海燕小文晓东"
ENGLISH = ("Adams", "Baker", "Clark", "Davies", "Evans", "Foster", "Green", "Harris", "Irving", "Jones")
GIVEN = ("Alice", "Ben", "Carla", "David", "Emma", "Frank", "Grace", "Henry", "Ivy", "Jack", "Kate", "Liam")
TITLES = ("Buyer", "Plant engineer", "Quality director", "采购经理", "技术总监", "CTO")
# A name of two characters that a few hundred of a hundred thousand bear.
SOUGHT = "建国"
SOUGHT_SHARE = 0.004


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes rows from a seed; keys, seals and blind indexes are real ones of this deployment's ring."""

    ring: KekRing
    people: People
    chance: random.Random

    def contact(self, number: int, accounts: Sequence[UUID]) -> tuple[Row, Row]:
        """A contact, and the row of his key."""
        chance, id, subject = self.chance, new_id(), new_id()
        chinese = chance.random() < 0.5
        family = chance.choice(FAMILIES) if chinese else chance.choice(ENGLISH)
        given = self._given() if chinese else chance.choice(GIVEN)
        phone, key = f"+86139{number:08}", DataKey.mint(str(subject))
        at = BEGAN + timedelta(seconds=chance.randrange(SPAN))
        place = aad_of("column", "contact", str(id), "phone")
        row = {
            "id": id,
            "version": 1,
            "owner_id": UUID(chance.choice(self.people.owners)),
            "subject_id": subject,
            "family_name": family,
            "given_name": given,
            "email": f"person{number}@example.com",
            "email_key": f"person{number}@example.com",
            "phone": seal(phone, key, place),
            "phone_index": self.ring.blind_index("phone", phone),
            "phone_last4_index": self.ring.blind_index_last4("phone", phone),
            "phone_mask": mask(phone),
            "title": chance.choice(TITLES),
            "language": "zh" if chinese else "en",
            "account_id": chance.choice(accounts),
            "external_system": SYSTEM,
            "external_id": f"contact/{number}",
            "created_at": at,
            "updated_at": at,
        }
        wrapped = self.ring.wrap(key)
        return row, {"id": subject, "version": 1, "wrapped": wrapped, "linked": []} | stamped(at)

    def account(self, number: int) -> Row:
        at = BEGAN + timedelta(seconds=self.chance.randrange(SPAN))
        named = {"name": f"Company {number}", "name_key": f"company {number}"}
        owner = UUID(self.chance.choice(self.people.owners))
        return {"id": new_id(), "version": 1, "owner_id": owner} | named | stamped(at)

    def opportunity(self, number: int) -> Row:
        at = BEGAN + timedelta(seconds=self.chance.randrange(SPAN))
        return {
            "id": new_id(),
            "version": 1,
            "owner_id": UUID(self.chance.choice(self.people.owners)),
            "name": f"Opportunity {number}",
            "pipeline_id": UUID(self.people.pipeline),
            "stage_id": UUID(self.people.stages["Qualification"]),
            "stage_kind": "open",
            "stage_entered_at": at,
            "amount_minor": self.chance.randrange(10_000, 9_000_000),
            "currency": "EUR",
            "external_system": SYSTEM,
            "external_id": f"opportunity/{number}",
        } | stamped(at)

    def _given(self) -> str:
        if self.chance.random() < 2 * SOUGHT_SHARE:
            return SOUGHT
        return "".join(self.chance.choices(SYLLABLES, k=2))


def stamped(at: datetime) -> Row:
    return {"created_at": at, "updated_at": at}


def grams(row: Mapping[str, Any]) -> list[str]:
    """What the reference finds a name by: every one and two characters of it, as they stand."""
    found: set[str] = set()
    for name in (row["family_name"], row["given_name"]):
        found |= {name[at : at + length] for length in (1, 2) for at in range(len(name))}
    return sorted(found)


class Filler:
    """Puts the same rows into the product's databases and the reference's."""

    def __init__(self, platform: Platform, people: People) -> None:
        part = platform.part("customer-worker")
        ring = KekRing.load(Path(part.environment["PLEXUS_KEK_FILE"]))
        self.platform = platform
        self.maker = Maker(ring, people, random.Random(20261101))

    async def fill(self, contacts: int, opportunities: int) -> None:
        """Bring the tables to at least so many rows; what is there stays."""
        customer = await asyncpg.connect(self.platform.database("customer"))
        sales = await asyncpg.connect(self.platform.database("sales"))
        bare = await asyncpg.connect(self.platform.superuser(DATABASE))
        try:
            if await bare.fetchval("SELECT to_regclass('contact')") is None:
                await bare.execute(SCHEMA.read_text("utf-8"))
            await self._contacts(customer, bare, contacts)
            await self._opportunities(sales, bare, opportunities)
            for connection in (customer, sales, bare):
                await connection.execute("VACUUM ANALYZE")
        finally:
            for connection in (customer, sales, bare):
                await connection.close()

    async def _contacts(self, customer: Any, bare: Any, count: int) -> None:
        accounts = [row["id"] for row in await customer.fetch("SELECT id FROM account LIMIT $1", ACCOUNTS)]
        if not accounts:
            made = [self.maker.account(number) for number in range(ACCOUNTS)]
            await copy(customer, "account", made)
            accounts = [row["id"] for row in made]
        there = await customer.fetchval("SELECT count(*) FROM contact WHERE external_system = $1", SYSTEM)
        for numbers in chunks(there, count):
            pairs = [self.maker.contact(number, accounts) for number in numbers]
            await copy(customer, "subject_key", [key | {"service": "customer"} for _, key in pairs])
            await copy(customer, "contact", [row for row, _ in pairs])
            await copy(bare, "contact", [row | {"grams": grams(row)} for row, _ in pairs])

    async def _opportunities(self, sales: Any, bare: Any, count: int) -> None:
        there = await sales.fetchval("SELECT count(*) FROM opportunity WHERE external_system = $1", SYSTEM)
        for numbers in chunks(there, count):
            made = [self.maker.opportunity(number) for number in numbers]
            for connection in (sales, bare):
                await copy(connection, "opportunity", made)


def chunks(begin: int, end: int) -> list[range]:
    """The numbers from `begin` to before `end`, so many at a time."""
    return [range(first, min(first + CHUNK, end)) for first in range(begin, end, CHUNK)]


async def copy(connection: Any, table: str, rows: Sequence[Row]) -> None:
    """Put rows into a table; columns that they do not name are left to their defaults."""
    if rows:
        names = list(rows[0])
        records: Iterator[list[Any]] = ([row[name] for name in names] for row in rows)
        await connection.copy_records_to_table(table, records=records, columns=names)


async def lines(url: str, statement: str, file: Path) -> int:
    """Write the first column of every row to a file, a line each; return how many."""
    connection = await asyncpg.connect(url)
    try:
        found = [str(row[0]) for row in await connection.fetch(statement)]
    finally:
        await connection.close()
    file.write_text("\n".join(found) + "\n", "utf-8")
    return len(found)
