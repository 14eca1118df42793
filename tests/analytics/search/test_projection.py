"""What is kept of a name, and that an erasure takes what is personal of it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from libs.common.consumer import NotYetError
from libs.common.crypto import ERASED, DataKey
from libs.common.db import Database, dumps
from libs.common.inbox_postgres import PostgresTransaction
from libs.common.projection import Version
from libs.contracts.customer import ContactErased
from libs.platform.access.actor import Actor
from libs.platform.directory.model import Directory
from services.analytics.search import queries
from services.analytics.search.projection import SHAPES, Search, blank
from tests.analytics.conftest import PEOPLE, SELLER, Models
from tests.factories.customer_facts import account, contact, sealed
from tests.factories.directory import uid
from tests.factories.envelopes import make_envelope
from tests.factories.ticketing_facts import ticket

PAIR = chr(19968 + 77) * 2
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PERSON: dict[str, Any] = {
    "given_name": "Ada",
    "email": "ada@example.org",
    "phone": "+442071234567",
    "external_id": "X-9",
}


async def rows(database: Database, number: int) -> list[Any]:
    async with database.reading.connect() as connection:
        found = await connection.execute(
            text("SELECT * FROM search_record WHERE id = :id"), {"id": uid(number)}
        )
        return list(found.mappings())


async def erase(models: Models, number: int) -> None:
    """Forget a subject as its replica does: the key first, then what is plain."""
    async with models.session() as session:
        forget = text("UPDATE subject_key_replica SET wrapped = NULL, erased_at = now() WHERE id = :id")
        await session.execute(forget, {"id": uid(number)})
        await blank(session, [uid(number)], NOW)
        await session.commit()


class TestFold:
    async def test_keeps_the_newest_name_and_drops_nothing_twice(
        self, models: Models, database: Database
    ) -> None:
        for _ in range(2):
            await models.take([make_envelope(account(10, name="Old"), 1)])
            await models.take([make_envelope(account(10, name="New"), 2)])

        (kept,) = await rows(database, 10)
        assert (kept["title"], "new" in kept["words"], "old" in kept["words"]) == ("New", True, False)

    async def test_waits_for_a_key(self, models: Models) -> None:
        fact = ticket(90)
        unknown = DataKey(str(uid(90)), bytes(32))

        with pytest.raises(NotYetError):
            await models.take([make_envelope(fact, 1, sealed(fact, unknown))])

    async def test_leaves_of_an_erased_person_what_is_not_personal(
        self, models: Models, database: Database
    ) -> None:
        key = await models.mint(60)
        fact = contact(60, **PERSON)
        await models.take([make_envelope(fact, 1, sealed(fact, key))])
        await erase(models, 60)

        (kept,) = await rows(database, 60)

        assert (kept["title"], kept["subtitle"]) == (ERASED, None)
        assert kept["words"] == ["9", "x"]
        assert "ada" not in str(dict(kept)).lower()

    async def test_is_the_same_whether_the_erasure_comes_before_or_after(
        self, models: Models, database: Database
    ) -> None:
        keys = {number: await models.mint(number) for number in (61, 62)}
        told = {number: contact(number, **PERSON) for number in keys}
        last = {
            number: contact(
                number, ContactErased, **PERSON | {"family_name": ERASED, "given_name": ERASED, "email": None}
            )
            for number in keys
        }

        await models.take([make_envelope(told[61], 1, sealed(told[61], keys[61]))])
        await models.take([make_envelope(last[61], 2, sealed(last[61], keys[61]))])
        await erase(models, 61)
        await erase(models, 62)
        await models.take([make_envelope(told[62], 1, sealed(told[62], keys[62]))])
        await models.take([make_envelope(last[62], 2, sealed(last[62], keys[62]))])

        one, other = [(await rows(database, number))[0] for number in keys]
        same = set(one.keys()) - {"id", "subject_id"}
        assert {name: one[name] for name in same} == {name: other[name] for name in same}

    async def test_names_only_records_that_there_are(self) -> None:
        assert {topic.rsplit(".", 1)[1] for topic in Search.topics} == set(SHAPES)

    async def test_blanks_every_version(self, models: Models, database: Database) -> None:
        key = await models.mint(63)
        second = Version("analytics", Search(), 2)
        async with database.engine.begin() as connection:
            await second.create(connection)
            await second.note(connection)
        fact = contact(63, **PERSON)
        async with models.session() as session:
            transaction = PostgresTransaction(session, "analytics")
            await second.apply(transaction, [make_envelope(fact, 1, sealed(fact, key))])
            await session.commit()
        await erase(models, 63)

        async with database.engine.begin() as connection:
            title = (await connection.execute(text("SELECT title FROM search_v2.search_record"))).scalar_one()
            await second.drop(connection)
        assert title == ERASED


@pytest.fixture(scope="module")
async def many(models: Models) -> None:
    """As many records as it takes for an index to be worth while."""
    fill = text("""
    INSERT INTO search_v1.search_record
    SELECT 'account', gen_random_uuid(), NULL, NULL, 'Company ' || n, NULL, 'Company ' || n, NULL, now(),
           false, ARRAY['company', 'n' || n, chr(19968 + n % 5000) || chr(19968 + n % 4999)], '{}'
    FROM generate_series(1, 20000) AS n
    """)
    async with models.database.engine.begin() as connection:
        await connection.execute(fill)
        await connection.execute(text("ANALYZE search_v1.search_record"))


@pytest.mark.usefixtures("many")
class TestPlan:
    @pytest.mark.parametrize("query", ["n777", PAIR], ids=["word", "two-characters"])
    async def test_uses_the_index(self, models: Models, database: Database, query: str) -> None:
        async with database.reading.connect() as connection:
            plan = await explained(connection, models, query)

        assert "Bitmap Index Scan on search_record_words_idx" in plan
        assert "Seq Scan on search_record" not in plan

    async def test_is_one_statement(self, models: Models, database: Database, query_count: Any) -> None:
        async with database.reading.connect() as connection:
            with query_count() as counted:
                found = await queries.search(connection, seller(), models.ring, "n777", [], 20)

        assert counted.count == 1
        assert found == []


def seller() -> Actor:
    directory = Directory()
    directory.apply(PEOPLE)
    return Actor(uid(SELLER), directory)


async def explained(connection: AsyncConnection, models: Models, query: str) -> str:
    """The plan of one search, with its values put in."""
    found = queries._found(query, models.ring)  # noqa: SLF001 - the very statement is explained
    assert found is not None
    statement = queries.select_records(seller(), query, found, 20)
    compiled = statement.compile(connection.sync_engine)
    given = [(compiled.binds[name].type, compiled.params[name]) for name in compiled.positiontup or ()]
    values = tuple(dumps(value) if isinstance(kind, JSONB) else value for kind, value in given)
    plan = await connection.exec_driver_sql(f"EXPLAIN {compiled}", values)
    return "\n".join(plan.scalars())
