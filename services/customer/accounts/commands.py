"""What can be done with an account: load, ask, done."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.external import external_columns_of
from libs.common.ids import new_id
from libs.common.problems import Conflict
from libs.platform.access.actor import Actor, load, load_all
from services.customer.accounts import queries
from services.customer.accounts.model import DETAILS, Account
from services.customer.accounts.schemas import AccountCreate, AccountUpdate


async def create_account(session: AsyncSession, asked: AccountCreate, actor: Actor, now: datetime) -> Account:
    """Take an account in; without an owner the caller owns it."""
    return (await create_accounts(session, [asked], actor, now))[0]


async def create_accounts(
    session: AsyncSession, asked: Sequence[AccountCreate], actor: Actor, now: datetime
) -> list[Account]:
    """Take accounts in, all or none, with one statement for their parents and one for their external ids."""
    for each in asked:
        if each.occurred_at is not None:
            actor.demand("history:write")
        actor.demand_owner("account:create", each.owner_id or actor.user_id)
    await queries.refer(session, (each.parent_id for each in asked), actor)
    external = await external_columns_of(session, Account, [each.external_id for each in asked])
    made = []
    for each, columns in zip(asked, external, strict=True):
        owner = {"owner_id": each.owner_id or actor.user_id}
        details = each.model_dump(include={*DETAILS}) | owner | columns
        made.append(Account.create(new_id(), details, each.occurred_at or now, now))
    session.add_all(made)
    return made


async def possible_duplicates(session: AsyncSession, account: Account, actor: Actor) -> list[UUID]:
    """Return the accounts in the actor's scope that look like this one."""
    scope = actor.sees("account:read", Account.owner_id)
    return [each["id"] for each in await queries.duplicates(session, account, scope)]


async def find_duplicates(session: AsyncSession, identity: UUID, actor: Actor) -> list[dict[str, Any]]:
    """Return the accounts in scope that look like one in scope, and why."""
    account = await load(session, Account, identity, actor, "account:read")
    return await queries.duplicates(session, account, actor.sees("account:read", Account.owner_id))


async def revise_account(
    session: AsyncSession, identity: UUID, version: int, asked: AccountUpdate, actor: Actor, now: datetime
) -> Account:
    """Change what was sent, and the owner when one was."""
    found = await load(session, Account, identity, actor, "account:update", for_update=True, version=version)
    await _revise(session, found, asked, actor, now)
    return found


async def revise_accounts(
    session: AsyncSession, asked: Mapping[UUID, AccountUpdate], actor: Actor, now: datetime
) -> list[Account]:
    """Do the same to several accounts, to all or none; return those of which something changed."""
    found = await load_all(session, Account, asked, actor, "account:update")
    before = {each.id: each.version for each in found}
    for each in found:
        await _revise(session, each, asked[each.id], actor, now)
    return [each for each in found if each.version > before[each.id]]


async def delete_account(
    session: AsyncSession, identity: UUID, version: int, actor: Actor, now: datetime
) -> Account:
    """Put it into the recycle bin."""
    found = await load(session, Account, identity, actor, "account:delete", for_update=True, version=version)
    found.delete(now)
    return found


async def restore_account(session: AsyncSession, identity: UUID, actor: Actor, now: datetime) -> Account:
    """Take it out of the recycle bin."""
    found = await load(session, Account, identity, actor, "account:delete", for_update=True)
    found.restore(now)
    return found


async def merge_account(
    session: AsyncSession, identity: UUID, into_id: UUID, actor: Actor, now: datetime
) -> Account:
    """Let it live on in another account."""
    # Both are locked in order, so that no two merges wait for each other.
    found = {
        each: await load(session, Account, each, actor, "account:merge", for_update=True)
        for each in sorted({identity, into_id})
    }
    found[identity].merge(found[into_id], now)
    return found[identity]


async def unmerge_account(session: AsyncSession, identity: UUID, actor: Actor, now: datetime) -> Account:
    """Undo a merge."""
    found = await load(session, Account, identity, actor, "account:merge", for_update=True)
    found.unmerge(now)
    return found


async def take_in_account(
    session: AsyncSession, identity: UUID, details: dict[str, Any], occurred_at: datetime, now: datetime
) -> None:
    """Create the account that another service decided on; if one like it is there, propose the merge."""
    if await queries.exists(session, identity):
        return
    account = Account.create(identity, details, occurred_at, now)
    session.add(account)
    for each in (await queries.duplicates(session, account, Account.id != identity))[:1]:
        account.propose_merge(each["id"], now)


async def _revise(
    session: AsyncSession, found: Account, asked: AccountUpdate, actor: Actor, now: datetime
) -> None:
    details = asked.model_dump(include={*DETAILS}, exclude_unset=True)
    parent_id = details.get("parent_id")
    if parent_id is not None and parent_id != found.parent_id:
        await _demand_parent(session, found, parent_id, actor)
    if "owner_id" in asked.model_fields_set:
        actor.demand_handover("account", found.owner_id, asked.owner_id)
        found.reassign(asked.owner_id, now)
    found.revise(details, now)


async def _demand_parent(session: AsyncSession, account: Account, parent_id: UUID, actor: Actor) -> None:
    await queries.refer(session, [parent_id], actor)
    if account.id in await queries.ancestors(session, parent_id):
        raise Conflict("parent-cycle", id=str(parent_id))
