"""What a page of the feed costs."""

from typing import Any

import pytest

from libs.common.bus import TopicPartition
from libs.common.db import Database
from libs.common.event_types import EventTypes
from libs.platform.access.actor import Actor
from libs.platform.directory.model import Directory
from services.analytics.event_log.queries import page
from tests.analytics.conftest import PEOPLE, SELLER, Models
from tests.factories.directory import uid
from tests.factories.envelopes import make_envelope
from tests.factories.sales_facts import opened

PLACE = TopicPartition("crm.sales.opportunity", 0)


@pytest.fixture(scope="module", autouse=True)
async def log(models: Models) -> None:
    """Forty events, every other one of somebody else."""
    facts = [opened(number, owner_id=uid(SELLER if number % 2 else 9)) for number in range(40)]
    await models.take([make_envelope(fact, at) for at, fact in enumerate(facts)])
    await models.reach(PLACE, 40)


@pytest.fixture
def seller() -> Actor:
    directory = Directory()
    directory.apply(PEOPLE)
    return Actor(uid(SELLER), directory)


class TestPage:
    @pytest.mark.parametrize("limit", [1, 5, 50])
    async def test_costs_the_same_whatever_its_length(
        self, database: Database, models: Models, seller: Actor, query_count: Any, limit: int
    ) -> None:
        async with database.reading.connect() as connection:
            with query_count() as counted:
                scan = await page(connection, seller, models.ring, None, EventTypes.read(None), limit)

        assert len(scan.events) == min(limit, 20)
        assert counted.count == 3

    async def test_asks_for_nothing_that_there_is_not(
        self, database: Database, models: Models, seller: Actor, query_count: Any
    ) -> None:
        async with database.reading.connect() as connection:
            with query_count() as counted:
                scan = await page(connection, seller, models.ring, None, EventTypes.read("customer.*"), 50)

        assert scan.reached == {PLACE: 40}
        assert counted.count == 1
