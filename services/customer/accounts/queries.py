"""Every SELECT on accounts."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Join,
    Select,
    Uuid,
    and_,
    case,
    func,
    or_,
    outerjoin,
    select,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import aliased

from libs.common.db import peek
from libs.common.listing import Filter, Listing, Predicate, Source
from libs.common.transaction import UnknownReference
from libs.platform.access.actor import Actor
from services.customer.accounts.model import Account
from services.customer.accounts.schemas import MOST_DUPLICATES, AccountRead

LISTING = Listing(
    "accounts",
    columns={name: getattr(Account, name) for name in AccountRead.model_fields},
    filters={
        "id": Filter(Account.id),
        "name": Filter(Account.name, text=True),
        "industry": Filter(Account.industry),
        "size": Filter(Account.size),
        "country": Filter(Account.country),
        "level": Filter(Account.level),
        "source": Filter(Account.source),
        "parent_id": Filter(Account.parent_id, match=lambda value: Account.parent_id.in_(kin_of(value))),
        "owner_id": Filter(Account.owner_id),
        "annual_revenue_minor": Filter(Account.annual_revenue_minor),
        "employees": Filter(Account.employees),
        "founded_year": Filter(Account.founded_year),
        "merged_into_id": Filter(Account.merged_into_id),
        "possible_duplicate_of_id": Filter(Account.possible_duplicate_of_id),
        "external_system": Filter(Account.external_system),
        "external_id": Filter(Account.external_id),
        "created_at": Filter(Account.created_at),
        "updated_at": Filter(Account.updated_at),
        "deleted_at": Filter(Account.deleted_at),
    },
    sorts=("created_at", "updated_at", "name", "industry", "employees", "annual_revenue_minor"),
    unless_filtered={
        "deleted_at": Account.deleted_at.is_(None),
        "merged_into_id": Account.merged_into_id.is_(None),
    },
)


def home_of(column: Any) -> ColumnElement[UUID | None]:
    """Return where the account in a column lives on: the end of its chain of merges, or itself.

    Merges are rare, and following them is slow: it is done only where there is something to follow.
    """
    merged = aliased(Account)
    is_away = select(merged.id).where(merged.id == column, merged.merged_into_id.is_not(None)).exists()
    return case((is_away, func.account_home(column, type_=Uuid())), else_=column)


def kin_of(account_id: UUID) -> Select[Any]:
    """Select the account and everything that was merged with it, so that links to any of them are found."""
    return select(func.account_kin(account_id, type_=Uuid()))


_named, _home = aliased(Account), aliased(Account)
# What is known of the account that a contact belongs to, in a statement over `at_home`.
HOME: dict[str, Any] = {
    name: getattr(_home, name)
    for name in (
        *("name", "industry", "country", "size", "level", "source", "owner_id", "employees"),
        *("founded_year", "annual_revenue_minor", "currency", "created_at"),
    )
}


def at_home(person: Any, account_id: Any) -> Join:
    """Join whoever names an account with where that account lives on, unless it is deleted.

    Merges are rare, and following them is slow: it is done only for accounts that were merged.
    """
    end = case((_named.merged_into_id.is_(None), _named.id), else_=home_of(_named.id))
    named = outerjoin(person, _named, _named.id == account_id)
    return outerjoin(named, _home, and_(_home.id == end, _home.deleted_at.is_(None)))


async def listed(source: Source, parameters: Sequence[tuple[str, str]], actor: Actor) -> bytes:
    """Return a page of the accounts in the actor's scope, as JSON."""
    scope = actor.sees("account:read", Account.owner_id)
    return await LISTING.page(source, LISTING.parse(parameters), scope)


async def read(source: Source, id: UUID, actor: Actor) -> dict[str, Any]:
    """Return one account in the actor's scope."""
    return await LISTING.read(source, id, actor.sees("account:read", Account.owner_id))


async def exists(session: AsyncSession, id: UUID) -> bool:
    """Tell whether there is such an account, whoever owns it."""
    return bool(await _owners(session, {id}))


async def refer(session: AsyncSession, ids: Iterable[UUID | None], actor: Actor) -> None:
    """Return when all of these are accounts that the actor may read; None is none.

    One out of scope is as unknown to whoever names it as one that is not there: UnknownReference.
    """
    wanted = {each for each in ids if each is not None}
    owners = await _owners(session, wanted)
    missing = {id for id in wanted if id not in owners or not actor.may("account:read", owners[id])}
    if missing:
        seen = select(Account.id).where(Account.id.in_(missing), actor.sees("account:read", Account.owner_id))
        missing -= set((await session.scalars(seen)).all())
    if missing:
        raise UnknownReference(detail=f"account {min(missing)}")


async def _owners(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, UUID | None]:
    if not ids:
        return {}
    rows = await peek(session, "SELECT id, owner_id FROM account WHERE id = ANY($1::uuid[])", list(ids))
    return {UUID(str(id)): UUID(str(owner)) if owner else None for id, owner in rows}


async def ancestors(session: AsyncSession, id: UUID) -> set[UUID]:
    """Return an account and the accounts above it."""
    up = select(Account.id, Account.parent_id).where(Account.id == id).cte("up", recursive=True)
    parents = select(Account.id, Account.parent_id).join(up, Account.id == up.c.parent_id)
    return set((await session.scalars(select(up.union(parents).c.id))).all())


async def duplicates(
    session: AsyncSession | AsyncConnection, account: Account, scope: Predicate
) -> list[dict[str, Any]]:
    """Return accounts that look like this one within a scope: {id, reasons}, the likeliest first."""
    same_name = Account.name_key == account.name_key
    same_phone = and_(Account.phone_key.is_not(None), Account.phone_key == account.phone_key)
    reasons = func.array_remove(array([case((same_name, "name")), case((same_phone, "phone"))]), None)
    statement = (
        select(Account.id, reasons.label("reasons"))
        .where(or_(same_name, same_phone), Account.id != account.id, scope)
        .where(Account.deleted_at.is_(None), Account.merged_into_id.is_(None))
        .order_by(func.cardinality(reasons).desc(), Account.id)
        .limit(MOST_DUPLICATES)
    )
    return [dict(row) for row in (await session.execute(statement)).mappings()]
