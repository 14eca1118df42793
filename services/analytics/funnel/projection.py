"""The funnel as cohorts of stage entries: who entered a stage on a day, and what became of them.

A pure fold. Each opportunity has a ledger of the stages it entered; the difference between what the old
and the new ledger count is added to the sums per owner, stage and day.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import add, sub
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.bulk import copy
from libs.common.envelope import Envelope
from libs.contracts.sales import OpportunityFact, OpportunityOpened, PipelineOpened, PipelineState
from libs.platform.directory.paths import joined


class Sums(NamedTuple):
    """What is counted in a cell."""

    entered: int = 0
    amount: int = 0
    moved_on: int = 0
    current: int = 0
    current_amount: int = 0
    won: int = 0
    lost: int = 0


_MEASURES = Sums._fields
_NOTHING = Sums()


class Cell(NamedTuple):
    """What one sum is about; `owner_path` is the department path, ids joined by slashes."""

    owner_id: str
    owner_path: str
    pipeline_id: str
    stage_id: str
    day: str
    currency: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """One opportunity: where it stands, and the day that it first entered each stage, in order."""

    owner_id: str
    owner_path: str
    pipeline_id: str
    stage_id: str
    stage_kind: str
    currency: str
    amount: int
    is_deleted: bool
    entries: tuple[tuple[str, str], ...]


def advance(ledger: Ledger | None, fact: OpportunityFact, zone: ZoneInfo) -> Ledger:
    """Return the ledger after a fact; a stage counts once, from its first entry."""
    state = fact.state
    entries = ledger.entries if ledger else ()
    if all(stage != str(state.stage_id) for stage, _ in entries):
        entries = (*entries, (str(state.stage_id), _day(state.stage_entered_at, zone)))
    return _standing(fact, entries)


def _standing(fact: OpportunityFact, entries: tuple[tuple[str, str], ...]) -> Ledger:
    """Return the ledger that a fact and all stages entered until then make."""
    state = fact.state
    return Ledger(
        owner_id=str(state.owner_id),
        owner_path=joined(fact.owner_path),
        pipeline_id=str(state.pipeline_id),
        stage_id=str(state.stage_id),
        stage_kind=state.stage_kind,
        currency=state.currency,
        amount=state.amount_minor,
        is_deleted=state.deleted_at is not None,
        entries=entries,
    )


def counts(ledger: Ledger | None) -> dict[Cell, Sums]:
    """Return what one opportunity adds to each sum."""
    if ledger is None or ledger.is_deleted:
        return {}
    amount, kind = ledger.amount, ledger.stage_kind
    ends = int(kind == "won"), int(kind == "lost")
    here, gone = Sums(1, amount, 0, 1, amount, *ends), Sums(1, amount, 1, 0, 0, *ends)
    return {
        Cell(ledger.owner_id, ledger.owner_path, ledger.pipeline_id, stage, day, ledger.currency): (
            here if stage == ledger.stage_id else gone
        )
        for stage, day in ledger.entries
    }


def differences(pairs: Iterable[tuple[Ledger | None, Ledger]]) -> dict[Cell, Sums]:
    """Return what changes in the sums when ledgers go from old to new; cells that stay are left out."""
    total: dict[Cell, Sums] = {}
    for old, new in pairs:
        for change, counted in ((add, counts(new)), (sub, counts(old))):
            for cell, sums in counted.items():
                total[cell] = Sums._make(map(change, total.get(cell, _NOTHING), sums))
    return {cell: sums for cell, sums in total.items() if any(sums)}


_LOAD = text("SELECT opportunity_id, ledger FROM funnel_ledger WHERE opportunity_id = ANY(:ids) FOR UPDATE")
_KEEP = text("""
INSERT INTO funnel_ledger (opportunity_id, ledger)
SELECT id, ledger::jsonb FROM unnest(CAST(:ids AS uuid[]), CAST(:ledgers AS text[])) AS l(id, ledger)
ON CONFLICT (opportunity_id) DO UPDATE SET ledger = excluded.ledger
""")
_ADD = text(f"""
INSERT INTO funnel_day (owner_id, owner_path, pipeline_id, stage_id, day, currency, {", ".join(_MEASURES)})
SELECT * FROM unnest(
  CAST(CAST(:owner_id AS text[]) AS uuid[]), CAST(:owner_path AS text[]),
  CAST(CAST(:pipeline_id AS text[]) AS uuid[]), CAST(CAST(:stage_id AS text[]) AS uuid[]),
  CAST(CAST(:day AS text[]) AS date[]), CAST(:currency AS text[]),
  {", ".join(f"CAST(:{name} AS bigint[])" for name in _MEASURES)}
) ON CONFLICT (owner_id, owner_path, pipeline_id, stage_id, day, currency)
DO UPDATE SET {", ".join(f"{name} = funnel_day.{name} + excluded.{name}" for name in _MEASURES)}
""")  # noqa: S608
# A cell that counts nobody is as if it had never been, however the events were batched.
_SWEEP = text("DELETE FROM funnel_day WHERE entered = 0")
_STAGES = text("""
INSERT INTO funnel_stage (stage_id, pipeline_id, name, kind, position)
SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:pipelines AS uuid[]), CAST(:names AS text[]),
                     CAST(:kinds AS text[]), CAST(:positions AS int[]))
