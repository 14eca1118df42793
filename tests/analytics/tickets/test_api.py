"""Figures of tickets over HTTP, against a plain computation over the same facts."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from statistics import mean, median
from typing import Any
from uuid import UUID

import httpx
import pytest

from libs.contracts.ticketing import TicketDeleted, TicketFact, TicketReopened, TicketState
from tests.analytics.conftest import Models
from tests.api import slug
from tests.factories.envelopes import make_envelope
from tests.factories.ticketing_facts import OPENED, queue, survey, ticket

THEIRS, QUEUE, FAR_QUEUE = UUID(int=3), UUID(int=800), UUID(int=801)
FEBRUARY, MARCH = OPENED + timedelta(days=31), OPENED + timedelta(days=62)


def _facts() -> list[TicketFact]:
    """Twelve tickets over three months, half of them somebody else's; some resolved, breached, rated."""
    found = []
    for number in range(12):
        opened = (OPENED, FEBRUARY, MARCH)[number % 3] + timedelta(hours=number)
        found.append(
            ticket(
                100 + number,
                hours=None if number % 4 == 3 else 10 * (number + 1) ** 1.5,
                opened_at=opened,
                owner_id=THEIRS if number % 2 else UUID(int=2),
                priority=("low", "high")[number % 3 == 0],
                first_responded_at=opened + timedelta(minutes=7 * number + 1),
                first_response_breached=number % 5 == 0,
                resolution_breached=None if number % 4 == 3 else number % 3 == 1,
                resolution_due_at=opened + timedelta(days=1) if number % 4 == 3 else None,
                csat_score=None if number % 4 in {2, 3} else number % 5 + 1,
                queue_id=QUEUE if number == 5 else None,
            )
        )
    return found


FACTS = _facts()
STATES = [fact.state for fact in FACTS]


@pytest.fixture(scope="module", autouse=True)
async def history(models: Models) -> None:
    """The tickets, a queue of the seller, one unassigned in it, a reopening, a deleted one, two surveys."""
    queues = [queue(800, 2), queue(801, 9, name="Far")]
    await models.take([make_envelope(fact, 1) for fact in queues], "tickets")
    await models.take([make_envelope(fact, 1) for fact in FACTS], "tickets")
    waiting = ticket(120, owner_id=None, queue_id=QUEUE, opened_at=MARCH, priority="medium")
    far = ticket(121, owner_id=None, queue_id=FAR_QUEUE, opened_at=MARCH, priority="medium")
    await models.take([make_envelope(waiting, 1), make_envelope(far, 1)], "tickets")
    again = TicketReopened(ticket_id=STATES[0].id, occurred_at=MARCH, from_status="resolved", state=STATES[0])
    await models.take([make_envelope(again, 2)], "tickets")
    await models.take([make_envelope(again, 2)], "tickets")
    gone = ticket(130, TicketDeleted, deleted_at=MARCH)
    await models.take([make_envelope(gone, 1)], "tickets")
    asked = [survey(900, 102, sent_at=MARCH), survey(901, 103)]
    await models.take([make_envelope(fact, 1) for fact in asked], "tickets")


async def report(client: httpx.AsyncClient, path: str, headers: dict[str, str]) -> dict[str, Any]:
    response = await client.get(path, headers=headers)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def month(at: datetime) -> str:
    return f"{at:%Y-%m}"


def seconds(states: Iterable[TicketState]) -> list[float]:
    return sorted((each.resolved_at - each.opened_at).total_seconds() for each in states if each.resolved_at)


def percentile(sorted_values: Sequence[float], share: float) -> float:
    """The continuous percentile, worked out by hand."""
    at = share * (len(sorted_values) - 1)
    low = int(at)
    high = min(low + 1, len(sorted_values) - 1)
    return sorted_values[low] + (sorted_values[high] - sorted_values[low]) * (at - low)


