"""What marketing keeps of segments and consents: the newest by epoch and version; each record comes twice."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.crypto import KekRing
from libs.common.ids import new_id
from libs.common.inbox_postgres import PostgresTransaction
from libs.common.testing import kek_file
from libs.contracts.customer import (
    ConsentErased,
    ConsentFact,
    ConsentGiven,
    ConsentState,
    ConsentWithdrawn,
    SegmentMemberEntered,
    SegmentMemberFact,
    SegmentMemberLeft,
    SegmentMemberState,
)
from services.marketing.audience import (
    CONSENTS,
    SEGMENT_MEMBERS,
    address_index,
    consents,
    is_address,
    segment_members,
)
from tests.factories.envelopes import make_envelope
from tests.factories.marketing import NOW
from tests.marketing.acting import equip

IDS: dict[str, Any] = {"id": new_id(), "contact_id": new_id()}
INSTANTS = {"created_at": NOW, "updated_at": NOW}


@pytest.fixture(autouse=True)
def _equipped(session: AsyncSession) -> None:
    equip(session)


def entry(kind: type[SegmentMemberFact], *, is_member: bool) -> SegmentMemberFact:
    facts = {"segment_id": UUID(int=5), "is_member": is_member, "reason": "rule", "entered_at": NOW}
    state = SegmentMemberState.model_validate(IDS | INSTANTS | facts)
    return kind(segment_member_id=state.id, occurred_at=NOW, state=state)


def said(kind: type[ConsentFact], status: str) -> ConsentFact:
    facts = {"subject_id": new_id(), "purpose": "marketing", "channel": "email", "status": status}
    state = ConsentState.model_validate(IDS | INSTANTS | facts)
    return kind(consent_id=state.id, occurred_at=NOW, state=state)


async def apply(session: AsyncSession, applier: Any, *told: tuple[Any, int]) -> None:
    """Let each batch come twice."""
    envelopes = [make_envelope(event, sequence) for event, sequence in told]
    for _ in range(2):
        await applier.apply(PostgresTransaction(session, "marketing"), envelopes)


class TestSegmentMembers:
    async def test_enter_and_leave(self, session: AsyncSession) -> None:
        entered, left = entry(SegmentMemberEntered, is_member=True), entry(SegmentMemberLeft, is_member=False)

        await apply(session, SEGMENT_MEMBERS, (entered, 1))
        assert await self.is_member(session) is True
        await apply(session, SEGMENT_MEMBERS, (left, 2))
        await apply(session, SEGMENT_MEMBERS, (entered, 1))

        assert await self.is_member(session) is False

    async def test_take_the_newest_of_a_batch(self, session: AsyncSession) -> None:
        entered, left = entry(SegmentMemberEntered, is_member=True), entry(SegmentMemberLeft, is_member=False)

        await apply(session, SEGMENT_MEMBERS, (entered, 1), (left, 2), (entered, 3))

        assert await self.is_member(session) is True

    async def is_member(self, session: AsyncSession) -> bool:
        found = select(segment_members.c.is_member).where(segment_members.c.contact_id == IDS["contact_id"])
        return bool((await session.execute(found)).scalar_one())


class TestConsents:
    @pytest.mark.parametrize(
        ("status", "allowed"), [("given", True), ("withdrawn", False), ("pending", False)]
    )
    async def test_allow_only_when_given(
        self,
        session: AsyncSession,
        status: str,
        allowed: bool,  # noqa: FBT001 - a table's column
    ) -> None:
        kind = ConsentGiven if status == "given" else ConsentWithdrawn

        await apply(session, CONSENTS, (said(ConsentGiven, "given"), 1), (said(kind, status), 2))

        assert await self.is_given(session) is allowed

    async def test_outlive_an_erasure(self, session: AsyncSession) -> None:
        await apply(session, CONSENTS, (said(ConsentGiven, "given"), 1))
        await apply(session, CONSENTS, (said(ConsentErased, "withdrawn"), 2))

        assert await self.is_given(session) is False

    async def is_given(self, session: AsyncSession) -> bool:
        found = select(consents.c.is_given).where(consents.c.contact_id == IDS["contact_id"])
        return bool((await session.execute(found)).scalar_one())


class TestIsAddress:
    @pytest.mark.parametrize("email", ["a@b.cn", "li.wei+x@mail.example.com", "王伟@例子.公司"])
    def test_knows_one(self, email: str) -> None:
        assert is_address(email)

    @pytest.mark.parametrize(
        "email",
        [
            None,
            "",
            "a",
            "a@b",
            "a b@c.de",
            "a@b.c d",
            "a@b.cd\n",
            "<a@b.cd>",
            "a@b.cd,c@d.ef",
            "x" * 255 + "@b.cd",
        ],
        ids=["none", "empty", "word", "host", "space", "gap", "line", "angle", "two", "long"],
    )
    def test_knows_what_is_none(self, email: str | None) -> None:
        assert not is_address(email)


def test_an_address_has_one_hash() -> None:
    ring = KekRing.load(kek_file())

    assert address_index(ring, " Ｌi@Example.com") == address_index(ring, "li@example.com")
    assert address_index(ring, "li@example.com") != address_index(ring, "le@example.com")
