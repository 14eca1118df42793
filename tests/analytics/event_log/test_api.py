"""The feed over HTTP: gapless pages behind an opaque cursor, of what its reader may see."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from libs.common.bus import TopicPartition
from libs.common.crypto import ERASED
from libs.common.db import Database
from libs.contracts.ticketing import TicketMessagePosted, TicketMessageState
from services.analytics.event_log import queries
from tests.analytics.conftest import Models, placed
from tests.api import slug
from tests.factories.customer_facts import DAY, contact, sealed
from tests.factories.envelopes import make_envelope
from tests.factories.sales_facts import assigned, opened, pipeline, won

PLACE = TopicPartition("crm.sales.opportunity", 0)
CONTACTS = TopicPartition("crm.customer.contact", 0)
MESSAGES = TopicPartition("crm.ticketing.ticket-message", 0)
THEIRS = UUID(int=3)


@pytest.fixture(scope="module", autouse=True)
async def log(models: Models) -> None:
    """Five events of one partition, the fourth not the seller's; the groups have committed four of them."""
    facts = [opened(1), won(1), opened(2), opened(3, owner_id=THEIRS), opened(4)]
    envelopes = [make_envelope(fact, at) for at, fact in enumerate(facts)]
    await models.take([*envelopes, make_envelope(pipeline(), 0)])
    await models.reach(PLACE, 4)


async def read(client: httpx.AsyncClient, headers: dict[str, str], **query: str | int) -> dict[str, Any]:
    response = await client.get("/events", params=query, headers=headers)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def sequences(page: dict[str, Any]) -> list[str]:
    return [each["sequence"] for each in page["items"]]


class TestFeed:
    async def test_ends_at_the_committed_offset(
        self, client: httpx.AsyncClient, head: dict[str, str]
    ) -> None:
        page = await read(client, head)

        assert sequences(page) == ["0", "1", "2", "3"]
        assert not page["has_more"]

    async def test_pages_without_a_gap_or_a_repeat(
        self, client: httpx.AsyncClient, head: dict[str, str]
    ) -> None:
        seen: list[str] = []
        cursor = None
        for _ in range(5):
            page = await read(client, head, limit=2, **({"cursor": cursor} if cursor else {}))
            seen += sequences(page)
            cursor = page["next_cursor"]

        assert seen == ["0", "1", "2", "3"]

    async def test_goes_on_when_more_is_committed(
        self, client: httpx.AsyncClient, head: dict[str, str], models: Models
    ) -> None:
        cursor = (await read(client, head))["next_cursor"]
        await models.reach(PLACE, 5)

        page = await read(client, head, cursor=cursor)

        await models.reach(PLACE, 4)
        assert sequences(page) == ["4"]

    async def test_waits_for_the_record_replica(
        self, client: httpx.AsyncClient, head: dict[str, str], models: Models, database: Database
    ) -> None:
        await models.reach(PLACE, 5)
        behind = "UPDATE consumer_offset SET position = 2 WHERE \"group\" = 'analytics.records'"
        async with database.engine.begin() as connection:
            await connection.execute(text(behind))

        page = await read(client, head)

        await models.reach(PLACE, 4)
        assert sequences(page) == ["0", "1"]

    @pytest.mark.parametrize(
        ("types", "expected"),
        [
            ("sales.opportunity.won.v1", ["1"]),
            ("sales.opportunity.*", ["0", "1", "2", "3"]),
            ("sales.*", ["0", "1", "2", "3"]),
            ("sales.lead.*,sales.opportunity.won.v1", ["1"]),
            ("customer.*", []),
            ("sales.opportunity", []),
        ],
    )
    async def test_filters_by_type(
        self, client: httpx.AsyncClient, head: dict[str, str], types: str, expected: list[str]
    ) -> None:
        page = await read(client, head, types=types)

        assert sequences(page) == expected
        assert (await read(client, head, cursor=page["next_cursor"]))["items"] == []

    @pytest.mark.parametrize("types", ["*.won", "sales.*.won.v1", "SALES"])
    async def test_refuses_a_pattern_in_the_middle(
        self, client: httpx.AsyncClient, head: dict[str, str], types: str
    ) -> None:
        response = await client.get("/events", params={"types": types}, headers=head)

        assert (response.status_code, slug(response)) == (400, "bad-parameter")

    @pytest.mark.parametrize("cursor", ["x", "WzFd", "eyJhIjogLTF9", "eyJhIjogInoifQ", "%00", "é"])
    async def test_refuses_a_cursor_that_it_did_not_give(
        self, client: httpx.AsyncClient, head: dict[str, str], cursor: str
    ) -> None:
        response = await client.get("/events", params={"cursor": cursor}, headers=head)

        assert (response.status_code, slug(response)) == (400, "bad-cursor")

    async def test_needs_the_permission(self, client: httpx.AsyncClient, other: dict[str, str]) -> None:
        response = await client.get("/events", headers=other)

        assert (response.status_code, slug(response)) == (403, "forbidden")

    async def test_refuses_strangers(self, client: httpx.AsyncClient) -> None:
        response = await client.get("/events")

        assert (response.status_code, slug(response)) == (401, "unauthenticated")


