"""A few records of each kind, made through the API, for fuzzed requests to name."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import requests
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.clock import SystemClock
from libs.common.journal import Cause
from libs.common.testing import Scratch
from libs.platform.subjects.minting import mint
from services.auth.directory import lock_head
from services.auth.passwords import hash_password
from services.auth.sessions.model import Credential
from services.auth.signing_keys.commands import rotate_signing_keys
from services.auth.users.model import User
from services.integration.messages.commands import queue_mail
from tests.analytics.conftest import Models
from tests.auth.stream import transactions_of
from tests.factories.customer_facts import account, contact, sealed
from tests.factories.directory import uid
from tests.factories.envelopes import make_envelope
from tests.factories.integration import make_notification, make_request
from tests.factories.sales_facts import moved, opened, pipeline, won
from tests.fuzz.known import PREFIX, Known
from tests.fuzz.running import EVERYTHING, Running
from tests.integration.acting import transacting

EMAIL, PASSWORD = "caller@example.org", "correct horse battery"
KINDS = {"New": "open", "Talking": "open", "Won": "won", "Lost": "lost"}
CHINESE = {"field": "contact.language", "op": "eq", "value": "zh"}
STAGES = [{"name": name, "kind": kind} for name, kind in KINDS.items()]
ACCOUNT, CONTACT = "00000000-0000-0000-0000-00000000a000", "00000000-0000-0000-0000-00000000c000"
SEGMENT = "00000000-0000-0000-0000-00000000e000"

type Payload = dict[str, Any]


async def prepare(service: Running) -> None:
    """Write what other services, or the service's own worker, would have brought."""
    writers = {
        "auth": _write_caller,
        "sales": _write_references,
        "marketing": _write_people,
        "ticketing": _write_references,
        "analytics": _write_models,
        "integration": _write_what_waits,
    }
    if service.service in writers:
        await writers[service.service](service.scratch)


def make_records(service: Running, known: Known) -> None:
    """Make what each service's requests point to, in an order in which everything named exists."""
    makers = {
        "auth": _auth,
        "customer": _customer,
        "sales": _sales,
        "marketing": _marketing,
        "ticketing": _ticketing,
        "integration": _integration,
        "analytics": _analytics,
    }
    if service.service in makers:
        makers[service.service](_Maker(service, known))


def _analytics(maker: "_Maker") -> None:
    """Name what analytics has read of other services."""
    maker.known.ids["accounts"].append(ACCOUNT)
    maker.known.ids["contacts"].append(CONTACT)


class _Maker:
    def __init__(self, service: Running, known: Known) -> None:
        self.url, self.headers, self.known = service.url, service.headers, known

    def make(self, kind: str, /, **payload: Any) -> Payload:
        path = PREFIX + kind
        answer = requests.post(self.url + path, json=payload, headers=self.headers, timeout=60)
        answer.raise_for_status()
        made: Payload = answer.json()
        self.known.learn(path, made)
        return made

    def send(self, kind: str, content: bytes) -> None:
        """Make a record of a file."""
        path = PREFIX + kind
        answer = requests.post(self.url + path, data=content, headers=self.headers, timeout=60)
        answer.raise_for_status()
        self.known.learn(path, answer.json())

    def find(self, kind: str) -> None:
        """Learn what is there already."""
        answer = requests.get(f"{self.url}{PREFIX}{kind}?limit=200", headers=self.headers, timeout=60)
        answer.raise_for_status()
        for each in answer.json()["items"]:
            self.known.learn(f"{PREFIX}{kind}/{each['id']}", each)


def _auth(maker: _Maker) -> None:
    root = maker.make("departments", name="Company")
    for number in range(3):
        maker.make("departments", name=f"Department {number}", parent_id=root["id"])
        maker.make("roles", name=f"Role {number}", permissions={"lead:read": "own"})
    proof = {"password": PASSWORD}
    signing_in = proof | {"email": EMAIL, "code": None}
    maker.known.payloads |= {
        f"{PREFIX}auth/sign-in": signing_in,
        f"{PREFIX}auth/web/sign-in": signing_in,
        f"{PREFIX}auth/second-factor/begin": proof,
        f"{PREFIX}auth/second-factor/end": proof | {"code": "000000"},
        f"{PREFIX}auth/second-factor/recovery-codes": proof | {"code": "000000"},
        f"{PREFIX}auth/password": proof | {"current_password": PASSWORD},
    }
    # Nobody gives the caller another address, or too many wrong passwords would lock him out.
    maker.known.ids["users"].remove(str(uid(EVERYTHING)))
    for number in range(3):
        maker.make("users", email=f"{number}@example.org", name=f"User {number}")


def _customer(maker: _Maker) -> None:
    for number in range(4):
        account = maker.make("accounts", name=f"Account {number}")
        maker.make(
            "contacts", family_name=f"Li {number}", account_id=account["id"], phone=f"021 555 010{number}"
        )
        maker.make("activities", kind="call", subject=f"Call {number}", account_id=account["id"])
        asked = {"purpose": f"purpose-{number}", "channel": "email", "wording_version": "1", "source": "form"}
        maker.make("consents", contact_id=maker.known.ids["contacts"][-1], **asked)
        maker.make("segments", name=f"Segment {number}", kind="static")
        maker.send("imports", f"Name,E-mail\nLi {number},li{number}@example.org\n".encode())
    maker.known.payloads[f"{PREFIX}segments/preview"] = {"filter": CHINESE}
    maker.make("segments", name="Chinese", kind="dynamic", filter=CHINESE)


