"""The links in a campaign's mails: signed, and of use to their holder alone."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.crypto import KekRing
from libs.common.db import Database
from libs.common.ids import new_id
from libs.common.testing import kek_file
from libs.platform.links import sign
from libs.platform.references.people import people
from services.marketing.campaign_members.commands import CLICK, LEAVE, OPEN
from tests.factories.marketing import make_member
from tests.marketing.acting import equip
from tests.marketing.audiences import know_contact
from tests.marketing.calls import footprint

type Facts = tuple[Any, ...]
READER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64)"}
TARGET = "https://shop.example.com/offer?id=7"
PLACES = {OPEN: "o", CLICK: "c", LEAVE: "u"}


@pytest.fixture(scope="module")
def ring() -> KekRing:
    return KekRing.load(kek_file())


@pytest.fixture
async def member(scratched: Any) -> UUID:
    """Somebody who has the mail; his key is known here."""
    async with AsyncSession(scratched.database.engine, expire_on_commit=False) as session, session.begin():
        equip(session)
        contact = await know_contact(session)
        subject = (await session.scalars(select(people.c.subject_id).where(people.c.id == contact))).one()
        made = make_member(status="sent", subject_id=subject, address_index=str(new_id()))
        session.add(made)
    return made.id


def link(ring: KekRing, opens: str, member_id: UUID, target: str = "") -> str:
    """The path of a link in a member's mail, from the root."""
    return f"/l/{PLACES[opens]}/{sign(ring, opens, member_id.bytes + target.encode())}"


@pytest.fixture
async def guest_client(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """A stranger: no token, and no prefix of the API."""
    transport = client._transport  # noqa: SLF001 - the same application
    return httpx.AsyncClient(transport=transport, base_url="http://service", headers=READER)


async def seen(database: Database, member_id: UUID) -> Facts:
    columns = "opened_at IS NOT NULL, clicked_at IS NOT NULL, unsubscribed_at IS NOT NULL, version"
    async with database.reading.connect() as connection:
        sql = text(f"SELECT {columns} FROM campaign_member WHERE id = :id")
        return tuple((await connection.execute(sql, {"id": member_id})).one())


class TestOpenMail:
    async def test_answers_an_invisible_image_and_counts(
        self, guest_client: httpx.AsyncClient, database: Database, ring: KekRing, member: UUID
    ) -> None:
        answers = [await guest_client.get(link(ring, OPEN, member)) for _ in range(2)]

        assert {(each.status_code, each.headers["content-type"]) for each in answers} == {(200, "image/gif")}
        assert answers[0].headers["cache-control"] == "no-store"
        assert await seen(database, member) == (True, False, False, 4)


class TestFollowLink:
    async def test_leads_on_and_counts_each(
        self, guest_client: httpx.AsyncClient, database: Database, ring: KekRing, member: UUID
    ) -> None:
        answers = [await guest_client.get(link(ring, CLICK, member, TARGET)) for _ in range(2)]

        assert [(each.status_code, each.headers["location"]) for each in answers] == [(302, TARGET)] * 2
        assert answers[0].headers["referrer-policy"] == "no-referrer"
        assert await seen(database, member) == (True, True, False, 6)

    async def test_tells_the_target_as_ciphertext(
        self, guest_client: httpx.AsyncClient, database: Database, ring: KekRing, member: UUID
    ) -> None:
        await guest_client.get(link(ring, CLICK, member, TARGET))

        sql = text("SELECT value FROM outbox WHERE key = :key AND headers->>'ce_type' LIKE '%clicked%'")
        async with database.reading.connect() as connection:
            value = (await connection.execute(sql, {"key": str(member)})).scalar_one()
        assert (b"enc.v1." in value, b"shop.example.com" in value) == (True, False)

    async def test_leads_nowhere_that_we_did_not_sign(
        self, guest_client: httpx.AsyncClient, database: Database, ring: KekRing, member: UUID
    ) -> None:
        good = link(ring, CLICK, member, TARGET)
        before = await footprint(database)

        for path in (good[:-1], good + "A", f"/l/c/{sign(ring, OPEN, member.bytes + TARGET.encode())}"):
            answer = await guest_client.get(path)
            assert (answer.status_code, "location" in answer.headers) == (404, False)

        elsewhere = await guest_client.get(f"{good}?url=https://evil.example.com")
        assert elsewhere.headers["location"] == TARGET
        assert (await footprint(database))[:4] == before[:4]


class TestUnsubscribe:
    async def test_asks_first_and_changes_nothing(
        self, guest_client: httpx.AsyncClient, database: Database, ring: KekRing, member: UUID
    ) -> None:
        before = await footprint(database)

        answer = await guest_client.get(link(ring, LEAVE, member), headers={"Accept-Language": "zh-CN"})

        assert (answer.status_code, "确认退订" in answer.text, '<form method="post">' in answer.text) == (
            200,
            True,
            True,
        )
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert await footprint(database) == before

    async def test_takes_the_one_click_of_a_mail_program_once(
        self, guest_client: httpx.AsyncClient, database: Database, ring: KekRing, member: UUID
    ) -> None:
        path = link(ring, LEAVE, member)

        answers = [await guest_client.post(path, data={"List-Unsubscribe": "One-Click"}) for _ in range(3)]

        assert {each.status_code for each in answers} == {200}
        assert "no more of these mails" in answers[0].text
        assert await seen(database, member) == (False, False, True, 4)
        async with database.reading.connect() as connection:
            sql = text(
                "SELECT count(*) FROM suppression s JOIN campaign_member m ON m.contact_id = s.contact_id"
                " WHERE m.id = :id"
            )
            assert (await connection.execute(sql, {"id": member})).scalar_one() == 1


class TestRefusals:
    @pytest.mark.parametrize("opens", PLACES)
    async def test_are_alike_for_all_that_we_did_not_sign(
        self, guest_client: httpx.AsyncClient, database: Database, ring: KekRing, member: UUID, opens: str
    ) -> None:
        other = next(each for each in PLACES if each != opens)
        before = await footprint(database)
        tokens = [
            "x",
            "%00",
            "..%2f..%2fetc",
            "A" * 5000,
            sign(ring, other, member.bytes),
            sign(ring, opens, new_id().bytes),
            sign(ring, opens, b"short"),
            link(ring, opens, member)[5:-2] + "AA",
        ]

        answers = [await guest_client.get(f"/l/{PLACES[opens]}/{token}") for token in tokens]

        assert {each.status_code for each in answers} <= {404, 422}
        assert {each.headers["content-type"] for each in answers} == {"application/problem+json"}
        assert await footprint(database) == before

    @pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
    async def test_of_other_methods(
        self, guest_client: httpx.AsyncClient, ring: KekRing, member: UUID, method: str
    ) -> None:
        answer = await guest_client.request(method, link(ring, LEAVE, member))

        assert answer.status_code == 405

    async def test_of_a_post_for_strangers(
        self, guest_client: httpx.AsyncClient, database: Database, ring: KekRing
    ) -> None:
        before = await footprint(database)

        answer = await guest_client.post(link(ring, LEAVE, new_id()))

        assert answer.status_code == 404
        assert await footprint(database) == before
