"""Generated events are what the contracts say, in order per opportunity."""

from datetime import UTC, datetime
from uuid import uuid4

from libs.common.bus import Record
from libs.common.envelope import decode, wire
from libs.contracts.sales import OpportunityOpened, OpportunityStageChanged
from tests.load.bench.history import TOPIC, Fact, steps
from tests.load.bench.people import STAGES, People

AT = datetime(2026, 1, 1, tzinfo=UTC)
PEOPLE = People(str(uuid4()), [str(uuid4())], str(uuid4()), {name: str(uuid4()) for name, _ in STAGES})


def rows(count: int) -> list[dict[str, object]]:
    shown = {"name": "One", "owner_id": uuid4(), "amount_minor": 5, "stage_entered_at": AT}
    return [{"id": uuid4(), **shown} for _ in range(count)]


def read(fact: Fact) -> Record:
    return Record(TOPIC, 0, 0, AT, fact.key.encode(), fact.value, wire(fact.headers))


class TestSteps:
    def test_open_and_then_move(self) -> None:
        told = [decode(read(each)) for each in steps(rows(2), PEOPLE, 1, 3)]

        assert [type(each.event) for each in told] == [OpportunityOpened] * 2 + [OpportunityStageChanged] * 4
        assert [each.sequence for each in told] == [1, 1, 2, 2, 3, 3]
        assert all(each.key == each.subject for each in told)
        assert len({each.id for each in told}) == 6

    def test_leave_the_stage_that_was_entered(self) -> None:
        opened, moved = (decode(read(each)).event for each in steps(rows(1), PEOPLE, 1, 2))

        assert isinstance(opened, OpportunityOpened)
        assert isinstance(moved, OpportunityStageChanged)
        assert moved.from_stage_id == opened.stage_id == opened.state.stage_id
        assert moved.occurred_at > opened.occurred_at

    def test_go_on_where_an_earlier_share_ended(self) -> None:
        told = [decode(read(each)).sequence for each in steps(rows(1), PEOPLE, 4, 6)]

        assert told == [4, 5, 6]
