"""The feed over HTTP: gapless pages behind an opaque cursor."""

from typing import Any

import httpx
import pytest
from sqlalchemy import text

from libs.common.db import Database
from libs.common.testing import Scratch
from tests.analytics.conftest import Models
from tests.api import slug
from tests.factories.envelopes import make_envelope
from tests.factories.sales_facts import opened, pipeline, won


@pytest.fixture(scope="module", autouse=True)
async def log(models: Models, scratched: Scratch) -> None:
    """Five events of one partition; the group has committed four of them."""
    facts = [opened(1), won(1), opened(2), opened(3), opened(4)]
    envelopes = [make_envelope(fact, at) for at, fact in enumerate(facts)]
    await models.take([*envelopes, make_envelope(pipeline(), 0)])
    row = "('analytics.event_log.v1', 'crm.sales.opportunity', 0, 0, 4, 'cluster')"
    columns = '("group", topic, partition, start, position, cluster_id)'
    async with scratched.database.engine.begin() as connection:
        await connection.execute(text(f"INSERT INTO consumer_offset {columns} VALUES {row}"))


async def read(client: httpx.AsyncClient, headers: dict[str, str], **query: str | int) -> dict[str, Any]:
    response = await client.get("/events", params=query, headers=headers)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


class TestFeed:
    async def test_ends_at_the_committed_offset(
        self, client: httpx.AsyncClient, head: dict[str, str]
    ) -> None:
        page = await read(client, head)

        assert [each["sequence"] for each in page["items"]] == ["0", "1", "2", "3"]

    async def test_pages_without_a_gap_or_a_repeat(
        self, client: httpx.AsyncClient, head: dict[str, str]
    ) -> None:
        seen, cursor = [], None
        for _ in range(5):
            page = await read(client, head, limit=2, **({"cursor": cursor} if cursor else {}))
            seen += [each["sequence"] for each in page["items"]]
            cursor = page["next_cursor"]

        assert seen == ["0", "1", "2", "3"]

    async def test_goes_on_when_more_is_committed(
        self, client: httpx.AsyncClient, head: dict[str, str], database: Database
    ) -> None:
        cursor = (await read(client, head))["next_cursor"]
        async with database.engine.begin() as connection:
            await connection.execute(text("UPDATE consumer_offset SET position = 5"))

        page = await read(client, head, cursor=cursor)

        assert [each["sequence"] for each in page["items"]] == ["4"]

    async def test_filters_by_type(self, client: httpx.AsyncClient, head: dict[str, str]) -> None:
        page = await read(client, head, types="sales.opportunity.won.v1")

        assert [each["type"] for each in page["items"]] == ["sales.opportunity.won.v1"]
        assert (await read(client, head, cursor=page["next_cursor"]))["items"] == []

    @pytest.mark.parametrize("cursor", ["x", "WzFd", "eyJhIjogLTF9", "eyJhIjogInoifQ", "%00", "é"])
    async def test_refuses_a_cursor_that_it_did_not_give(
        self, client: httpx.AsyncClient, head: dict[str, str], cursor: str
    ) -> None:
        response = await client.get("/events", params={"cursor": cursor}, headers=head)

        assert (response.status_code, slug(response)) == (400, "bad-cursor")

    async def test_is_for_readers_of_everything(
        self, client: httpx.AsyncClient, seller: dict[str, str]
    ) -> None:
        response = await client.get("/events", headers=seller)

        assert (response.status_code, slug(response)) == (403, "forbidden")