class TestVolumes:
    async def test_count_each_month_what_happened_in_it(
        self, client: httpx.AsyncClient, head: dict[str, str]
    ) -> None:
        found = await report(client, "/metrics/tickets", head)

        backlog = 0
        for row in found["rows"]:
            key = row["key"]
            opened = sum(month(each.opened_at) == key for each in STATES) + 2 * (key == "2026-03")
            resolved = [each for each in STATES if each.resolved_at and month(each.resolved_at) == key]
            backlog += opened - len(resolved)
            assert (row["opened"], row["resolved"], row["open"]) == (opened, len(resolved), backlog)
            assert row["resolution_seconds"]["median"] == pytest.approx(median(seconds(resolved)))
            assert row["resolution_seconds"]["p90"] == pytest.approx(percentile(seconds(resolved), 0.9))
        assert [row["key"] for row in found["rows"]] == sorted(row["key"] for row in found["rows"])
        assert found["total"]["opened"] == len(STATES) + 2
        assert found["total"]["open"] == backlog
        assert found["total"]["resolution_seconds"]["average"] == pytest.approx(mean(seconds(STATES)))

    async def test_count_reopenings(self, client: httpx.AsyncClient, head: dict[str, str]) -> None:
        found = await report(client, "/metrics/tickets?group_by=priority", head)

        assert {row["key"]: row["reopened"] for row in found["rows"]} == {"high": 1, "low": 0, "medium": 0}
        assert found["total"]["reopened"] == 1

    async def test_answer_in_the_time_asked_for(
        self, client: httpx.AsyncClient, head: dict[str, str]
    ) -> None:
        found = await report(client, "/metrics/tickets?from=2026-02-01&to=2026-03-01", head)

        (row,) = found["rows"]
        expected = [each for each in STATES if month(each.opened_at) == "2026-02"]
        before = [each for each in STATES if each.opened_at < OPENED + timedelta(days=20)]
        assert (row["key"], row["opened"]) == ("2026-02", len(expected))
        assert row["open"] == sum(
            each.resolved_at is None or month(each.resolved_at) > "2026-02" for each in [*expected, *before]
        )

    @pytest.mark.parametrize(
        ("by", "labels"),
        [("queue", {"First line", "Far", None}), ("channel", {"email"}), ("category", {"Billing"})],
    )
    async def test_name_their_groups(
        self, client: httpx.AsyncClient, head: dict[str, str], by: str, labels: set[str | None]
    ) -> None:
        found = await report(client, f"/metrics/tickets?group_by={by}", head)

        assert {row["label"] for row in found["rows"]} == labels

    async def test_are_cut_to_the_scope_and_the_queues_of_the_viewer(
        self, client: httpx.AsyncClient, agent: dict[str, str]
    ) -> None:
        found = await report(client, "/metrics/tickets?group_by=owner", agent)

        mine = [each for each in STATES if each.owner_id == UUID(int=2)]
        counted = {row["key"]: row["opened"] for row in found["rows"]}
        assert counted == {str(UUID(int=2)): len(mine), str(THEIRS): 1, None: 1}

    async def test_are_nothing_where_nothing_happened(
        self, client: httpx.AsyncClient, head: dict[str, str]
    ) -> None:
        found = await report(client, "/metrics/tickets?from=2031-01-01", head)

        assert found["rows"] == []
        assert found["total"]["opened"] == 0
        assert found["total"]["resolution_seconds"] == {
            "count": 0,
            "average": None,
            "median": None,
            "p90": None,
        }

    async def test_need_the_permission(self, client: httpx.AsyncClient, other: dict[str, str]) -> None:
        response = await client.get("/metrics/tickets", headers=other)

        assert (response.status_code, slug(response)) == (403, "forbidden")

    @pytest.mark.parametrize("query", ["group_by=colour", "from=yesterday", "to=2026-02-31"])
    async def test_refuse_what_they_do_not_know(
        self, client: httpx.AsyncClient, head: dict[str, str], query: str
    ) -> None:
        assert (await client.get(f"/metrics/tickets?{query}", headers=head)).status_code == 400


class TestSla:
    async def test_counts_what_was_kept(self, client: httpx.AsyncClient, head: dict[str, str]) -> None:
        found = await report(client, "/metrics/sla?group_by=priority", head)

        for row in found["rows"]:
            of = [each for each in STATES if each.priority == row["key"]]
            breached = sum(each.first_response_breached is True for each in of)
            assert row["first_response"]["breached"] == breached
            assert row["first_response"]["met"] == len(of) - breached
            assert row["resolution"]["pending"] == sum(each.resolution_breached is None for each in of)
        decided = [each.resolution_breached for each in STATES if each.resolution_breached is not None]
        assert found["total"]["resolution"]["rate"] == pytest.approx(decided.count(False) / len(decided))

    async def test_is_cut_to_the_scope(self, client: httpx.AsyncClient, agent: dict[str, str]) -> None:
        found = await report(client, "/metrics/sla", agent)

        first = found["total"]["first_response"]
        assert first["met"] + first["breached"] == sum(each.owner_id == UUID(int=2) for each in STATES) + 1


class TestCsat:
    async def test_counts_what_customers_said(self, client: httpx.AsyncClient, head: dict[str, str]) -> None:
        total = (await report(client, "/metrics/csat", head))["total"]

        finished = [each for each in STATES if each.resolved_at]
        scores = [each.csat_score for each in finished if each.csat_score]
        assert (total["finished"], total["answered"]) == (len(finished), len(scores))
        assert total["asked"] == len(scores) + 1
        assert total["average"] == pytest.approx(mean(scores))
        assert total["distribution"] == {str(each): scores.count(each) for each in range(1, 6)}
        assert total["response_rate"] == pytest.approx(len(scores) / (len(scores) + 1))

    async def test_groups_by_the_month_of_the_end(
        self, client: httpx.AsyncClient, head: dict[str, str]
    ) -> None:
        rows = (await report(client, "/metrics/csat", head))["rows"]

        expected = {month(each.resolved_at) for each in STATES if each.resolved_at}
        assert [row["key"] for row in rows] == sorted(expected)

    async def test_is_cut_to_the_scope(self, client: httpx.AsyncClient, agent: dict[str, str]) -> None:
        total = (await report(client, "/metrics/csat", agent))["total"]

        mine = [each for each in STATES if each.owner_id == UUID(int=2) and each.resolved_at]
        assert total["finished"] == len(mine) + 1
