"""Sums of sales performance within a viewer's scope, and the records behind them."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Text,
    Uuid,
    case,
    cast,
    column,
    func,
    literal_column,
    select,
    table,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from libs.common.listing import Filter, Listing
from libs.platform.access.actor import Actor
from libs.platform.directory.paths import leads_through
from libs.platform.references.tables import reference
from services.analytics.performance.projection import Cell, Standing
from services.analytics.performance.schemas import Amount, GroupBy, PerformanceRow, StageSum

_UUIDS = {"opportunity_id", "owner_id", "pipeline_id", "stage_id", "product_id", "account_id", "contact_id"}


def _column(name: str) -> Any:
    return column(name, Uuid() if name in _UUIDS else Text())


CELL = table("performance_cell", *(_column(name) for name in Cell._fields), column("count"), column("amount"))


async def sums(
    connection: AsyncConnection,
    by: GroupBy,
    level: int,
    pipeline_id: UUID | None,
    department_id: UUID | None,
    actor: Actor,
) -> list[PerformanceRow]:
    """Return the rows of the report, by key; labels are put in by the caller."""
    key = _key(by, level).label("key")
    amounts = (func.sum(CELL.c.count).label("count"), func.sum(CELL.c.amount).label("amount"))
    statement = select(key, CELL.c.stage_id, CELL.c.stage_kind, CELL.c.currency, *amounts)
    statement = statement.where(actor.sees("opportunity:read", CELL.c.owner_id))
    if pipeline_id:
        statement = statement.where(CELL.c.pipeline_id == pipeline_id)
    if department_id:
        statement = statement.where(leads_through(CELL.c.owner_path, department_id))
    first: ColumnElement[Any] = literal_column("1")
    statement = statement.group_by(first, CELL.c.stage_id, CELL.c.stage_kind, CELL.c.currency)
    rows = await connection.execute(statement.order_by(first.nulls_last()))
    return _rows(rows.mappings())


def _key(by: GroupBy, level: int) -> ColumnElement[Any]:
    """Return what a row is grouped by; a department by its depth in the tree, the root being 1."""
    if by is GroupBy.DEPARTMENT:
        part = func.split_part(CELL.c.owner_path, "/", level)
        return case((part == "", None), else_=part)
    names = {GroupBy.OWNER: "owner_id", GroupBy.PRODUCT: "product_id", GroupBy.MONTH: "close_month"}
    return cast(CELL.c[names[by]], Text)


def _rows(sums: Iterable[Any]) -> list[PerformanceRow]:
    """Gather stages and currencies of each key."""
    rows: dict[str | None, PerformanceRow] = {}
    stages: dict[tuple[str | None, UUID], StageSum] = {}
    for each in sums:
        key, kind, count = each["key"], each["stage_kind"], int(each["count"])
        row = rows.setdefault(key, PerformanceRow(key=key, label=None))
        setattr(row, f"{kind}_count", getattr(row, f"{kind}_count") + count)
        _add(getattr(row, f"{kind}_amounts"), each["currency"], int(each["amount"]))
        if (key, each["stage_id"]) not in stages:
            stages[key, each["stage_id"]] = StageSum(stage_id=each["stage_id"])
            row.stages.append(stages[key, each["stage_id"]])
        stage = stages[key, each["stage_id"]]
        stage.count += count
        _add(stage.amounts, each["currency"], int(each["amount"]))
    return list(rows.values())


def _add(amounts: list[Amount], currency: str, amount: int) -> None:
    """Add to the amount of the same currency."""
    for each in amounts:
        if each.currency == currency:
            each.amount_minor += amount
            return
    amounts.append(Amount(currency=currency, amount_minor=amount))


async def labels(connection: AsyncConnection, kind: str, ids: Iterable[UUID]) -> dict[str, str]:
    """Return what people call the records of one kind."""
    statement = select(reference.c.id, reference.c.label).where(
        reference.c.type == kind, reference.c.id.in_(sorted(ids))
    )
    return {str(row.id): row.label for row in await connection.execute(statement) if row.label}


def _label(kind: str, link: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return the label of a linked record as a column."""
    found = select(reference.c.label).where(reference.c.type == kind, reference.c.id == link)
    return found.scalar_subquery()


OPPORTUNITY = table(
    "performance_opportunity",
    *(_column(name) for name in Standing._fields if name not in {"amount_minor", "is_deleted"}),
    column("amount_minor", BigInteger),
    column("is_deleted", Boolean),
)
_FILTERED = (
    *("pipeline_id", "stage_id", "stage_kind", "owner_id", "product_id"),
    *("account_id", "contact_id", "currency", "close_month"),
)
RECORDS = Listing(
    "performance records",
    columns={
        "id": OPPORTUNITY.c.opportunity_id,
        **{name: OPPORTUNITY.c[name] for name in Standing._fields[1:-1]},
        "account_name": _label("account", OPPORTUNITY.c.account_id),
        "contact_name": _label("contact", OPPORTUNITY.c.contact_id),
    },
    filters={name: Filter(OPPORTUNITY.c[name]) for name in _FILTERED},
    sorts=("name", "close_month"),
    default_sort="name",
    tie_breaker="id",
)


async def records(connection: AsyncConnection, parameters: Iterable[tuple[str, str]], actor: Actor) -> bytes:
    """Return a page of the opportunities behind the figures, as JSON."""
    visible = actor.sees("opportunity:read", OPPORTUNITY.c.owner_id)
    scope = visible & OPPORTUNITY.c.is_deleted.is_(False)
    return await RECORDS.page(connection, RECORDS.parse(parameters), scope)