ON CONFLICT (stage_id) DO UPDATE SET name = excluded.name, kind = excluded.kind, position = excluded.position
""")

# Sums by month stand beside those by day: a long range adds up few of them. They follow the days in the
# database itself, so that a worker of a release before them keeps them too.
_CELL = "owner_id, owner_path, pipeline_id, stage_id, day, currency"
_SET = ", ".join(f"{name} = kept.{name} + excluded.{name}" for name in _MEASURES)
_INTO_MONTHS = f"""
INSERT INTO funnel_month AS kept ({_CELL}, {", ".join(_MEASURES)})
SELECT owner_id, owner_path, pipeline_id, stage_id, CAST(date_trunc('month', CAST(day AS timestamp)) AS date),
  currency, {", ".join(f"sum({name})" for name in _MEASURES)}
FROM {{days}} GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
ON CONFLICT ({_CELL}) DO UPDATE SET {_SET}
"""  # noqa: S608
_DIFFERENCE = f"""(
  SELECT {_CELL}, {", ".join(_MEASURES)} FROM new_days
  UNION ALL SELECT {_CELL}, {", ".join(f"-{name}" for name in _MEASURES)} FROM old_days
) AS changed"""  # noqa: S608

MONTHS_DDL = f"""
CREATE TABLE funnel_month (LIKE funnel_day INCLUDING ALL);
CREATE FUNCTION add_days() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$ BEGIN
{_INTO_MONTHS.format(days="new_days")}; RETURN NULL; END $$;
CREATE FUNCTION change_days() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$ BEGIN
{_INTO_MONTHS.format(days=_DIFFERENCE)}; DELETE FROM funnel_month WHERE entered = 0; RETURN NULL; END $$;
CREATE TRIGGER added AFTER INSERT ON funnel_day REFERENCING NEW TABLE AS new_days
  EXECUTE FUNCTION add_days();
CREATE TRIGGER changed AFTER UPDATE ON funnel_day REFERENCING NEW TABLE AS new_days OLD TABLE AS old_days
  EXECUTE FUNCTION change_days();
