"""The support history's reader, its bodies, and the plain computation: seen to say what the file says."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from deploy.demo.wire import Outcome
from tests.load.support_history import payloads, truth
from tests.load.support_history.compare import said_answers, said_durations, said_kept, said_volume
from tests.load.support_history.readback import is_same
from tests.load.support_history.rows import read_history

HEADER = (
    "ticket_id,created_date,channel,category,priority,agent,team,first_response_minutes,resolution_hours,"
    "status,resolved_date,csat_score,region,country,response_sla_met,resolution_sla_met"
)
SOLVED = (
    "T1,2024-10-29 22:00:00,Social Media,Refund,Low,Agent_1,Team_A,261.5,17.25,Resolved,"
    "2024-10-30 15:15:00,2.0,APAC,Japan,False,True"
)
OPEN = "T2,2024-02-05 20:00:00,Chat,Refund,High,Agent_2,Team_A,15.0,1.98,In Progress,,,EMEA,Italy,True,True"
HANDED_UP = (
    "T3,2024-02-05 20:00:00,Email,Other,Low,Agent_1,Team_B,30.0,48.0,Escalated,,,EMEA,Italy,True,False"
)


def history(folder: Path, *rows: str) -> Path:
    (folder / "support_tickets.csv").write_text("\n".join([HEADER, *rows]) + "\n", "utf-8")
    return folder


class TestRows:
    def test_are_read_as_they_were_meant(self, tmp_path: Path) -> None:
        held = read_history(history(tmp_path, SOLVED, OPEN, HANDED_UP))

        one = held.tickets["T1"]
        assert one.responded - one.opened == timedelta(minutes=261.5)
        assert one.resolved is not None
        assert (one.resolved - one.opened, one.csat) == (timedelta(hours=17.25), 2)
        assert held.tickets["T2"].resolved is None
        assert (held.agents, held.refusals) == (["Agent_1", "Agent_2"], [])
        assert held.teams == {"Team_A": ["Agent_1", "Agent_2"], "Team_B": ["Agent_1"]}

    @pytest.mark.parametrize(
        "row",
        [
            SOLVED.replace("Low", "Lowest"),
            SOLVED.replace("2024-10-30", "2024-10-28"),
            SOLVED.replace("Resolved", "In Progress"),
            OPEN.replace("In Progress", "Resolved"),
            SOLVED.replace("261.5", "soon"),
            SOLVED.replace("Team_A", " "),
            "T9,2024-10-29",
        ],
        ids=["priority", "order", "unresolved", "resolved", "minutes", "team", "columns"],
    )
    def test_that_make_no_sense_are_refused(self, tmp_path: Path, row: str) -> None:
        held = read_history(history(tmp_path, row, OPEN))

        assert ([one.line for one in held.refusals], list(held.tickets)) == ([2], ["T2"])

    def test_that_stand_twice_are_refused(self, tmp_path: Path) -> None:
        assert len(read_history(history(tmp_path, OPEN, OPEN)).refusals) == 1


class TestPayloads:
    def test_tell_a_past_in_one_body(self, tmp_path: Path) -> None:
        one = read_history(history(tmp_path, SOLVED)).tickets["T1"]

        body = payloads.ticket(one, {"Agent_1": "u"}, {"Team_A": "q"})

        assert (body["channel"], body["priority"], body["queue_id"]) == ("social-media", "low", "q")
        assert body["history"] == {
            "first_responded_at": "2024-10-30T02:21:30+00:00",
            "resolved_at": "2024-10-30T15:15:00+00:00",
            "closed_at": "2024-10-30T15:15:00+00:00",
            "csat_score": 2,
        }

    def test_invent_nothing_for_what_is_open(self, tmp_path: Path) -> None:
        rows = read_history(history(tmp_path, OPEN, HANDED_UP)).tickets
        users, queues = {"Agent_1": "u", "Agent_2": "v"}, {"Team_A": "q", "Team_B": "r"}

        assert list(payloads.ticket(rows["T2"], users, queues)["history"]) == ["first_responded_at"]
        assert payloads.ticket(rows["T3"], users, queues)["history"]["status"] == "escalated"


class TestTruth:
    def test_counts_what_the_file_says(self, tmp_path: Path) -> None:
        cases = truth.read_cases(history(tmp_path, SOLVED, OPEN, HANDED_UP))

        assert truth.volume(cases) == "opened 3 resolved 1 open 2"
        assert truth.response_kept(cases) == "met 2 breached 1 rate 0.6667"
        assert truth.resolution_kept(cases) == "met 1 breached 2 rate 0.3333"
        assert truth.satisfaction(cases) == "1 answers, average 2.0000, 1:0 2:1 3:0 4:0 5:0"
        assert list(truth.grouped(cases, lambda case: case.team)) == ["Team_A", "Team_B"]

    def test_finds_the_rule_behind_the_flags(self, tmp_path: Path) -> None:
        cases = truth.read_cases(history(tmp_path, SOLVED, OPEN, HANDED_UP))

        assert truth.rule_misses(cases, 30, 24) == (0, 0)
        assert truth.rule_misses(cases, 10, 1) == (2, 2)
        assert truth.unresolved_said_to_be_met(cases) == 1

    def test_takes_percentiles_by_the_straight_line(self) -> None:
        assert truth.durations([10, 20, 30, 40]) == "4: average 25 s, median 25 s, p90 37 s"
        assert truth.durations([]) == "none"
        assert truth.at_share([7], 0.9) == 7


class TestSaid:
    def test_reads_like_the_truth(self) -> None:
        said = {"count": 4, "average": 25.0, "median": 25.0, "p90": 37.0}

        assert said_durations(said) == truth.durations([10, 20, 30, 40])
        assert said_durations(None) == said_durations({"count": 0}) == "none"
        assert said_volume({"opened": 3, "resolved": 1, "open": 2}) == "opened 3 resolved 1 open 2"
        assert said_kept({"met": 2, "breached": 1, "pending": 0}) == truth.kept(2, 1)
        assert said_kept({"met": 2, "breached": 1, "pending": 5}) != truth.kept(2, 1)
        assert said_answers({"distribution": {"2": 1, "5": 0}}) == truth.answers(Counter({2: 1}))


class TestReadback:
    def test_compares_instants_and_not_their_spelling(self, tmp_path: Path) -> None:
        one = read_history(history(tmp_path, SOLVED)).tickets["T1"]
        sent = Outcome(payloads.ticket(one, {"Agent_1": "u"}, {"Team_A": "q"}), 201, "1")
        past = sent.item["history"]
        held = {**sent.item, **past, "opened_at": "2024-10-29T22:00:00Z"}

        assert is_same(sent, held)
        assert not is_same(sent, {**held, "csat_score": 3})
        assert not is_same(sent, {**held, "opened_at": "2024-10-29T22:00:01Z"})
        assert not is_same(sent, None)
