"""Sales performance's fold: the newest state of each opportunity, and nothing else, counts."""

from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text

from libs.common.db import Database
from services.analytics.performance.projection import differences, standing
from tests.analytics.conftest import Models
from tests.factories.envelopes import make_envelope
from tests.factories.sales_facts import MARCH, assigned, deleted, moved, opened, won

UTC = ZoneInfo("UTC")


class TestStanding:
    def test_takes_the_month_of_close_from_the_calendar_of_the_company(self) -> None:
        late = MARCH.replace(day=31, hour=22)

        assert standing(won(1, at=late), UTC).close_month == "2026-03"
        assert standing(won(1, at=late), ZoneInfo("Asia/Shanghai")).close_month == "2026-04"

    def test_has_no_month_while_open(self) -> None:
        assert standing(opened(1), UTC).close_month is None


class TestDifferences:
    def test_replaces_what_counted_before(self) -> None:
        old, new = standing(opened(1), UTC), standing(won(1), UTC)

        changes = differences([old], [new])

        assert sorted(changes.values()) == [(-1, -1000), (1, 1500)]

    def test_is_empty_when_nothing_changed(self) -> None:
        old = standing(opened(1), UTC)

        assert differences([old], [old]) == {}

    def test_takes_a_deleted_opportunity_out(self) -> None:
        changes = differences([standing(opened(1), UTC)], [standing(deleted(1), UTC)])

        assert list(changes.values()) == [(-1, -1000)]


class TestFold:
    async def test_keeps_the_newest_state_of_each(self, models: Models, database: Database) -> None:
        facts = [opened(1), moved(1), won(1), opened(2)]
        sequences = [1, 2, 3, 1]

        await models.take([make_envelope(fact, at) for fact, at in zip(facts, sequences, strict=True)])
        await models.take([make_envelope(assigned(2, owner=3), 2)])

        async with database.reading.connect() as connection:
            rows = await connection.execute(
                text("SELECT stage_kind, owner_id, count, amount FROM performance_cell ORDER BY 1")
            )
            assert [tuple(row) for row in rows] == [
                ("open", UUID(int=3), 1, 1000),
                ("won", UUID(int=2), 1, 1500),
            ]
