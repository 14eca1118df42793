from collections.abc import Sequence
from datetime import datetime
from itertools import permutations
from uuid import UUID

import pytest
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.crypto import ERASED, DataKey, KekRing
from libs.common.db import recorded
from libs.common.events import Event
from libs.common.group import NotYetError
from libs.common.ids import new_id
from libs.common.inbox_postgres import PostgresTransaction
from libs.contracts.subjects import (
    CustomerSubjectErased,
    CustomerSubjectKeyMinted,
    CustomerSubjectLinked,
    SubjectKeyState,
)
from libs.platform.references.tables import reference
from libs.platform.subjects.keyring import load_keys
from libs.platform.subjects.minting import keys_of, mint
from libs.platform.subjects.model import SubjectKey
from libs.platform.subjects.replica import SubjectKeyApplier, erase
from tests.factories.envelopes import NOW, make_envelope


def minted(subject: UUID, ring: KekRing) -> CustomerSubjectKeyMinted:
    wrapped = ring.wrap(DataKey.mint(str(subject)))
    return CustomerSubjectKeyMinted(
        subject_id=subject, occurred_at=NOW, state=SubjectKeyState(subject_id=subject, wrapped=wrapped)
    )


def linked(subject: UUID, other: UUID, ring: KekRing) -> CustomerSubjectLinked:
    state = minted(subject, ring).state.model_copy(update={"linked": (other,)})
    return CustomerSubjectLinked(subject_id=subject, occurred_at=NOW, state=state)


def erased(subject: UUID, *others: UUID) -> CustomerSubjectErased:
    state = SubjectKeyState(subject_id=subject, wrapped=None, erased_at=NOW, linked=others)
    return CustomerSubjectErased(subject_id=subject, occurred_at=NOW, state=state)


async def applied(session: AsyncSession, *events: tuple[int, Event]) -> list[UUID]:
    """Apply (sequence, event) pairs one by one; return the subjects that were blanked."""
    blanked: list[UUID] = []

    async def blank(_: AsyncSession, subjects: Sequence[UUID], __: datetime) -> None:
        blanked.extend(subjects)

    applier = SubjectKeyApplier(blank)
    for sequence, event in events:
        await applier.apply(PostgresTransaction(session, "auth"), [make_envelope(event, sequence)])
    return blanked


class TestMint:
    async def test_records_the_key_before_anything_else(self, carrying: AsyncSession) -> None:
        subject = mint(carrying)

        await carrying.flush()

        assert [type(each) for each in recorded(carrying)] == [CustomerSubjectKeyMinted]
        assert recorded(carrying)[0].aggregate_id == subject

    async def test_gives_a_key_at_once(self, carrying: AsyncSession) -> None:
        subject = mint(carrying)

        keys = await keys_of(carrying, [subject])

        assert isinstance(keys.find(subject), DataKey)


class TestLoadKeys:
    async def test_waits_for_an_unknown_subject(self, carrying: AsyncSession, ring: KekRing) -> None:
        keys = await load_keys(carrying, ring, [UUID(int=1)])

        with pytest.raises(NotYetError):
            keys.find(UUID(int=1))

    @pytest.mark.parametrize("order", list(permutations([1, 2, 3])))
    @pytest.mark.parametrize("hold", [False, True])
    async def test_lets_an_erasure_win_whatever_the_order(
        self, carrying: AsyncSession, ring: KekRing, order: tuple[int, ...], *, hold: bool
    ) -> None:
        subject = new_id()
        events: dict[int, Event] = {
            1: minted(subject, ring),
            2: linked(subject, UUID(int=2), ring),
            3: erased(subject),
        }

        await applied(carrying, *((sequence, events[sequence]) for sequence in order))

        assert (await load_keys(carrying, ring, [subject], hold=hold)).find(subject) is None

    async def test_reads_a_key_again_after_a_rewrap(self, carrying: AsyncSession, ring: KekRing) -> None:
        subject = new_id()
        first, second = minted(subject, ring), minted(subject, ring)

        await applied(carrying, (2, second), (1, first))

        assert second.state.wrapped is not None
        expected = ring.unwrap(str(subject), second.state.wrapped)
        assert (await load_keys(carrying, ring, [subject])).find(subject) == expected


class TestErase:
    async def test_destroys_the_key_and_says_when(self, carrying: AsyncSession, ring: KekRing) -> None:
        subject = mint(carrying)
        await carrying.flush()

        affected = await erase(carrying, subject, NOW)

        await carrying.flush()
        assert affected == {subject}
        assert (await load_keys(carrying, ring, [subject])).find(subject) is None
        told = recorded(carrying)[-1]
        assert isinstance(told, CustomerSubjectErased)
        assert (told.state.wrapped, told.state.erased_at) == (None, NOW)

    async def test_is_the_same_when_repeated(self, carrying: AsyncSession) -> None:
        subject = mint(carrying)
        await carrying.flush()
        await erase(carrying, subject, NOW)
        await carrying.flush()
        before = len(recorded(carrying))

        await erase(carrying, subject, NOW)

        await carrying.flush()
        assert len(recorded(carrying)) == before

    async def test_takes_all_that_are_linked(self, carrying: AsyncSession) -> None:
        one, two, three = mint(carrying), mint(carrying), mint(carrying)
        await carrying.flush()
        (await carrying.get_one(SubjectKey, two)).link(one, NOW)
        (await carrying.get_one(SubjectKey, three)).link(two, NOW)
        await carrying.flush()

        assert await erase(carrying, one, NOW) == {one, two, three}

    async def test_deletes_kept_answers_and_labels(self, carrying: AsyncSession) -> None:
        subject = mint(carrying)
        await carrying.flush()
        row = {"type": "contact", "id": new_id(), "epoch": 1, "version": 1}
        await carrying.execute(insert(reference), [row | {"label": "Ada", "subject_id": subject}])
        await carrying.execute(
            text(
                "INSERT INTO idempotency"
                " (principal, route, key, request_hash, status, headers, body, subjects)"
                " VALUES ('u', 'r', 'k', '', 201, '{}', '', ARRAY[:subject])"
            ),
            {"subject": str(subject)},
        )

        await erase(carrying, subject, NOW)

        labels = text("SELECT label FROM reference WHERE subject_id = :subject")
        assert (await carrying.execute(labels, {"subject": subject})).scalars().all() == [ERASED]
        kept = text("SELECT count(*) FROM idempotency WHERE principal = 'u'")
        assert (await carrying.execute(kept)).scalar_one() == 0


class TestErasedElsewhere:
    @pytest.mark.parametrize("way", ["theirs names ours", "ours names theirs"])
    async def test_takes_our_linked_subjects_too(
        self, carrying: AsyncSession, ring: KekRing, way: str
    ) -> None:
        theirs, ours = new_id(), mint(carrying)
        await carrying.flush()
        if way == "ours names theirs":
            (await carrying.get_one(SubjectKey, ours)).link(theirs, NOW)
            await carrying.flush()
        event = erased(theirs, ours) if way == "theirs names ours" else erased(theirs)

        blanked = await applied(carrying, (1, minted(theirs, ring)), (2, event))

        await carrying.flush()
        assert set(blanked) == {theirs, ours}
        assert (await load_keys(carrying, ring, [ours])).find(ours) is None

    async def test_leaves_others_alone(self, carrying: AsyncSession, ring: KekRing) -> None:
        bystander = mint(carrying)
        await carrying.flush()

        await applied(carrying, (1, erased(new_id())))

        assert (await load_keys(carrying, ring, [bystander])).find(bystander) is not None