class TestVisibility:
    async def test_is_cut_to_the_scope(self, client: httpx.AsyncClient, seller: dict[str, str]) -> None:
        page = await read(client, seller)

        assert sequences(page) == ["0", "1", "2"]
        assert not page["has_more"]

    async def test_follows_the_owner_of_today(
        self, client: httpx.AsyncClient, seller: dict[str, str], models: Models
    ) -> None:
        await models.take([make_envelope(opened(8), 5), make_envelope(assigned(8, 3), 6)])
        await models.reach(PLACE, 7)

        page = await read(client, seller)

        await models.reach(PLACE, 4)
        assert sequences(page) == ["0", "1", "2", "4"]

    async def test_moves_the_cursor_past_what_is_hidden(
        self, client: httpx.AsyncClient, seller: dict[str, str]
    ) -> None:
        cursor = (await read(client, seller, limit=3))["next_cursor"]

        page = await read(client, seller, cursor=cursor)

        assert (page["items"], page["has_more"]) == ([], False)
        assert (await read(client, seller, cursor=page["next_cursor"]))["next_cursor"] == page["next_cursor"]

    async def test_looks_at_a_bounded_part_of_the_log(
        self, client: httpx.AsyncClient, seller: dict[str, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(queries, "SCAN", 2)

        first = await read(client, seller)
        second = await read(client, seller, cursor=first["next_cursor"])

        assert (sequences(first), first["has_more"]) == (["0", "1"], True)
        assert (sequences(second), second["has_more"]) == (["2"], True)

    async def test_holds_back_what_belongs_to_a_parent_that_has_not_come(
        self, client: httpx.AsyncClient, seller: dict[str, str], models: Models, database: Database
    ) -> None:
        state = TicketMessageState(
            id=UUID(int=70),
            ticket_id=UUID(int=71),
            subject_id=UUID(int=72),
            kind="note",
            body="",
            posted_at=DAY,
            created_at=DAY,
            updated_at=DAY,
        )
        posted = TicketMessagePosted(ticket_message_id=state.id, occurred_at=DAY, state=state)
        await models.take([make_envelope(posted, 0)])
        await _set_times(database, "clock_timestamp()")
        await models.reach(MESSAGES, 1)

        young = await read(client, seller)
        await _set_times(database, "clock_timestamp() - interval '1 minute'")
        old = await read(client, seller, cursor=young["next_cursor"])

        assert young["next_cursor"] != old["next_cursor"]
        assert old["items"] == []
        await models.reach(MESSAGES, 0)


class TestPersonal:
    async def test_is_open_to_who_may_read_the_record(
        self, client: httpx.AsyncClient, seller: dict[str, str], models: Models, database: Database
    ) -> None:
        key = await models.mint(60)
        fact = contact(60, phone="+8613800000000")
        await models.take([placed(make_envelope(fact, 1, sealed(fact, key)), 0)])
        await models.reach(CONTACTS, 1)

        (mine,) = (await read(client, seller, types="customer.contact.*"))["items"]
        erase = "UPDATE subject_key_replica SET wrapped = NULL, erased_at = now() WHERE id = :id"
        async with database.engine.begin() as connection:
            await connection.execute(text(erase), {"id": UUID(int=60)})
        (forgotten,) = (await read(client, seller, types="customer.contact.*"))["items"]

        await models.reach(CONTACTS, 0)
        assert mine["data"]["state"]["family_name"] == "Lovelace"
        assert "phone" not in mine["data"]["state"]
        assert forgotten["data"]["state"]["family_name"] == ERASED


async def _set_times(database: Database, when: str) -> None:
    async with database.engine.begin() as connection:
        await connection.execute(text(f"UPDATE event_log SET time = {when} WHERE topic LIKE '%message'"))