"""  # noqa: S608

# What stood before there were months.
MONTHS_FILL = f"""
LOCK TABLE funnel_day IN SHARE ROW EXCLUSIVE MODE;
{MONTHS_DDL}
{_INTO_MONTHS.format(days="funnel_day")};
"""


class Funnel:
    """The read model; a month's sums stand under its first day."""

    name = "funnel"
    topics = (OpportunityOpened.topic, PipelineOpened.topic)
    tables = ("funnel_ledger", "funnel_day", "funnel_month", "funnel_stage")
    ddl = f"""
    CREATE TABLE funnel_ledger (opportunity_id uuid PRIMARY KEY, ledger jsonb NOT NULL);
    CREATE TABLE funnel_day (
      owner_id uuid NOT NULL, owner_path text NOT NULL, pipeline_id uuid NOT NULL, stage_id uuid NOT NULL,
      day date NOT NULL, currency text NOT NULL,
      entered bigint NOT NULL, amount bigint NOT NULL, moved_on bigint NOT NULL,
      current bigint NOT NULL, current_amount bigint NOT NULL, won bigint NOT NULL, lost bigint NOT NULL,
      PRIMARY KEY (owner_id, owner_path, pipeline_id, stage_id, day, currency)
    );
    CREATE INDEX ON funnel_day (pipeline_id, stage_id, day);
    CREATE INDEX ON funnel_day (entered) WHERE entered = 0;
    {MONTHS_DDL}
    CREATE TABLE funnel_stage (
      stage_id uuid PRIMARY KEY, pipeline_id uuid NOT NULL, name text NOT NULL, kind text NOT NULL,
      position integer NOT NULL
    )
    """

    def __init__(self, zone: str) -> None:
        """Count days in the company's zone."""
        self._zone = ZoneInfo(zone)

    def in_memory(self) -> "FunnelFold":
        """Return the fold of a whole partition."""
        return FunnelFold(self._zone)

    async def fold(self, session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
        """Take stages of pipelines, and moves of opportunities."""
        for envelope in envelopes:
            state = getattr(envelope.event, "state", None)
            if isinstance(state, PipelineState):
                await _keep_stages(session, state)
        facts = [each.event for each in envelopes if isinstance(each.event, OpportunityFact)]
        if facts:
            await self._fold_facts(session, facts)

    async def _fold_facts(self, session: AsyncSession, facts: list[OpportunityFact]) -> None:
        """Move ledgers, and add the differences to the sums in one sorted statement."""
        ids = sorted({fact.opportunity_id for fact in facts})
        rows = await session.execute(_LOAD, {"ids": ids})
        old = {row.opportunity_id: _ledger(row.ledger) for row in rows}
        new: dict[UUID, Ledger] = dict(old)
        for fact in facts:
            new[fact.opportunity_id] = advance(new.get(fact.opportunity_id), fact, self._zone)
        await session.execute(_KEEP, {"ids": ids, "ledgers": [_json(new[each]) for each in ids]})
        changes = differences((old.get(each), new[each]) for each in ids)
        if changes:
            await session.execute(_ADD, _columns(changes))
            await session.execute(_SWEEP)


class FunnelFold:
    """A partition's opportunities, each as its newest fact and the instants of its first entries."""

    def __init__(self, zone: ZoneInfo) -> None:
        """Count days in the company's zone."""
        self._zone = zone
        self._newest: dict[str, OpportunityFact] = {}
        self._entries: dict[str, dict[UUID, datetime]] = {}
        self._pipelines: dict[UUID, PipelineState] = {}

    def take(self, envelopes: Sequence[Envelope]) -> None:
        """Note where each opportunity came to, and the newest stages of each pipeline."""
        for each in envelopes:
            event = each.event
            if isinstance(event, OpportunityFact):
                state = event.state
                self._newest[each.key] = event
                entries = self._entries.get(each.key)
                if entries is None:
                    self._entries[each.key] = {state.stage_id: state.stage_entered_at}
                else:
                    entries.setdefault(state.stage_id, state.stage_entered_at)
            elif isinstance(opened := getattr(event, "state", None), PipelineState):
                self._pipelines[opened.id] = opened

    async def keep(self, session: AsyncSession) -> None:
        """Copy the ledgers, and add what they count to the sums of other partitions."""
        for state in self._pipelines.values():
            await _keep_stages(session, state)
        ledgers = [self._ledger(key, fact) for key, fact in self._newest.items()]
        ids = (fact.opportunity_id for fact in self._newest.values())
        rows = [(id, _json(ledger)) for id, ledger in zip(ids, ledgers, strict=True)]
        await copy(session, "funnel_ledger", ("opportunity_id", "ledger"), rows)
        if changes := differences((None, each) for each in ledgers):
            await session.execute(_ADD, _columns(changes))

    def _ledger(self, key: str, fact: OpportunityFact) -> Ledger:
        entries = self._entries[key].items()
        known = tuple((str(stage), _day(at, self._zone)) for stage, at in entries)
        return _standing(fact, known)


async def _keep_stages(session: AsyncSession, state: PipelineState) -> None:
    """Upsert a pipeline's stages in their order."""
    stages = state.stages
    await session.execute(
        _STAGES,
        {
            "ids": [each.id for each in stages],
            "pipelines": [state.id] * len(stages),
            "names": [each.name for each in stages],
            "kinds": [each.kind for each in stages],
            "positions": list(range(len(stages))),
        },
    )


def _columns(changes: dict[Cell, Sums]) -> dict[str, list[object]]:
    """Return the arrays of the upsert, in the order that keeps two writers from a deadlock."""
    cells = sorted(changes)
    rows = ((*cell, *changes[cell]) for cell in cells)
    columns = zip(*rows, strict=True)
    return {name: list(of) for name, of in zip((*Cell._fields, *_MEASURES), columns, strict=True)}


def _ledger(stored: dict[str, object]) -> Ledger:
    ledger = Ledger(**stored)  # type: ignore[arg-type]
    return replace(ledger, entries=tuple((stage, day) for stage, day in ledger.entries))


def _json(ledger: Ledger) -> str:
    return orjson.dumps(ledger).decode()


def _day(instant: datetime, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).date().isoformat()
