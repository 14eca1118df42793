"""One record of each kind, made through the API, and what other services hear of it."""

import base64
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.bus import TopicPartition
from libs.common.clock import SystemClock
from libs.common.envelope import Envelope
from libs.common.inbox_postgres import PostgresTransaction
from libs.common.journal import Cause
from libs.contracts.customer import AccountCreated, ContactCreated, SegmentDefined
from libs.platform.process import replicas
from libs.platform.records.replica import RecordApplier
from libs.platform.references.people import PeopleApplier
from services.auth.signing_keys.commands import rotate_signing_keys
from services.integration.messages.commands import queue_mail
from tests.access.forgeries import MASTER
from tests.access.stand import Stand
from tests.analytics.conftest import Models, placed
from tests.api import bearer
from tests.auth.stream import published, transactions_of
from tests.factories.integration import make_notification, make_request
from tests.integration.acting import transacting

type Payload = dict[str, Any]
# The kind of a record, as the plural in its path, and its id.
type Made = dict[str, str]

PASSWORD = "correct horse battery"
STAGES = [{"name": name, "kind": kind} for name, kind in (("New", "open"), ("Won", "won"), ("Lost", "lost"))]
_PEOPLE = {ContactCreated.topic: PeopleApplier()}
_FOLLOWED: Mapping[str, tuple[tuple[type[Any], ...], Mapping[str, Any]]] = {
    "sales": ((AccountCreated, ContactCreated), {}),
    "marketing": ((AccountCreated, SegmentDefined), _PEOPLE),
    "ticketing": ((AccountCreated,), _PEOPLE),
    "analytics": ((AccountCreated, ContactCreated), {}),
    "integration": ((), {}),
}


class Ends:
    """A log that ends where what was carried ends: it is asked for nothing else."""

    def __init__(self, ends: Mapping[str, int]) -> None:
        self._ends = ends

    async def ends(self, topics: Iterable[str]) -> dict[TopicPartition, int]:
        return {TopicPartition(each, 0): self._ends[each] for each in topics}


class Seeder:
    """Makes records as who may do everything, for anybody; and carries what was told to who follows it."""

    def __init__(self, stand: Stand) -> None:
        self.stand = stand
        self._told: dict[str, int] = {}
        self._ends: Counter[str] = Counter()
        self._models = Models(stand.scratches["analytics"])
        self._number = 0

    async def begin(self) -> None:
        """Make what there is once."""
        await transactions_of(self.stand.scratches["auth"]).run(Cause("system", "test"), rotate_signing_keys)
        await self._models.create()

    async def post(self, service: str, kind: str, payload: object) -> Payload:
        """Make one record."""
        headers = list(bearer(MASTER).items())
        answer = await self.stand.ask(service, "POST", f"/api/v1/{kind}", headers, payload)
        assert answer.status in {200, 201, 202}, (kind, answer.status, answer.content)
        made: Payload = answer.json()
        return made

    async def make(self, owner: UUID) -> Made:
        """Make one record of each kind, those that can be owned for `owner`."""
        self._number += 1
        made: Made = {}
        for service, makes in _PAYLOADS.items():
            for kind, payload in makes.items():
                asked = payload(made, str(owner), self._number)
                made[kind] = (await self.post(service, kind, asked))["id"]
                if kind == "tickets":
                    # Only who was helped is asked how content he is.
                    await self.post(service, f"tickets/{made[kind]}/resolve", {})
            await self.carry(service)
        await self._signed_in(made)
        await self._waiting(made, owner)
        await self._imported(made, owner)
        return made

    async def settle(self, every: Iterable[Made]) -> None:
        """Put each contact into his segment, and say that the log has been read to its end."""
        for made in every:
            await self.post(
                "customer", f"segments/{made['segments']}/members", {"contact_ids": [made["contacts"]]}
            )
        for topic, end in self._ends.items():
            await self._models.reach(TopicPartition(topic, 0), end)
        self.stand.apps["analytics"].state.bus = Ends(self._ends)

    async def carry(self, service: str) -> None:
        """Let the others hear what a service has told since."""
        database = self.stand.scratches[service].database
        query = text("SELECT DISTINCT topic FROM outbox")
        async with database.reading.connect() as connection:
            topics = sorted((await connection.execute(query)).scalars())
        told = [each for topic in topics for each in await published(database, topic)]
        fresh = [each for each in told if each.record.offset > self._told.get(service, 0)]
        self._told[service] = max((each.record.offset for each in told), default=0)
        for follower in _FOLLOWED:
            if follower != service:
                await self._hear(follower, fresh)

    async def _hear(self, service: str, told: list[Envelope]) -> None:
        lent = self.stand.scratches[service]
        references, appliers = _FOLLOWED[service]
        (group,) = replicas(lent.settings, references, directory=False, appliers=appliers)
        async with AsyncSession(lent.database.engine, autoflush=False, expire_on_commit=False) as session:
            session.info["ring"] = self._models.ring
            transaction = PostgresTransaction(session, service)
            # Keys go first.
            for topics in (group.urgent, set(group.topics) - group.urgent):
                wanted = [each for each in told if each.record.topic in topics]
                await group.applier.apply(transaction, wanted)
            if service == "integration":
                await RecordApplier().apply(transaction, told)
            await session.commit()
        if service == "analytics":
            await self._models.take([self._placed(each) for each in told])

    def _placed(self, told: Envelope) -> Envelope:
        self._ends[told.record.topic] += 1
        return placed(told, self._ends[told.record.topic] - 1)

    async def _signed_in(self, made: Made) -> None:
        """Open a session of the new user's, and give a key to who makes everything."""
        asked = {"email": f"u{self._number}@victim.example", "password": PASSWORD}
        told = (await self.post("auth", "auth/sign-in", asked))["access_token"].split(".")[1]
        made["auth/sessions"] = json.loads(base64.urlsafe_b64decode(told + "=="))["sid"]
        key = {"name": f"Key {self._number}", "scopes": ["lead:read"]}
        made["api-keys"] = (await self.post("auth", "api-keys", key))["id"]

    async def _waiting(self, made: Made, owner: UUID) -> None:
        """Let a mail of his wait, and tell him something."""

        async def body(session: AsyncSession) -> None:
            now = session.info["now"]
            asked = make_request(owner_id=owner, not_after=now.replace(year=now.year + 1))
            await queue_mail(session, asked, f"letter {owner} {self._number}", now, now)
            notice = make_notification(owner_id=owner, at=now)
            session.add(notice)
            made["notifications"] = str(notice.id)

        database = self.stand.scratches["integration"].database
        await transacting(database, SystemClock()).run(Cause("system", "test"), body)
        async with database.reading.connect() as connection:
            newest = text("SELECT id FROM message WHERE owner_id = :owner ORDER BY id DESC LIMIT 1")
            made["messages"] = str((await connection.execute(newest, {"owner": owner})).scalar_one())

    async def _imported(self, made: Made, owner: UUID) -> None:
        made["imports"] = (await self.post("customer", "imports", b"Name\nLi\n"))["id"]
        async with self.stand.scratches["customer"].database.engine.begin() as connection:
            given = {"id": made["imports"], "owner": owner}
            await connection.execute(text("UPDATE import SET owner_id = :owner WHERE id = :id"), given)


