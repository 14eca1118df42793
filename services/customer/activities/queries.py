"""Every SELECT on activities."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, any_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.listing import Filter, Listing, Source
from libs.platform.access.actor import Actor
from services.customer.accounts.queries import home_of as account_home_of
from services.customer.accounts.queries import kin_of as account_kin_of
from services.customer.activities.model import Activity
from services.customer.activities.schemas import ActivityRead
from services.customer.contacts.queries import home_of as contact_home_of
from services.customer.contacts.queries import kin_of as contact_kin_of
from services.customer.contacts.queries import kindred

type Instant = ColumnElement[Any]

_LINKS = {
    "account_id": account_home_of(Activity.account_id),
    "contact_id": contact_home_of(Activity.contact_id),
}
_COLUMNS: dict[str, Any] = {name: getattr(Activity, name) for name in ActivityRead.model_fields}
LISTING = Listing(
    "activities",
    columns=_COLUMNS | _LINKS,
    filters={
        "id": Filter(Activity.id),
        "kind": Filter(Activity.kind),
        "subject": Filter(Activity.subject, text=True),
        "account_id": Filter(
            Activity.account_id, match=lambda value: Activity.account_id.in_(account_kin_of(value))
        ),
        "contact_id": Filter(
            Activity.contact_id, match=lambda value: Activity.contact_id.in_(contact_kin_of(value))
        ),
        "due_at": Filter(Activity.due_at),
        "done_at": Filter(Activity.done_at),
        "owner_id": Filter(Activity.owner_id),
        "external_system": Filter(Activity.external_system),
        "external_id": Filter(Activity.external_id),
        "created_at": Filter(Activity.created_at),
        "updated_at": Filter(Activity.updated_at),
        "deleted_at": Filter(Activity.deleted_at),
        "erased_at": Filter(Activity.erased_at),
    },
    sorts=("created_at", "updated_at", "due_at", "done_at", "kind"),
    unless_filtered={"deleted_at": Activity.deleted_at.is_(None)},
)


async def listed(source: Source, parameters: Sequence[tuple[str, str]], actor: Actor) -> bytes:
    """Return a page of the activities in the actor's scope, as JSON."""
    scope = actor.sees("activity:read", Activity.owner_id)
    return await LISTING.page(source, LISTING.parse(parameters), scope)


async def read(source: Source, id: UUID, actor: Actor) -> dict[str, Any]:
    """Return one activity in the actor's scope."""
    return await LISTING.read(source, id, actor.sees("activity:read", Activity.owner_id))


async def shown(session: AsyncSession, activity: Activity) -> ActivityRead:
    """Return an activity as the API shows it: at the records where its own live on."""
    model = ActivityRead.model_validate(activity)
    if activity.account_id is not None or activity.contact_id is not None:
        homes = select(account_home_of(activity.account_id), contact_home_of(activity.contact_id))
        model.account_id, model.contact_id = (await session.execute(homes)).one()
    return model


async def about(session: AsyncSession, contact_id: UUID, subject_id: UUID) -> list[Activity]:
    """Return what was written about a person, locked in order."""
    statement = (
        select(Activity)
        .where(or_(Activity.contact_id == contact_id, Activity.subject_id == subject_id))
        .order_by(Activity.id)
        .with_for_update()
    )
    return list((await session.scalars(statement)).all())


def last_done(kind: str | None, now: Instant) -> ColumnElement[Any]:
    """Return, for a contact of the outer statement, when something was last done with him."""
    return _done(func.max(Activity.done_at), kind).where(Activity.done_at <= now).scalar_subquery()


def first_done_after(kind: str | None, instant: Instant) -> ColumnElement[Any]:
    """Return when something is first done with him after an instant, which may lie in the future."""
    return _done(func.min(Activity.done_at), kind).where(Activity.done_at > instant).scalar_subquery()


def number_done(kind: str | None, since: Instant | None, now: Instant) -> ColumnElement[Any]:
    """Return how often something was done with him, after an instant or ever."""
    counted = _done(func.count(), kind).where(Activity.done_at <= now)
    return (counted if since is None else counted.where(Activity.done_at > since)).scalar_subquery()


def is_planned(kind: str | None) -> ColumnElement[bool]:
    """Return whether something is still to be done with him."""
    return _with_contact(select(Activity.id), kind).where(Activity.done_at.is_(None)).exists()


def _done(column: ColumnElement[Any], kind: str | None) -> Select[Any]:
    return _with_contact(select(column), kind).where(Activity.done_at.is_not(None))


def _with_contact(statement: Select[Any], kind: str | None) -> Select[Any]:
    """Narrow to what concerns the contact of the outer statement, or anybody merged with him."""
    statement = statement.select_from(Activity).where(
        Activity.contact_id == any_(kindred()), Activity.deleted_at.is_(None)
    )
    return statement if kind is None else statement.where(Activity.kind == kind)
