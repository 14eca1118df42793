import random
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import uuid4

import httpx
import pytest

from deploy.local.rebuild import models
from libs.common.crypto import ERASED
from tests.e2e.business import a_pipeline
from tests.e2e.remains import database, in_caches, in_logs, in_tables, in_topics, keys_left
from tests.e2e.stack import Stack, expect, seconds_until
from tests.figures import Figures

PROMISE = 60.0


@dataclass
class Person:
    """A lead who became a contact, with an activity and an opportunity that name him."""

    token: str
    phone: str
    lead: str
    contact: str
    opportunity: str
    activity: str = ""

    @property
    def texts(self) -> list[str]:
        return [self.token, self.phone]


async def converted(client: httpx.AsyncClient) -> Person:
    """Plant a person whose every personal field holds the same unlikely token."""
    # Neither a part of an id nor of a time reads like either of them.
    token, phone = f"zq{uuid4().hex[:10]}", f"139{random.randint(10**7, 10**8 - 1)}"
    lead = {
        "family_name": f"李{token}",
        "given_name": f"Ada{token}",
        "email": f"{token}@example.org",
        "phone": f"+86{phone}",
        "title": f"Chief {token}",
        "company_name": f"Company {uuid4().hex[:8]}",
    }
    keyed = {"Idempotency-Key": uuid4().hex}
    made = expect(await client.post("/leads", json=lead, headers=keyed), 201)
    opportunity = {"name": "Deal", "pipeline_id": (await a_pipeline(client))["id"]}
    asked = {"opportunity": opportunity | {"amount_minor": 100, "currency": "EUR"}}
    became = expect(await client.post(f"/leads/{made['id']}/convert", json=asked, headers=keyed), 200)
    return Person(token, phone, made["id"], became["contact_id"], became["opportunity_id"])


async def met(client: httpx.AsyncClient, person: Person) -> None:
    """Write about him in free text."""
    words = {
        name: f"{name} about {person.token}, call {person.phone}" for name in ("subject", "body", "outcome")
    }
    activity = words | {"kind": "note", "contact_id": person.contact}
    person.activity = expect(await client.post("/activities", json=activity), 201)["id"]
    asked = {"subject": words["subject"], "description": words["body"], "channel": "web"}
    keyed = {"Idempotency-Key": uuid4().hex}
    ticket = await client.post("/tickets", json=asked | {"contact_id": person.contact}, headers=keyed)
    said = {"kind": "inbound", "body": words["body"]}
    expect(await client.post(f"/tickets/{expect(ticket, 201)['id']}/messages", json=said), 201)


async def shown(client: httpx.AsyncClient, person: Person) -> dict[str, Any]:
    """What each service calls him now."""
    contact = await client.get(f"/contacts/{person.contact}")
    lead = await client.get(f"/leads/{person.lead}")
    deal = await client.get(f"/opportunities/{person.opportunity}")
    asked = {"contact_id": person.contact}
    records = await client.get("/metrics/sales-performance/records", params=asked)
    told = {
        "customer": contact.json().get("family_name"),
        "sales": lead.json().get("family_name"),
        "sales, of the contact": deal.json().get("contact_name"),
        "analytics": [each["contact_name"] for each in records.json()["items"]],
    }
    if person.activity:
        activity = (await client.get(f"/activities/{person.activity}")).json()
        told["customer, in free text"] = activity["subject"]
    return told


async def is_known(client: httpx.AsyncClient, person: Person) -> list[bool]:
    """Whether each service calls him by his name."""
    return [person.token in str(name) for name in (await shown(client, person)).values()]


async def subjects_of(stack: Stack, person: Person) -> list[str]:
    found = []
    for service, table, id in (
        ("sales", "lead", person.lead),
        ("customer", "contact", person.contact),
        ("customer", "activity", person.activity),
    ):
        async with database(stack, service) as connection:
            query = f"SELECT subject_id::text FROM {table} WHERE id::text = $1"
            found.append(await connection.fetchval(query, id))
    return found


async def unsent(stack: Stack) -> int:
    """How many records wait in the outboxes of the services that hold persons."""
    waiting = 0
    for service in ("auth", "customer", "sales"):
        async with database(stack, service) as connection:
            waiting += await connection.fetchval("SELECT count(*) FROM outbox")
    return waiting


@pytest.fixture
async def person(administrator: httpx.AsyncClient) -> Person:
    planted = await converted(administrator)
    await seconds_until(partial(is_known, administrator, planted), [True] * 4)
    await met(administrator, planted)
    return planted


class TestErasure:
    async def test_reaches_every_place_a_person_was_in(
        self, stack: Stack, administrator: httpx.AsyncClient, person: Person
    ) -> None:
        figures = Figures("demo")
        await seconds_until(partial(unsent, stack), 0)
        leaked, records, sealed = await in_topics(stack, person.texts)
        figures.exactly("topics with plaintext of a person", leaked, [])
        figures.at_least("records read, sealed ones among them", sealed, 5)
        subjects = await subjects_of(stack, person)
        assert (await keys_left(stack, subjects))[0] >= len(subjects)
        assert (await in_tables(stack, person.texts))[0] != []
        everywhere = dict.fromkeys(await shown(administrator, person), ERASED) | {"analytics": [ERASED]}

        expect(await administrator.post(f"/contacts/{person.contact}/erase"), 200)
        seconds = await seconds_until(partial(shown, administrator, person), everywhere, PROMISE)
        await seconds_until(partial(unsent, stack), 0)
        stack.local("rebuild", *models())

        figures.at_most("an erasure reads everywhere", round(seconds, 2), PROMISE, "s")
        figures.exactly("after a rebuild of each model", await shown(administrator, person), everywhere)
        tables, tables_read = await in_tables(stack, person.texts)
        figures.exactly("tables with plaintext after the erasure", tables, [])
        figures.at_least("tables read", tables_read, 60)
        topics, records_after, _ = await in_topics(stack, person.texts)
        figures.exactly("topics with plaintext after the erasure", topics, [])
        figures.at_least("records read after it", records_after, records)
        logs, log_bytes = in_logs(stack, person.texts)
        figures.exactly("log files with plaintext", logs, [])
        figures.at_least("bytes of logs read", log_bytes, 1)
        figures.exactly("cached keys with plaintext", await in_caches(stack, person.texts), [])
        wrapped, erasures = await keys_left(stack, subjects)
        figures.exactly("wrapped keys left of his subjects", wrapped, 0)
        figures.at_least("erasures that services know of", erasures, 2 * len(subjects))
        assert figures.done(part=True), figures.failures()