def _auth() -> dict[str, Callable[[Made, str, int], Payload]]:
    return {
        "departments": lambda _, __, number: {"name": f"Department {number}"},
        "roles": lambda _, __, number: {"name": f"Role {number}", "permissions": {"lead:read": "own"}},
        "users": lambda _, __, number: {
            "email": f"u{number}@victim.example",
            "name": "U",
            "password": PASSWORD,
        },
    }


def _customer() -> dict[str, Callable[[Made, str, int], Payload]]:
    return {
        "accounts": lambda _, owner, number: {"name": f"Namesake {number}", "owner_id": owner},
        "contacts": lambda made, owner, number: {
            "family_name": "Namesake",
            "account_id": made["accounts"],
            "email": f"c{number}@victim.example",
            "owner_id": owner,
        },
        "activities": lambda made, owner, _: {
            "kind": "call",
            "subject": "Call",
            "account_id": made["accounts"],
            "contact_id": made["contacts"],
            "owner_id": owner,
        },
        "segments": lambda _, owner, number: {"name": f"S {number}", "kind": "static", "owner_id": owner},
        "consents": lambda made, _, __: {
            "purpose": "news",
            "channel": "email",
            "wording_version": "1",
            "source": "form",
            "contact_id": made["contacts"],
        },
    }


def _sales() -> dict[str, Callable[[Made, str, int], Payload]]:
    return {
        "products": lambda _, __, number: {"name": f"P {number}", "price_minor": 1, "currency": "EUR"},
        "pipelines": lambda _, __, number: {"name": f"Pipeline {number}", "stages": STAGES},
        "leads": lambda _, owner, __: {"family_name": "Namesake", "company_name": "X", "owner_id": owner},
        "opportunities": lambda made, owner, _: {
            "name": "Namesake",
            "pipeline_id": made["pipelines"],
            "currency": "EUR",
            "product_id": made["products"],
            "account_id": made["accounts"],
            "contact_id": made["contacts"],
            "owner_id": owner,
        },
    }


def _marketing() -> dict[str, Callable[[Made, str, int], Payload]]:
    return {
        "templates": lambda _, owner, number: {
            "name": f"T {number}",
            "subject": "Hello",
            "html": "<p>Hello</p>",
            "owner_id": owner,
        },
        "campaigns": lambda made, owner, number: {
            "name": f"Namesake {number}",
            "template_id": made["templates"],
            "segment_id": made["segments"],
            "from_name": "Plexus",
            "owner_id": owner,
        },
        "suppressions": lambda made, _, __: {"contact_id": made["contacts"], "reason": "manual"},
    }


def _ticketing() -> dict[str, Callable[[Made, str, int], Payload]]:
    targets = [{"priority": "high", "first_response_minutes": 60, "resolution_minutes": 600}]
    return {
        "calendars": lambda _, __, number: {"name": f"Calendar {number}", "time_zone": "Europe/Berlin"},
        "sla-policies": lambda made, _, number: {
            "name": f"Policy {number}",
            "calendar_id": made["calendars"],
            "targets": targets,
        },
        "queues": lambda _, __, number: {"name": f"Queue {number}"},
        "tickets": lambda made, owner, _: {
            "subject": "Ticket",
            "channel": "email",
            "account_id": made["accounts"],
            "contact_id": made["contacts"],
            "owner_id": owner,
        },
        "surveys": lambda made, _, __: {"ticket_id": made["tickets"], "score": 5},
    }


def _integration() -> dict[str, Callable[[Made, str, int], Payload]]:
    return {
        "webhooks": lambda _, owner, number: {
            "name": f"Webhook {number}",
            "url": "https://example.org/hooks",
            "types": ["sales.*"],
            "owner_id": owner,
        }
    }


_PAYLOADS = {
    "auth": _auth(),
    "customer": _customer(),
    "sales": _sales(),
    "marketing": _marketing(),
    "ticketing": _ticketing(),
    "integration": _integration(),
}
