"""Leads converted at once, by two callers each, and told twice: one account, contact and opportunity each."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from deploy.demo.client import PREFIX, Api
from deploy.demo.wire import Refused
from deploy.local.credentials import load_credentials
from deploy.local.services import NAMES
from libs.contracts.sales import LeadConverted
from tests.e2e.business import STAGES
from tests.e2e.stack import Stack, seconds_until
from tests.figures import Figures, budget

PARTITIONS = [TopicPartition(LeadConverted.topic, number) for number in range(12)]
CALLERS = 16


class Echo:
    """Sends every LeadConverted again, byte by byte, as soon as it comes."""

    def __init__(self, consumer: AIOKafkaConsumer, producer: AIOKafkaProducer) -> None:
        self.sent = 0
        self.task = asyncio.create_task(self._run(consumer, producer))

    async def count(self) -> int:
        """Return how many were told twice by now; fails as soon as the telling has."""
        if self.task.done():
            self.task.result()
        return self.sent

    async def _run(self, consumer: AIOKafkaConsumer, producer: AIOKafkaProducer) -> None:
        heard = set[bytes]()
        async for record in consumer:
            headers = dict(record.headers)
            if headers["ce_type"] == LeadConverted.type.encode() and headers["ce_id"] not in heard:
                heard.add(headers["ce_id"])
                same = [*record.headers]
                await producer.send_and_wait(record.topic, record.value, key=record.key, headers=same)
                self.sent += 1


@asynccontextmanager
async def echoing(stack: Stack) -> AsyncIterator[Echo]:
    bootstrap = stack.environment("sales-worker")["PLEXUS_KAFKA_BOOTSTRAP"]
    async with (
        AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False) as consumer,
        AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all") as producer,
    ):
        consumer.assign(PARTITIONS)
        await consumer.seek_to_end(*PARTITIONS)
        # Seeking is lazy: only a position that was asked for is fixed before the first conversion.
        for place in PARTITIONS:
            await consumer.position(place)
        echo = Echo(consumer, producer)
        try:
            yield echo
        finally:
            echo.task.cancel()


@pytest.fixture
async def api(stack: Stack) -> AsyncIterator[Api]:
    known = load_credentials(stack.state.path, NAMES)
    url = stack.url.removesuffix(PREFIX)
    async with Api(
        url, known.admin_email, known.admin_password, ca_file=stack.ca_file, concurrency=CALLERS
    ) as opened:
        yield opened


def lead(run: str, key: int) -> dict[str, Any]:
    return {
        "family_name": f"Family {run}",
        "given_name": f"No {key}",
        "company_name": f"Company {run} {key}",
        "email": f"{run}.{key}@example.org",
        "phone": f"+8613{run[:5]}{key:04}",
        "source": run,
    }


async def converted(api: Api, lead_id: str, opportunity: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Convert as one of two callers; return the status, and what the lead became."""
    async with api.limit:
        try:
            return 200, await api.post(f"/leads/{lead_id}/convert", {"opportunity": opportunity})
        except Refused as refused:
            return refused.status, {}


async def unread(api: Api) -> int:
    """Count what customer has still to read of leads."""
    report = await api.get("/operations/customer")
    places = [each for each in report["groups"] if each["topic"] == LeadConverted.topic]
    assert len(places) == len(PARTITIONS)
    return sum(int(each["end"]) - int(each["position"]) for each in places)


class TestConversion:
    async def test_happens_once_however_often_it_is_asked_and_told(self, stack: Stack, api: Api) -> None:
        count, run = budget("conversion")["leads"], str(uuid4().int)[:8]
        pipeline = (await api.post("/pipelines", {"name": f"Conversion {run}", "stages": STAGES}))["id"]
        made = await api.create_all("/leads", [lead(run, key) for key in range(count)])
        sold = {"name": f"Sold {run}", "pipeline_id": pipeline, "amount_minor": 100, "currency": "EUR"}

        async with echoing(stack) as echo:
            asked = [converted(api, str(each.id), sold) for each in made for _ in range(2)]
            answers = await asyncio.gather(*asked)
            await seconds_until(echo.count, count, 120)
            await seconds_until(lambda: unread(api), 0, 240)

        became = [body for status, body in answers if status == 200]
        accounts = await api.all("/accounts", source=run)
        contacts = await api.all("/contacts", family_name=f"Family {run}")
        opportunities = await api.all("/opportunities", pipeline_id=pipeline)
        # part=True: other journeys write rows of the same table.
        figures = Figures("demo")
        figures.at_least("samples: conversions told twice", echo.sent, count)
        figures.exactly("conversions: accepted", len(became), count)
        refused = [status for status, _ in answers].count(409)
        figures.exactly("conversions: second callers refused with 409", refused, count)
        found = {"account_id": accounts, "contact_id": contacts, "opportunity_id": opportunities}
        for (link, rows), kind in zip(found.items(), ("accounts", "contacts", "opportunities"), strict=True):
            figures.exactly(f"conversions: {kind}", len(rows), count)
            other = {row["id"] for row in rows} ^ {body[link] for body in became}
            figures.exactly(f"conversions: {kind} under other ids", len(other), 0)
        apart = [each for each in contacts if each["account_id"] not in {row["id"] for row in accounts}]
        figures.exactly("conversions: contacts at another account", len(apart), 0)
        assert figures.done(part=True), figures.failures()
