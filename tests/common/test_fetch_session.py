"""What is asked for, and what a whole request begins with, without any broker."""

from libs.common.bus import TopicPartition
from libs.common.fetch_session import Ask, FetchSession

A, B, C = (TopicPartition("crm.toy.thing", number) for number in range(3))


def opened(*places: TopicPartition) -> FetchSession:
    """A session that the broker has answered once."""
    made = FetchSession()
    for place in places:
        made.want(place, 0)
    made.ask()
    made.answered(77)
    return made


class TestAsk:
    def test_opens_with_everything(self) -> None:
        session = FetchSession()
        session.want(A, 5)
        session.want(B, 6)

        assert session.ask() == Ask(0, 0, {A: 5, B: 6}, [])

    def test_names_nothing_when_nothing_changed(self) -> None:
        session = opened(A, B)
        session.want(A, 0)

        assert session.ask() == Ask(77, 1, {}, [])

    def test_names_what_moved_and_what_is_new_and_forgets_what_was_left(self) -> None:
        session = opened(A, B)
        session.want(A, 9)
        session.leave(B)
        session.want(C, 3)

        assert session.ask() == Ask(77, 1, {A: 9, C: 3}, [B])

    def test_names_again_what_was_forgotten(self) -> None:
        session = opened(A)
        session.leave(A)
        session.ask()
        session.answered(77)
        session.want(A, 0)

        assert session.ask() == Ask(77, 2, {A: 0}, [])

    def test_forgets_nothing_that_the_broker_never_knew(self) -> None:
        session = opened(A)
        session.want(B, 0)
        session.leave(B)

        assert session.ask() == Ask(77, 1, {}, [])

    def test_after_leaving_all_only_differences_are_told(self) -> None:
        session = opened(A, B)
        session.leave_all()
        session.want(B, 0)
        session.want(C, 0)

        assert session.ask() == Ask(77, 1, {C: 0}, [A])

    def test_is_whole_again_behind_an_unanswered_request(self) -> None:
        session = opened(A, B)
        session.want(A, 4)
        session.leave(B)
        session.ask()

        assert session.ask() == Ask(77, 0, {A: 4}, [])

    def test_is_whole_again_when_the_broker_lost_the_session(self) -> None:
        session = opened(A, B)
        session.ask()
        session.restart()

        assert session.ask() == Ask(77, 0, {A: 0, B: 0}, [])

    def test_stays_whole_while_the_broker_keeps_no_session(self) -> None:
        session = FetchSession()
        session.want(A, 0)
        session.ask()
        session.answered(0)
        session.want(A, 8)

        assert session.ask() == Ask(0, 0, {A: 8}, [])

    def test_asks_last_for_what_was_served_last_in_a_whole_request(self) -> None:
        session = FetchSession()
        session.want(A, 0)
        session.want(B, 0)
        session.want(A, 7)

        assert list(session.ask().named) == [B, A]

    def test_counts_on_from_one_behind_the_last_epoch(self) -> None:
        session = opened(A)
        session._epoch = 2**31 - 1  # noqa: SLF001 - two thousand million requests later
        session.ask()
        session.answered(77)

        assert session.ask().epoch == 1
