"""The funnel's fold: cohorts of stage entries, whatever way the events were batched."""

import random
from collections import Counter
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from libs.common.db import Database
from libs.contracts.sales import OpportunityFact
from services.analytics.funnel.projection import Ledger, advance, counts, differences
from tests.analytics.conftest import Models
from tests.factories.envelopes import make_envelope
from tests.factories.sales_facts import (
    FIRST,
    MARCH,
    SECOND,
    WON,
    assigned,
    deleted,
    moved,
    opened,
    pipeline,
    reopened,
    won,
)

UTC = ZoneInfo("UTC")


def walk(*facts: OpportunityFact) -> Ledger:
    ledger: Ledger | None = None
    for fact in facts:
        ledger = advance(ledger, fact, UTC)
    assert ledger is not None
    return ledger


def by_stage(ledger: Ledger, measure: str) -> dict[str, int]:
    return {cell.stage_id: getattr(each, measure) for cell, each in counts(ledger).items()}


class TestAdvance:
    def test_enters_the_first_stage(self) -> None:
        ledger = walk(opened(1))

        assert ledger.entries == ((str(FIRST), "2026-01-10"),)

    def test_keeps_the_first_entry_of_a_stage_entered_twice(self) -> None:
        ledger = walk(opened(1), won(1), reopened(1))

        assert [stage for stage, _ in ledger.entries] == [str(FIRST), str(WON)]
        assert ledger.entries[0][1] == "2026-01-10"
        assert ledger.stage_id == str(FIRST)

    def test_counts_days_in_the_zone_of_the_company(self) -> None:
        late = MARCH.replace(hour=22)

        ledger = advance(None, opened(1, at=late), ZoneInfo("Asia/Shanghai"))

        assert ledger.entries[0][1] == "2026-03-06"


class TestCounts:
    def test_says_who_moved_on_and_who_stands_where(self) -> None:
        ledger = walk(opened(1), moved(1))

        assert by_stage(ledger, "moved_on") == {str(FIRST): 1, str(SECOND): 0}
        assert by_stage(ledger, "current") == {str(FIRST): 0, str(SECOND): 1}

    def test_credits_a_win_to_every_stage_passed(self) -> None:
        ledger = walk(opened(1), moved(1), won(1))

        assert by_stage(ledger, "won") == {str(FIRST): 1, str(SECOND): 1, str(WON): 1}
        assert by_stage(ledger, "amount") == {str(FIRST): 1500, str(SECOND): 1500, str(WON): 1500}

    def test_forgets_a_deleted_opportunity(self) -> None:
        assert counts(walk(opened(1), deleted(1))) == {}

    def test_moves_everything_to_a_new_owner(self) -> None:
        before, after = walk(opened(1)), walk(opened(1), assigned(1, owner=3))

        changes = differences([(before, after)])

        assert sorted(change.entered for change in changes.values()) == [-1, 1]

    def test_finds_no_difference_between_equal_ledgers(self) -> None:
        assert differences([(walk(opened(1)), walk(opened(1)))]) == {}


class TestFold:
    @pytest.mark.parametrize("seed", range(5))
    async def test_gives_the_same_tables_however_the_events_were_batched(
        self, models: Models, database: Database, seed: int
    ) -> None:
        dice = random.Random(seed)
        base = 10_000 * (seed + 1)
        histories = [_history(dice, base + number) for number in range(40)]
        events = [pipeline(), *(fact for history in histories for fact in history)]
        sequences: Counter[object] = Counter()
        envelopes = []
        for event in events:
            sequences[event.aggregate_id] += 1
            envelopes.append(make_envelope(event, sequences[event.aggregate_id]))
        before = await _sums(database)

        while envelopes:
            size = dice.randint(1, 30)
            await models.take(envelopes[:size])
            envelopes = envelopes[size:]

        expected: Counter[str] = Counter()
        for history in histories:
            for cell, each in counts(walk(*history)).items():
                expected[cell.stage_id] += each.entered
        found = await _sums(database)
        assert Counter(found) - Counter(before) == expected
        assert sum(expected.values()) > 40

    async def test_leaves_no_cell_that_counts_nobody(self, models: Models, database: Database) -> None:
        await models.take([make_envelope(opened(7), 1), make_envelope(deleted(7), 2)])

        async with database.reading.connect() as connection:
            empty = await connection.execute(text("SELECT count(*) FROM funnel_day WHERE entered <= 0"))
            kept = await connection.execute(text("SELECT count(*) FROM funnel_ledger"))
        assert empty.scalar_one() == 0
        assert kept.scalar_one() > 0


def _history(dice: random.Random, number: int) -> list[OpportunityFact]:
    facts = [opened(number)]
    if dice.random() < 0.7:
        facts.append(moved(number))
    if dice.random() < 0.5:
        facts.append(won(number))
    if dice.random() < 0.2:
        facts.append(assigned(number, owner=3))
    if dice.random() < 0.2:
        facts.append(deleted(number))
    return facts


async def _sums(database: Database) -> dict[str, int]:
    async with database.reading.connect() as connection:
        rows = await connection.execute(
            text("SELECT stage_id::text, sum(entered)::int AS entered FROM funnel_day GROUP BY 1")
        )
        return {row.stage_id: row.entered for row in rows}
