from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.crypto import ERASED
from libs.common.group import NotYetError
from libs.common.ids import new_id
from libs.common.inbox_postgres import PostgresTransaction
from libs.common.transaction import UnknownReference
from libs.contracts.customer import AccountCreated, AccountState, ContactCreated, ContactState
from libs.platform.access.actor import Actor
from libs.platform.directory.model import Directory
from libs.platform.references.replica import ReferenceApplier, label_of, refer, resolve
from libs.platform.references.tables import reference
from libs.platform.subjects.minting import keys_of, mint
from libs.platform.subjects.replica import erase
from libs.platform.subjects.sealing import seal_model
from tests.api import colleague
from tests.factories.envelopes import make_envelope

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SYSTEM = Actor(None, Directory())


def account(id: UUID, **changed: Any) -> AccountCreated:
    details = {"name": "Acme", "owner_id": UUID(int=7), "created_at": NOW, "updated_at": NOW} | changed
    return AccountCreated(account_id=id, occurred_at=NOW, state=AccountState(id=id, **details))


def contact(id: UUID, subject: UUID, family: str = "Lovelace", given: str | None = "Ada") -> ContactCreated:
    state = ContactState(
        id=id,
        owner_id=None,
        subject_id=subject,
        family_name=family,
        given_name=given,
        created_at=NOW,
        updated_at=NOW,
    )
    return ContactCreated(contact_id=id, occurred_at=NOW, state=state)


async def apply_account(session: AsyncSession, sequence: int, event: AccountCreated) -> None:
    await ReferenceApplier().apply(PostgresTransaction(session, "auth"), [make_envelope(event, sequence)])


async def apply_contact(session: AsyncSession, event: ContactCreated, subject: UUID) -> None:
    sealed = seal_model(event, await keys_of(session, [subject]))
    await ReferenceApplier().apply(PostgresTransaction(session, "auth"), [make_envelope(event, 1, sealed)])


async def minted(session: AsyncSession) -> UUID:
    """A subject whose key stands in the database."""
    subject = mint(session)
    await session.flush()
    return subject


async def known(session: AsyncSession, id: UUID) -> Any:
    return (await session.execute(select(reference).where(reference.c.id == id))).one_or_none()


class TestApply:
    async def test_keeps_the_newest_whatever_the_order(self, carrying: AsyncSession) -> None:
        id = new_id()

        await apply_account(carrying, 3, account(id, name="New"))
        await apply_account(carrying, 2, account(id, name="Old"))

        row = await known(carrying, id)
        assert (row.type, row.version, row.label, row.owner_id) == ("account", 3, "New", UUID(int=7))

    async def test_opens_a_persons_name(self, carrying: AsyncSession) -> None:
        id, subject = new_id(), await minted(carrying)

        await apply_contact(carrying, contact(id, subject), subject)

        row = await known(carrying, id)
        assert (row.type, row.label, row.subject_id) == ("contact", "Ada Lovelace", subject)

    async def test_waits_for_a_key_that_has_not_come(self, carrying: AsyncSession) -> None:
        id, subject = new_id(), await minted(carrying)
        sealed = seal_model(contact(id, subject), await keys_of(carrying, [subject]))
        stranger = {
            **sealed["state"],
            "family_name": sealed["state"]["family_name"].replace(str(subject), str(id)),
        }
        envelope = make_envelope(contact(id, subject), 1, sealed | {"state": stranger})

        with pytest.raises(NotYetError):
            await ReferenceApplier().apply(PostgresTransaction(carrying, "auth"), [envelope])

        assert await known(carrying, id) is None

    async def test_reads_erased_when_the_event_comes_after_the_erasure(self, carrying: AsyncSession) -> None:
        id, subject = new_id(), await minted(carrying)
        sealed = seal_model(contact(id, subject), await keys_of(carrying, [subject]))
        await erase(carrying, subject, NOW)
        await carrying.flush()

        envelope = make_envelope(contact(id, subject), 1, sealed)
        await ReferenceApplier().apply(PostgresTransaction(carrying, "auth"), [envelope])

        assert (await known(carrying, id)).label == ERASED


class TestLabelOf:
    @pytest.mark.parametrize(
        ("family", "given", "label"),
        [
            ("Lovelace", "Ada", "Ada Lovelace"),
            ("李", "雷", "李雷"),
            ("王", None, "王"),
            (ERASED, ERASED, ERASED),
        ],
    )
    def test_puts_names_in_the_order_of_their_script(
        self, family: str, given: str | None, label: str
    ) -> None:
        assert label_of(contact(UUID(int=1), UUID(int=2), family, given).state) == label


class TestRefer:
    async def test_passes_what_is_known_and_what_is_no_reference(self, carrying: AsyncSession) -> None:
        id = new_id()
        await apply_account(carrying, 1, account(id))

        await refer(carrying, "account", id, None, actor=SYSTEM)

    @pytest.mark.parametrize("kind", ["account", "contact"])
    async def test_refuses_what_is_unknown(self, carrying: AsyncSession, kind: str) -> None:
        id = new_id()
        if kind == "contact":
            await apply_account(carrying, 1, account(id))

        with pytest.raises(UnknownReference):
            await refer(carrying, kind, id, actor=SYSTEM)

    async def test_refuses_what_is_out_of_scope(self, carrying: AsyncSession) -> None:
        id, directory = new_id(), Directory()
        directory.apply([*colleague(7, {"account:read": "own"}), *colleague(8, {"account:read": "own"})])
        await apply_account(carrying, 1, account(id))

        await refer(carrying, "account", id, actor=Actor(UUID(int=7), directory))
        with pytest.raises(UnknownReference):
            await refer(carrying, "account", id, actor=Actor(UUID(int=8), directory))


class TestResolve:
    async def test_follows_a_chain_of_merges(self, carrying: AsyncSession) -> None:
        one, two, three = new_id(), new_id(), new_id()
        for id, into in [(one, two), (two, three), (three, None)]:
            await apply_account(carrying, 1, account(id, merged_into_id=into))

        assert await resolve(carrying, "account", [one, three]) == {one: three, three: three}

    async def test_ends_in_a_circle_that_an_undo_left_for_a_moment(self, carrying: AsyncSession) -> None:
        one, two = new_id(), new_id()
        for id, into in [(one, two), (two, one)]:
            await apply_account(carrying, 1, account(id, merged_into_id=into))

        assert set(await resolve(carrying, "account", [one])) == {one}
