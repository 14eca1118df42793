"""How far every event has come, and what an operator can free, over HTTP on the real broker."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest
from sqlalchemy import text

from libs.common.bus import Topic, TopicPartition
from libs.common.db import Database
from libs.common.kafka import KafkaBus
from libs.common.testing import Scratch
from libs.contracts.sales import ProductAdded
from tests.api import bearer, colleague, seed, serving, slug

OPERATOR, READER, SELLER = 1, 2, 3
PARKED = {"group": "sales.commands", "topic": ProductAdded.topic, "key": "k"}


@pytest.fixture(scope="module")
def service() -> str:
    return "sales"


@pytest.fixture(scope="module")
async def client(scratched: Scratch) -> AsyncIterator[httpx.AsyncClient]:
    entries = [
        *colleague(OPERATOR, {"operations:read": "all", "operations:write": "all"}),
        *colleague(READER, {"operations:read": "all"}),
        *colleague(SELLER, {"lead:read": "own"}),
    ]
    await seed(scratched.database, entries)
    async with serving(scratched.settings, []) as opened:
        yield opened


async def run(database: Database, sql: str) -> list[tuple[object, ...]]:
    async with database.engine.begin() as connection:
        result = await connection.execute(text(sql))
        return [tuple(row) for row in result] if result.returns_rows else []


@pytest.fixture
async def parked(database: Database) -> AsyncIterator[None]:
    """A parked key with one event."""
    now = datetime.now(UTC).isoformat()
    names = f"'sales.commands', '{ProductAdded.topic}', 'k'"
    await run(database, f"INSERT INTO parked_key (\"group\", topic, key, reason) VALUES ({names}, 'poison')")
    await run(
        database,
        'INSERT INTO parked_event ("group", topic, key, partition, "offset", timestamp, headers, value)'
        f" VALUES ({names}, 0, 7, '{now}', '{{\"ce_sequence\": \"3\"}}', '')",
    )
    yield
    for table in ("parked_key", "parked_event", "seen"):
        await run(database, f"DELETE FROM {table}")


class TestEventPath:
    async def test_shows_positions_beside_the_ends_of_the_log(
        self, client: httpx.AsyncClient, database: Database, bus: KafkaBus
    ) -> None:
        place = TopicPartition(ProductAdded.topic, 0)
        await bus.ensure([Topic(place.topic, partitions=1)])
        ends = await bus.ends([place.topic])
        values = f"'g', '{place.topic}', 0, 0, 5, 'c'"
        await run(
            database,
            'INSERT INTO consumer_offset ("group", topic, partition, start, position, cluster_id)'
            f" VALUES ({values})",
        )

        response = await client.get("/operations/sales", headers=bearer(READER))

        assert response.status_code == 200, response.text
        shown = response.json()
        assert (shown["outbox"], shown["parked"], shown["blocked"]) == (0, 0, 0)
        expected = {"group": "g", "topic": place.topic, "partition": 0, "position": 5, "end": ends[place]}
        assert shown["groups"] == [expected]

    async def test_refuses_who_may_not_look(self, client: httpx.AsyncClient) -> None:
        response = await client.get("/operations/sales", headers=bearer(SELLER))

        assert (response.status_code, slug(response)) == (403, "forbidden")


@pytest.mark.usefixtures("parked")
class TestParked:
    async def test_lists_what_waits(self, client: httpx.AsyncClient) -> None:
        shown = (await client.get("/operations/sales/set-aside", headers=bearer(READER))).json()

        assert [each["reason"] for each in shown["parked"]] == ["poison"]
        assert [each["offset"] for each in shown["events"]] == [7]

    async def test_redrive_hands_the_key_to_the_worker(
        self, client: httpx.AsyncClient, database: Database
    ) -> None:
        response = await client.post("/operations/sales/redrive", json=PARKED, headers=bearer(OPERATOR))

        assert response.status_code == 202, response.text
        assert await run(database, "SELECT waits_for FROM parked_key") == [("operator",)]

    async def test_discard_passes_the_event_and_audits_why(
        self, client: httpx.AsyncClient, database: Database
    ) -> None:
        order = PARKED | {"offset": 7, "reason": "sent by mistake"}

        response = await client.post("/operations/sales/discard", json=order, headers=bearer(OPERATOR))

        assert response.status_code == 200, response.text
        assert await run(database, "SELECT count(*) FROM parked_event") == [(0,)]
        assert await run(database, "SELECT sequence FROM seen") == [(3,)]
        reasons = await run(database, "SELECT changes->>'reason' FROM audit WHERE action = 'event.discarded'")
        assert reasons == [("sent by mistake",)]

    @pytest.mark.parametrize("order", [{"offset": 8}, {"key": "another"}])
    async def test_discard_refuses_what_is_not_there(
        self, client: httpx.AsyncClient, database: Database, order: dict[str, object]
    ) -> None:
        body = PARKED | {"offset": 7, "reason": "x"} | order

        response = await client.post("/operations/sales/discard", json=body, headers=bearer(OPERATOR))

        assert (response.status_code, slug(response)) == (404, "not-found")
        assert await run(database, "SELECT count(*) FROM parked_event") == [(1,)]

    async def test_readers_change_nothing(self, client: httpx.AsyncClient, database: Database) -> None:
        for verb in ("redrive", "discard", "unblock"):
            response = await client.post(
                f"/operations/sales/{verb}",
                json=PARKED | {"offset": 7, "reason": "x"},
                headers=bearer(READER),
            )
            assert response.status_code in {403, 422}

        assert await run(database, "SELECT waits_for FROM parked_key") == [(None,)]
        assert await run(database, "SELECT count(*) FROM parked_event") == [(1,)]


class TestBlocked:
    async def test_unblock_frees_the_key(self, client: httpx.AsyncClient, database: Database) -> None:
        await run(database, "INSERT INTO outbox_blocked_key (topic, key, reason) VALUES ('t', 'k', 'large')")
        order = {"topic": "t", "key": "k"}

        first = await client.post("/operations/sales/unblock", json=order, headers=bearer(OPERATOR))
        second = await client.post("/operations/sales/unblock", json=order, headers=bearer(OPERATOR))

        assert (first.status_code, second.status_code) == (200, 404)
        assert await run(database, "SELECT count(*) FROM outbox_blocked_key") == [(0,)]
