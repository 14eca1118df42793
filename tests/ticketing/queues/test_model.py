"""Whose turn it is in a queue, and what a queue tells."""

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from libs.common.problems import Conflict
from libs.contracts.ticketing import QueueDeleted, QueueOpened, QueueRestored, QueueRevised
from tests.factories.directory import uid
from tests.factories.records import told
from tests.factories.ticketing import NOW, make_queue

LATER = NOW + timedelta(hours=1)
ANN, BOB, CEM = uid(1), uid(2), uid(3)
EVERYBODY = {ANN, BOB, CEM}


class TestOpen:
    def test_records_queue_opened_with_each_member_once(self) -> None:
        queue = make_queue(BOB, ANN, BOB)

        (opened,) = told(queue)
        assert opened == QueueOpened(queue_id=queue.id, occurred_at=NOW, state=queue.state())
        assert opened.state.member_ids == (ANN, BOB)


class TestChooseByTurn:
    @pytest.mark.parametrize(
        ("last", "chosen"),
        [(None, ANN), (ANN, BOB), (BOB, CEM), (CEM, ANN), (uid(99), ANN)],
        ids=["first", "second", "third", "round", "one-who-left"],
    )
    def test_takes_the_next_one(self, last: UUID | None, chosen: UUID) -> None:
        assert make_queue(CEM, ANN, BOB).choose(EVERYBODY, last, {}) == chosen

    def test_passes_over_who_is_not_active(self) -> None:
        assert make_queue(ANN, BOB, CEM).choose({ANN, CEM}, ANN, {}) == CEM

    def test_gives_everybody_the_same(self) -> None:
        queue, last, given = make_queue(ANN, BOB, CEM), None, Counter[UUID]()

        for _ in range(30):
            last = queue.choose(EVERYBODY, last, {})
            assert last is not None
            given[last] += 1

        assert given == dict.fromkeys(EVERYBODY, 10)


class TestChooseByDesk:
    def test_takes_who_has_the_fewest(self) -> None:
        queue = make_queue(ANN, BOB, CEM, assignment="least-open")

        assert queue.choose(EVERYBODY, None, {ANN: 4, BOB: 2, CEM: 3}) == BOB

    def test_lets_the_turn_decide_among_equals(self) -> None:
        queue = make_queue(ANN, BOB, CEM, assignment="least-open")

        assert queue.choose(EVERYBODY, BOB, {}) == CEM
        assert queue.choose(EVERYBODY, CEM, {ANN: 1}) == BOB


class TestChooseNobody:
    def test_when_it_is_for_people_to_say(self) -> None:
        assert make_queue(ANN, assignment="manual").choose(EVERYBODY, None, {}) is None

    @pytest.mark.parametrize("assignment", ["round-robin", "least-open"])
    def test_when_nobody_is_there(self, assignment: str) -> None:
        assert make_queue(ANN, assignment=assignment).choose({BOB}, None, {}) is None
        assert make_queue(assignment=assignment).choose(EVERYBODY, None, {}) is None


class TestRevise:
    def test_records_its_members_now(self) -> None:
        queue = make_queue(ANN)

        queue.revise({"member_ids": [CEM, ANN], "assignment": "least-open"}, LATER)

        revised = told(queue)[-1]
        assert isinstance(revised, QueueRevised)
        assert (revised.state.member_ids, revised.state.assignment) == ((ANN, CEM), "least-open")

    def test_says_nothing_of_another_order(self) -> None:
        queue = make_queue(ANN, BOB)

        queue.revise({"member_ids": [BOB, ANN], "name": "Support"}, LATER)

        assert (len(told(queue)), queue.updated_at) == (1, NOW)


class TestDelete:
    def test_goes_to_the_recycle_bin_and_comes_back(self) -> None:
        queue = make_queue()

        queue.delete(LATER)
        queue.restore(LATER)

        assert [type(event) for event in told(queue)[1:]] == [QueueDeleted, QueueRestored]

    @pytest.mark.parametrize(
        "act",
        [lambda one: one.delete(LATER), lambda one: one.revise({"name": "x"}, LATER)],
        ids=["delete", "revise"],
    )
    def test_rejects_everything_else_afterwards(self, act: Any) -> None:
        queue = make_queue()
        queue.delete(NOW)

        with pytest.raises(Conflict, match="deleted"):
            act(queue)

    def test_rejects_restoring_what_is_not_deleted(self) -> None:
        with pytest.raises(Conflict, match="not-deleted"):
            make_queue().restore(LATER)
