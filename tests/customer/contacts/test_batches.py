"""Many contacts at once are what they would be one by one, and all or none of a chunk."""

import asyncio
import random
import re
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import httpx
import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import Database
from libs.common.events import Event
from libs.common.journal import Cause
from libs.common.testing import FakeClock, Scratch
from libs.common.transaction import Transactions
from libs.platform.process import Platform
from libs.platform.subjects.keyring import load_keys
from libs.platform.subjects.sealing import open_event
from services.customer.contacts.commands import create_contact, create_contacts
from services.customer.contacts.model import Contact
from services.customer.contacts.schemas import ContactCreate
from tests.customer.acting import an_actor
from tests.customer.calls import Headers, get, post

CAUSE = Cause("user:1", "test")
NAMES = ("Li", "王", "O'Neil", 'the "quoted" \\ one', "{x}")
PHONES = ("+8613800138000", "(030) 1234 56", "+49 30 123456")
# Ids that were minted, wrapped keys and ciphertexts: another one each time.
_OWN = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}|(?:kek|enc)\.v1\.[\w.-]+"
)


@pytest.fixture
def platform(scratched: Scratch) -> Platform:
    return Platform(scratched.settings, scratched.database)


@pytest.fixture
def transactions(platform: Platform, clock: FakeClock) -> Transactions:
    return replace(platform.transactions, clock=clock)


def some_contacts(seed: int, many: int) -> list[ContactCreate]:
    chance = random.Random(seed)

    def one(number: int) -> ContactCreate:
        optional = {
            "given_name": chance.choice(NAMES),
            "email": f"{seed}.{number}@Example.com",
            "phone": chance.choice(PHONES),
            "title": chance.choice(NAMES),
            "language": "zh",
            "owner_id": str(UUID(int=chance.choice((1, 2)))),
            "occurred_at": "2024-05-01T09:00:00+08:00",
            "external_id": {"system": "old", "id": str(uuid4())},
        }
        given = {name: value for name, value in optional.items() if chance.random() < 0.6}
        return ContactCreate.model_validate({"family_name": chance.choice(NAMES)} | given)

    return [one(number) for number in range(many)]


async def rows(database: Database, sql: str, **values: Any) -> list[dict[str, Any]]:
    async with database.reading.connect() as connection:
        return [dict(row) for row in (await connection.execute(text(sql), values)).mappings()]


async def story(platform: Platform, database: Database, contact: Contact) -> str:
    """All that was written about a contact, events in the clear, own ids and ciphertexts left out."""
    ids = {"id": str(contact.id), "subject": str(contact.subject_id)}
    found = await rows(database, "SELECT * FROM contact WHERE id = CAST(:id AS uuid)", **ids)
    found += await rows(database, "SELECT * FROM subject_key WHERE id = CAST(:subject AS uuid)", **ids)
    sent = "SELECT topic, headers, value FROM outbox WHERE key IN (:id, :subject) ORDER BY id"
    async with database.reading.connect() as connection:
        keys = await load_keys(connection, platform.ring, [contact.subject_id])
    for row in await rows(database, sent, **ids):
        event = Event.registry[row["headers"]["ce_type"]].model_validate_json(row["value"])
        found.append(row | {"value": open_event(event, keys).model_dump(mode="json")})
    seen = "SELECT actor, action, object_type, object_id, version, changes, correlation_id FROM audit"
    found += await rows(database, f"{seen} WHERE object_id IN (:id, :subject) ORDER BY id", **ids)
    return _OWN.sub("…", orjson.dumps(found, default=str, option=orjson.OPT_SORT_KEYS).decode())


