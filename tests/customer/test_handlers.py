"""What customer does with what others tell; each event comes twice and counts once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.bus import Record
from libs.common.crypto import DataKey
from libs.common.db import Database
from libs.common.envelope import Attributes, Envelope, decode, headers, wire
from libs.common.events import Event
from libs.common.ids import new_id
from libs.common.journal import Cause
from libs.common.testing import Scratch
from libs.contracts.customer import ContactErased
from libs.contracts.sales import LeadConverted, LeadState
from libs.platform.process import Platform
from libs.platform.subjects.keyring import KeysAtHand
from libs.platform.subjects.minting import mint
from libs.platform.subjects.model import SubjectKey
from libs.platform.subjects.sealing import seal_model
from services.customer.accounts.model import Account
from services.customer.activities.model import Activity
from services.customer.consents.model import Consent, consent_id
from services.customer.contacts.model import Contact
from services.customer.handlers import HANDLERS, blank
from tests.factories.accounts import make_account
from tests.factories.activities import make_activity
from tests.factories.campaign_facts import unsubscribed
from tests.factories.consents import make_consent
from tests.factories.contacts import make_contact
from tests.factories.envelopes import make_envelope

THEN = datetime(2026, 2, 1, 9, tzinfo=UTC)
CAUSE = Cause("system", "test")


@pytest.fixture(scope="module")
async def platform(scratched: Scratch) -> Platform:
    return Platform(scratched.settings, scratched.database)


async def a_person(platform: Platform, database: Database) -> tuple[UUID, KeysAtHand]:
    """A subject of sales whose key has come."""
    subject_id = new_id()
    key = DataKey.mint(str(subject_id))
    row = {"id": subject_id, "wrapped": platform.ring.wrap(key)}
    columns = "(id, epoch, version, wrapped, linked) VALUES (:id, 1, 1, :wrapped, '{}')"
    async with database.engine.begin() as connection:
        await connection.execute(text(f"INSERT INTO subject_key_replica {columns}"), row)
    return subject_id, KeysAtHand({subject_id: key})


def conversion(subject_id: UUID, **facts: Any) -> LeadConverted:
    lead = {
        "id": new_id(),
        "subject_id": subject_id,
        "family_name": "Li",
        "given_name": "Wei",
        "company_name": f"Initech {subject_id} Ltd",
        "email": f"{subject_id}@example.com",
        "phone": "+8613800138000",
        "title": "CTO",
        "source": "fair",
        "owner_id": UUID(int=2),
        "converted_at": THEN,
        "opportunity_id": None,
        "erased_at": None,
        "deleted_at": None,
    }
    ids = {"account_id": new_id(), "contact_id": new_id()}
    facts = {"creates_account": True, "creates_contact": True} | ids | facts
    links = {name: facts[name] for name in ids}
    state = LeadState.model_validate(lead | links | facts.pop("lead", {}))
    return LeadConverted(lead_id=state.id, occurred_at=THEN, opportunity_id=None, state=state, **facts)


def on_the_wire(event: Event, keys: KeysAtHand) -> Envelope:
    attributes = Attributes(new_id(), event.type, "sales", THEN, str(event.subject), 2, "user:2", "test")
    value, key = orjson.dumps(seal_model(event, keys), default=str), str(event.aggregate_id).encode()
    return decode(Record(event.topic, 0, 0, THEN, key, value, wire(headers(attributes))))


@asynccontextmanager
async def looking(database: Database) -> AsyncIterator[AsyncSession]:
    async with AsyncSession(database.engine) as session:
        yield session


async def deliver(platform: Platform, envelope: Envelope, times: int = 2) -> None:
    async def react(session: AsyncSession) -> None:
        for reaction in HANDLERS[type(envelope.event)]:  # type: ignore[index]
            await reaction.function(session, envelope)

    for _ in range(times):
        await platform.transactions.run(CAUSE, react)


async def events_of(database: Database, id: UUID) -> list[str]:
    async with database.reading.connect() as connection:
        rows = await connection.execute(
            text("SELECT headers->>'ce_type' FROM outbox WHERE key = :id ORDER BY id"), {"id": str(id)}
        )
        return list(rows.scalars())


class TestLeadConverted:
    async def test_creates_account_and_contact_under_the_ids_of_sales(
        self, platform: Platform, database: Database
    ) -> None:
        subject_id, keys = await a_person(platform, database)
        event = conversion(subject_id)

        await deliver(platform, on_the_wire(event, keys))

        async with looking(database) as session:
            account = await session.get_one(Account, event.account_id)
            contact = await session.get_one(Contact, event.contact_id)
        assert (account.name, account.source, account.owner_id, account.version) == (
            event.state.company_name,
            "fair",
            UUID(int=2),
            1,
        )
        assert (contact.family_name, contact.email, contact.title) == ("Li", event.state.email, "CTO")
        assert (contact.account_id, contact.phone_mask) == (account.id, "+86138****8000")
        assert contact.subject_id != subject_id
        assert await events_of(database, account.id) == ["customer.account.created.v1"]
        assert (await events_of(database, contact.id))[0] == "customer.contact.created.v1"
        assert await events_of(database, contact.subject_id) == [
            "customer.subject-key.minted.v1",
            "customer.subject-key.linked.v1",
        ]

    async def test_proposes_the_merge_with_those_it_looks_like(
        self, platform: Platform, database: Database
    ) -> None:
        subject_id, keys = await a_person(platform, database)
        first, second = conversion(subject_id), conversion(subject_id)
        await deliver(platform, on_the_wire(first, keys))

        await deliver(platform, on_the_wire(second, keys))

        async with looking(database) as session:
            account = await session.get_one(Account, second.account_id)
            contact = await session.get_one(Contact, second.contact_id)
        assert account.possible_duplicate_of_id == first.account_id
        assert contact.possible_duplicate_of_id is not None
        assert await events_of(database, account.id) == [
            "customer.account.created.v1",
            "customer.account.merge_proposed.v1",
        ]

    async def test_leaves_alone_what_was_there_before(self, platform: Platform, database: Database) -> None:
        subject_id, keys = await a_person(platform, database)
        event = conversion(subject_id, creates_account=False, creates_contact=False)

        await deliver(platform, on_the_wire(event, keys))

        async with looking(database) as session:
            assert await session.get(Account, event.account_id) is None
            assert await session.get(Contact, event.contact_id) is None

    async def test_links_the_contact_who_was_there_before(
        self, platform: Platform, database: Database
    ) -> None:
        subject_id, keys = await a_person(platform, database)
        first = conversion(subject_id)
        await deliver(platform, on_the_wire(first, keys))
        other_id, other_keys = await a_person(platform, database)
        again = conversion(other_id, contact_id=first.contact_id, creates_contact=False)

        await deliver(platform, on_the_wire(again, other_keys))

        async with looking(database) as session:
            contact = await session.get_one(Contact, first.contact_id)
            key = await session.get_one(SubjectKey, contact.subject_id)
        assert set(key.linked) == {subject_id, other_id}

    async def test_no_person_gives_his_name_to_an_account(
        self, platform: Platform, database: Database
    ) -> None:
        subject_id, keys = await a_person(platform, database)
        event = conversion(subject_id, lead={"company_name": None})

        await deliver(platform, on_the_wire(event, keys))

        async with looking(database) as session:
            assert (await session.get_one(Account, event.account_id)).name == f"Lead {event.lead_id}"

    async def test_who_was_forgotten_meanwhile_stays_forgotten(
        self, platform: Platform, database: Database
    ) -> None:
        subject_id, keys = await a_person(platform, database)
        event = conversion(subject_id)
        envelope = on_the_wire(event, keys)
        async with database.engine.begin() as connection:
            sql = "UPDATE subject_key_replica SET wrapped = NULL, erased_at = now() WHERE id = :id"
            await connection.execute(text(sql), {"id": subject_id})

        await deliver(platform, envelope)

        async with looking(database) as session:
            contact = await session.get_one(Contact, event.contact_id)
        assert (contact.family_name, contact.email, contact.phone_mask) == ("[erased]",) * 3
        assert contact.erased_at is not None


class TestUnsubscribed:
    async def test_withdraws_the_consent_once(self, platform: Platform, database: Database) -> None:
        subject_id = await platform.transactions.run(CAUSE, _minted)
        contact = make_contact(subject_id=subject_id)
        await platform.transactions.run(CAUSE, lambda session: _add(session, contact))

        await deliver(platform, make_envelope(unsubscribed(contact.id), 2))

        identity = consent_id(contact.id, "marketing", "email")
        async with looking(database) as session:
            consent = await session.get_one(Consent, identity)
        assert (consent.status, consent.source) == ("withdrawn", "unsubscribe")
        assert await events_of(database, identity) == ["customer.consent.withdrawn.v1"]

    async def test_of_somebody_unknown_here_changes_nothing(
        self, platform: Platform, database: Database
    ) -> None:
        event = unsubscribed(new_id())

        await deliver(platform, make_envelope(event, 2))

        identity = consent_id(event.state.contact_id, "marketing", "email")
        assert await events_of(database, identity) == []


class TestErasure:
    async def test_elsewhere_reaches_the_linked_contact_and_what_was_written_about_him(
        self, platform: Platform, database: Database
    ) -> None:
        subject_id, keys = await a_person(platform, database)
        event = conversion(subject_id)
        await deliver(platform, on_the_wire(event, keys))
        async with looking(database) as session:
            contact = await session.get_one(Contact, event.contact_id)
        about = make_activity(contact_id=contact.id, subject_id=contact.subject_id, body="He said")
        consent = make_consent(contact_id=contact.id, subject_id=contact.subject_id)
        await platform.transactions.run(CAUSE, lambda session: _add(session, about, consent))

        for _ in range(2):
            await platform.transactions.run(CAUSE, lambda session: blank(session, [subject_id], THEN))
        async with looking(database) as session:
            contact = await session.get_one(Contact, event.contact_id)
        erased = ContactErased(contact_id=contact.id, occurred_at=THEN, state=contact.state())
        await deliver(platform, on_the_wire(erased, KeysAtHand({contact.subject_id: None})))

        async with looking(database) as session:
            activity = await session.get_one(Activity, about.id)
            said = await session.get_one(Consent, consent.id)
        assert (contact.family_name, activity.subject, activity.body) == ("[erased]",) * 3
        assert (said.status, said.proof, said.given_at) == ("given", "[erased]", consent.given_at)
        assert (await events_of(database, consent.id)).count("customer.consent.erased.v1") == 1
        assert (await events_of(database, contact.id)).count("customer.contact.erased.v1") == 1
        assert (await events_of(database, activity.id)).count("customer.activity.erased.v1") == 1

    async def test_of_somebody_unknown_here_changes_nothing(
        self, platform: Platform, database: Database
    ) -> None:
        bystander = make_account()
        await platform.transactions.run(CAUSE, lambda session: _add(session, bystander))

        await platform.transactions.run(CAUSE, lambda session: blank(session, [new_id()], THEN))

        assert await events_of(database, bystander.id) == ["customer.account.created.v1"]


async def _add(session: AsyncSession, *aggregates: Any) -> None:
    session.add_all(aggregates)


async def _minted(session: AsyncSession) -> UUID:
    return mint(session)
