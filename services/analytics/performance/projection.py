"""Where every opportunity stands now, and its count and amount per owner, stage, product and month of close.

A pure fold over `state`: the newest one replaces what the same opportunity counted before.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.bulk import copy
from libs.common.envelope import Envelope
from libs.contracts.sales import OpportunityFact, OpportunityOpened
from libs.platform.directory.paths import joined


class Standing(NamedTuple):
    """One opportunity as its newest event shows it; `owner_path` joins department ids by slashes."""

    opportunity_id: UUID
    name: str
    owner_id: UUID
    owner_path: str
    pipeline_id: UUID
    stage_id: UUID
    stage_kind: str
    product_id: UUID | None
    account_id: UUID | None
    contact_id: UUID | None
    currency: str
    amount_minor: int
    close_month: str | None
    is_deleted: bool


class Cell(NamedTuple):
    """What one sum is about."""

    owner_id: UUID
    owner_path: str
    pipeline_id: UUID
    stage_id: UUID
    stage_kind: str
    product_id: UUID | None
    currency: str
    close_month: str | None


def standing(fact: OpportunityFact, zone: ZoneInfo) -> Standing:
    """Return what a fact's state says; a month is one of the company's calendar."""
    state = fact.state
    return Standing(
        opportunity_id=fact.opportunity_id,
        name=state.name,
        owner_id=state.owner_id,
        owner_path=joined(fact.owner_path),
        pipeline_id=state.pipeline_id,
        stage_id=state.stage_id,
        stage_kind=state.stage_kind,
        product_id=state.product_id,
        account_id=state.account_id,
        contact_id=state.contact_id,
        currency=state.currency,
        amount_minor=state.amount_minor,
        close_month=state.closed_at.astimezone(zone).strftime("%Y-%m") if state.closed_at else None,
        is_deleted=state.deleted_at is not None,
    )


def cell(each: Standing) -> Cell:
    """Return the sum that an opportunity counts in."""
    return Cell(*(getattr(each, name) for name in Cell._fields))


def differences(old: Iterable[Standing], new: Iterable[Standing]) -> dict[Cell, tuple[int, int]]:
    """Return (count, amount) to add per cell; cells that stay are left out."""
    counts: Counter[Cell] = Counter()
    amounts: Counter[Cell] = Counter()
    for sign, standings in ((-1, old), (1, new)):
        for each in standings:
            if not each.is_deleted:
                counts[cell(each)] += sign
                amounts[cell(each)] += sign * each.amount_minor
    return {key: (counts[key], amounts[key]) for key in counts if counts[key] or amounts[key]}


_TYPES = {
    **dict.fromkeys(("opportunity_id", "owner_id", "pipeline_id", "stage_id"), "uuid"),
    **dict.fromkeys(("product_id", "account_id", "contact_id"), "uuid"),
    **dict.fromkeys(("name", "owner_path", "stage_kind", "currency", "close_month"), "text"),
    **dict.fromkeys(("amount_minor", "count", "amount"), "bigint"),
    "is_deleted": "boolean",
}


def _arrays(names: Sequence[str]) -> str:
    return ", ".join(f"CAST(:{name} AS {_TYPES[name]}[])" for name in names)


_KEPT = ", ".join(Standing._fields)
_LOAD = text(f"SELECT {_KEPT} FROM performance_opportunity WHERE opportunity_id = ANY(:ids) FOR UPDATE")  # noqa: S608
_KEEP = text(f"""
INSERT INTO performance_opportunity ({_KEPT}) SELECT * FROM unnest({_arrays(Standing._fields)})
ON CONFLICT (opportunity_id) DO UPDATE SET
{", ".join(f"{name} = excluded.{name}" for name in Standing._fields[1:])}
""")  # noqa: S608
_ADD = text(f"""
INSERT INTO performance_cell ({", ".join(Cell._fields)}, count, amount)
SELECT * FROM unnest({_arrays((*Cell._fields, "count", "amount"))})
ON CONFLICT ({", ".join(Cell._fields)}) DO UPDATE SET
count = performance_cell.count + excluded.count, amount = performance_cell.amount + excluded.amount
""")  # noqa: S608
# A cell that counts nobody is as if it had never been, however the events were batched.
_SWEEP = text("DELETE FROM performance_cell WHERE count = 0")


class Performance:
    """The read model."""

    name = "performance"
    topics = (OpportunityOpened.topic,)
    tables = ("performance_opportunity", "performance_cell")
    ddl = """
    CREATE TABLE performance_opportunity (
      opportunity_id uuid PRIMARY KEY, name text NOT NULL, owner_id uuid NOT NULL, owner_path text NOT NULL,
      pipeline_id uuid NOT NULL, stage_id uuid NOT NULL, stage_kind text NOT NULL, product_id uuid,
      account_id uuid, contact_id uuid, currency text NOT NULL, amount_minor bigint NOT NULL,
      close_month text, is_deleted boolean NOT NULL
    );
    CREATE INDEX ON performance_opportunity (owner_id, stage_id);
    CREATE TABLE performance_cell (
      owner_id uuid NOT NULL, owner_path text NOT NULL, pipeline_id uuid NOT NULL, stage_id uuid NOT NULL,
      stage_kind text NOT NULL, product_id uuid, currency text NOT NULL, close_month text,
      count bigint NOT NULL, amount bigint NOT NULL,
      UNIQUE NULLS NOT DISTINCT
        (owner_id, owner_path, pipeline_id, stage_id, stage_kind, product_id, currency, close_month)
    );
    CREATE INDEX ON performance_cell (count) WHERE count = 0
    """

    def __init__(self, zone: str) -> None:
        """Take months from the company's calendar."""
        self._zone = ZoneInfo(zone)

    def in_memory(self) -> "PerformanceFold":
        """Return the fold of a whole partition."""
        return PerformanceFold(self._zone)

    async def fold(self, session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
        """Replace what the newest state of each opportunity changes."""
        facts = (each.event for each in envelopes if isinstance(each.event, OpportunityFact))
        newest = {fact.opportunity_id: standing(fact, self._zone) for fact in facts}
        if not newest:
            return
        ids = sorted(newest)
        rows = await session.execute(_LOAD, {"ids": ids})
        old = [Standing(*row) for row in rows]
        new = [newest[each] for each in ids]
        await session.execute(_KEEP, _columns(Standing._fields, new))
        if await _add(session, differences(old, new)):
            await session.execute(_SWEEP)


class PerformanceFold:
    """The newest fact of each opportunity of a partition."""

    def __init__(self, zone: ZoneInfo) -> None:
        """Take months from the company's calendar."""
        self._zone = zone
        self._newest: dict[UUID, OpportunityFact] = {}

    def take(self, envelopes: Sequence[Envelope]) -> None:
        """Replace what was known of each opportunity."""
        facts = (each.event for each in envelopes if isinstance(each.event, OpportunityFact))
        self._newest |= {fact.opportunity_id: fact for fact in facts}

    async def keep(self, session: AsyncSession) -> None:
        """Copy where each stands, and add them to the sums of other partitions."""
        new = [standing(fact, self._zone) for fact in self._newest.values()]
        await copy(session, "performance_opportunity", Standing._fields, new)
        await _add(session, differences((), new))


async def _add(session: AsyncSession, changes: dict[Cell, tuple[int, int]]) -> bool:
    """Add to the sums; False for nothing."""
    if changes:
        # None sorts as an empty text: two writers must only agree on one order.
        cells = sorted(changes, key=lambda each: tuple(str(part or "") for part in each))
        sums = {"count": [changes[c][0] for c in cells], "amount": [changes[c][1] for c in cells]}
        await session.execute(_ADD, _columns(Cell._fields, cells) | sums)
    return bool(changes)


def _columns(names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> dict[str, list[Any]]:
    return {name: [row[at] for row in rows] for at, name in enumerate(names)}