def _sales(maker: _Maker) -> None:
    maker.known.ids["accounts"], maker.known.ids["contacts"] = [ACCOUNT], [CONTACT]
    pipeline = maker.make("pipelines", name="Direct", stages=STAGES)
    maker.known.payloads[f"{PREFIX}pipelines"] = {"name": "Partners", "stages": STAGES}
    for number in range(4):
        product = maker.make("products", name=f"Product {number}", price_minor=100, currency="EUR")
        maker.make("leads", family_name=f"Wang {number}", company_name="Plexus", phone=f"021 555 010{number}")
        facts = {"name": f"Opportunity {number}", "pipeline_id": pipeline["id"], "currency": "EUR"}
        maker.make("opportunities", **facts, product_id=product["id"], account_id=ACCOUNT)


def _marketing(maker: _Maker) -> None:
    maker.known.ids |= {"contacts": [CONTACT], "segments": [SEGMENT]}
    words = {"subject": "Hello", "html": "<p>Hello {{ contact.given_name }}</p>"}
    maker.known.payloads[f"{PREFIX}templates"] = {"name": "Another", **words}
    for number in range(3):
        template = maker.make("templates", name=f"Template {number}", **words)
        facts = {"segment_id": SEGMENT, "from_name": "Plexus"}
        maker.make("campaigns", name=f"Campaign {number}", template_id=template["id"], **facts)
        maker.make("suppressions", email=f"{number}@example.org", reason="manual")


def _ticketing(maker: _Maker) -> None:
    maker.known.ids["accounts"] = [ACCOUNT]
    targets = [{"priority": "high", "first_response_minutes": 60, "resolution_minutes": 600}]
    maker.known.payloads[f"{PREFIX}calendars"] = {"name": "Always", "time_zone": "Asia/Shanghai"}
    for number in range(3):
        calendar = maker.make("calendars", name=f"Calendar {number}", time_zone="Europe/Berlin")
        maker.make("sla-policies", name=f"Policy {number}", calendar_id=calendar["id"], targets=targets)
        queue = maker.make("queues", name=f"Queue {number}")
        ticket = maker.make("tickets", subject=f"Ticket {number}", channel="email", queue_id=queue["id"])
        maker.make(f"tickets/{ticket['id']}/messages", body="Hello")


def _integration(maker: _Maker) -> None:
    hook = {"url": "https://example.org/hooks", "types": ["sales.*"]}
    maker.known.payloads[f"{PREFIX}webhooks"] = hook
    maker.known.payloads[f"{PREFIX}webhooks/{{identity}}/redeliver"] = {"since": "AQ"}
    for number in range(6):
        webhook = maker.make("webhooks", name=f"Webhook {number}", **hook)
        maker.make(f"webhooks/{webhook['id']}/test")
    for kind in ("messages", "notifications"):
        maker.find(kind)


async def _write_caller(lent: Scratch) -> None:
    """Let auth know who asks, with a password, and sign its tokens."""
    transactions, cause = transactions_of(lent), Cause("system", "test")
    await transactions.run(cause, rotate_signing_keys)
    await transactions.run(cause, _caller)


async def _caller(session: AsyncSession) -> None:
    now = session.info["now"]
    details = {"email": EMAIL, "name": "Caller", "role_ids": []}
    details |= {"locale": "en", "time_zone": "UTC"}
    user = User.invite(await lock_head(session), mint(session, uid(EVERYTHING)), details, now, now)
    credential = Credential(user_id=user.id, password_hash=hash_password(PASSWORD), changed_at=now)
    session.add_all([user, credential])


async def _write_references(lent: Scratch) -> None:
    """Let a service know an account, a contact and a segment, as its replica would."""
    row = "INSERT INTO reference (type, id, label, epoch, version) VALUES (:type, :id, :label, 1, 1)"
    async with lent.database.engine.begin() as connection:
        for kind, identity in (("account", ACCOUNT), ("contact", CONTACT), ("segment", SEGMENT)):
            await connection.execute(text(row), {"type": kind, "id": identity, "label": kind})


async def _write_people(lent: Scratch) -> None:
    """Let marketing know the contact in person."""
    await _write_references(lent)
    row = "INSERT INTO people (id, epoch, version, subject_id, family_name, owner_id)"
    async with lent.database.engine.begin() as connection:
        await connection.execute(
            text(f"{row} VALUES (:id, 1, 1, :id, 'Li', :owner)"), {"id": CONTACT, "owner": uid(1)}
        )


async def _write_what_waits(lent: Scratch) -> None:
    """Let mails wait, and tell the callers something."""

    async def body(session: AsyncSession) -> None:
        now = session.info["now"]
        for number in range(40):
            asked = make_request(owner_id=uid(EVERYTHING), not_after=now + timedelta(hours=9))
            await queue_mail(session, asked, "letter", now, now)
            notice = make_notification(owner_id=uid(EVERYTHING + number % 2), at=now)
            session.add(notice)

    await transacting(lent.database, SystemClock()).run(Cause("system", "test"), body)


async def _write_models(lent: Scratch) -> None:
    """Let analytics have read a pipeline and some opportunities, an account and a contact."""
    facts = [pipeline(), *(opened(number) for number in range(1, 6)), moved(7), won(8)]
    models = Models(lent)
    await models.create()
    await models.take([make_envelope(fact, number) for number, fact in enumerate(facts, 1)])
    company, person = account(UUID(ACCOUNT).int), contact(UUID(CONTACT).int)
    key = await models.mint(UUID(CONTACT).int)
    await models.take([make_envelope(company, 1), make_envelope(person, 1, sealed(person, key))])