class TestCreateContacts:
    @pytest.mark.parametrize("seed", range(3))
    async def test_is_creating_each(
        self, platform: Platform, transactions: Transactions, database: Database, seed: int
    ) -> None:
        alone, together = (some_contacts(seed, 25) for _ in range(2))

        async def one_by_one(session: AsyncSession) -> list[Contact]:
            made = []
            for each in alone:
                made.append(await create_contact(session, each, an_actor(), session.info["now"]))
                # The unit of work writes it, as it did before rows went together.
                await session.flush()
            return made

        async def at_once(session: AsyncSession) -> list[Contact]:
            return await create_contacts(session, together, an_actor(), session.info["now"])

        singles = await transactions.run(CAUSE, one_by_one)
        many = await transactions.run(CAUSE, at_once)

        expected = [await story(platform, database, each) for each in singles]
        assert [await story(platform, database, each) for each in many] == expected
        assert "customer.contact.created.v1" in expected[0]
        assert "customer.subject-key.minted.v1" in expected[0]

    async def test_is_all_or_nothing_whenever_it_is_killed(
        self, transactions: Transactions, database: Database
    ) -> None:
        chance, whole = random.Random(1), []
        for number in range(25):
            mark = f"killed-{number}"
            items = [ContactCreate(family_name="Li", title=mark) for _ in range(20)]

            async def body(session: AsyncSession, items: list[ContactCreate] = items) -> None:
                await create_contacts(session, items, an_actor(), session.info["now"])

            running = asyncio.create_task(transactions.run(CAUSE, body))
            # The last one is let live, so that some have an effect on however slow a machine.
            await asyncio.wait([running], timeout=chance.uniform(0, 0.02) if number < 24 else None)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await asyncio.sleep(0.02)
            sql = (
                "SELECT count(*) AS contacts, count(o.id) AS events, count(a.id) AS audited FROM contact c"
                " LEFT JOIN outbox o ON o.key = c.id::text LEFT JOIN audit a ON a.object_id = c.id::text"
                " WHERE c.title = :mark"
            )
            (found,) = await rows(database, sql, mark=mark)
            whole.append(tuple(found.values()))

        assert set(whole) <= {(0, 0, 0), (20, 20, 20)}
        assert (20, 20, 20) in whole


class TestBatch:
    async def test_refuses_the_one_in_the_middle(self, client: httpx.AsyncClient, manager: Headers) -> None:
        taken = {"system": "old", "id": str(uuid4())}
        known = await post(client, manager, "/contacts", family_name="Li", external_id=taken)
        twice = {"system": "old", "id": str(uuid4())}
        items: list[dict[str, Any]] = [{"family_name": f"Wang {number}"} for number in range(60)]
        items[7] |= {"external_id": taken}
        items[20] |= {"external_id": twice}
        items[30] |= {"external_id": twice}
        items[40] |= {"owner_id": str(UUID(int=404))}

        results = (await post(client, manager, "/contacts/batch", items=items))["results"]

        refused = {
            each["index"]: each["problem"]["type"].rsplit("/", 1)[1] for each in results if "problem" in each
        }
        assert refused == {7: "external-id-taken", 30: "external-id-taken", 40: "unknown-reference"}
        assert results[7]["problem"]["id"] == known["id"]
        assert results[30]["problem"]["id"] == results[20]["id"]
        for at in (0, 6, 8, 59):
            assert (await get(client, manager, f"/contacts/{results[at]['id']}"))[
                "family_name"
            ] == f"Wang {at}"

    async def test_takes_in_what_is_in_scope_alone(self, client: httpx.AsyncClient, rep: Headers) -> None:
        items = [{"family_name": "Li"}, {"family_name": "Li", "owner_id": str(UUID(int=3))}]

        results = (await post(client, rep, "/contacts/batch", items=items))["results"]

        assert [each["status"] for each in results] == [201, 403]

    async def test_does_what_is_missing_when_it_is_repeated(
        self, client: httpx.AsyncClient, manager: Headers, database: Database
    ) -> None:
        keyed, title = manager | {"Idempotency-Key": str(uuid4())}, str(uuid4())
        items: list[dict[str, Any]] = [{"family_name": "Li", "title": title} for _ in range(5)]
        bad = [*items[:2], {"family_name": ""}, *items[3:]]

        first = (await post(client, keyed, "/contacts/batch", items=bad))["results"]
        again = (await post(client, keyed, "/contacts/batch", items=items))["results"]
        changed = (await post(client, keyed, "/contacts/batch", items=[{"family_name": "Wu"}]))["results"]

        assert [each["status"] for each in first] == [201, 201, 422, 201, 201]
        assert [each for each in again if each["index"] != 2] == [
            each for each in first if each["index"] != 2
        ]
        assert again[2]["status"] == 201
        assert changed[0]["problem"]["type"].endswith("/idempotency-key-reused")
        sql = "SELECT count(*) AS many FROM contact WHERE title = :title"
        assert await rows(database, sql, title=title) == [{"many": 5}]

    async def test_is_forgotten_like_any_other(
        self, client: httpx.AsyncClient, manager: Headers, database: Database
    ) -> None:
        keyed = manager | {"Idempotency-Key": str(uuid4())}
        items = [{"family_name": "Li", "phone": PHONES[0]} for _ in range(2)]
        made = (await post(client, keyed, "/contacts/batch", items=items))["results"]

        await post(client, manager, f"/contacts/{made[0]['id']}/erase")

        names = [(await get(client, manager, f"/contacts/{each['id']}"))["family_name"] for each in made]
        assert names == ["[erased]", "Li"]
