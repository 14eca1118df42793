"""A campaign whose senders are killed: everybody has his mail, repeats were in flight, and a no is a no."""

import pytest

from tests.chaos.campaign.judging import judge, latest_behind
from tests.chaos.campaign.post_office import Taken
from tests.chaos.campaign.proving import prove
from tests.figures import Figures, budget

PEOPLE = ("a@example.com", "b@example.com", "c@example.com")


def mail(recipient: str, at: float = 0.0, message_id: str | None = None, *, one_click: bool = True) -> Taken:
    return Taken(at, recipient, message_id or f"<{recipient}>", one_click)


GOOD = [mail(each) for each in PEOPLE]


class TestCampaign:
    async def test_reaches_everybody_through_kills(self) -> None:
        figures = Figures("campaign")

        await prove(figures, budget("campaign"), patience=500.0)

        assert figures.done(), figures.failures()


class TestJudge:
    def test_finds_nothing_wrong_with_one_mail_each(self) -> None:
        judged = judge(GOOD, PEOPLE, [])

        assert (judged.mails, judged.repeats, judged.without_mail, judged.strangers) == (3, 0, 0, 0)

    def test_excuses_a_repeat_of_what_was_in_flight(self) -> None:
        judged = judge([*GOOD, mail(PEOPLE[0], at=25.0)], PEOPLE, [0.5])

        assert (judged.repeats, judged.unexplained_repeats, judged.several_message_ids) == (1, 0, 0)

    @pytest.mark.parametrize(
        ("planted", "kills", "fault"),
        [
            (GOOD[1:], [], "without_mail"),
            ([*GOOD, mail("d@example.com")], [], "strangers"),
            ([*GOOD, mail(PEOPLE[0], at=1.0)], [], "unexplained_repeats"),
            ([*GOOD, mail(PEOPLE[0], at=90.0)], [60.0], "unexplained_repeats"),
            ([*GOOD, mail(PEOPLE[0], at=1.0)], [2.0], "unexplained_repeats"),
            ([*GOOD, mail(PEOPLE[0], at=25.0, message_id="<other>")], [0.5], "several_message_ids"),
            ([mail(each, message_id="<same>") for each in PEOPLE], [], "shared_message_ids"),
            ([*GOOD[1:], mail(PEOPLE[0], one_click=False)], [], "without_one_click"),
        ],
        ids=["lost", "stranger", "twice", "known", "too-early", "new-id", "one-id", "no-way-out"],
    )
    def test_finds_what_was_planted(self, planted: list[Taken], kills: list[float], fault: str) -> None:
        assert getattr(judge(planted, PEOPLE, kills), fault) > 0

    def test_times_the_last_mail_behind_a_withdrawal(self) -> None:
        taken = [mail(PEOPLE[0], at=3.0), mail(PEOPLE[1], at=16.0), mail(PEOPLE[2], at=99.0)]

        assert latest_behind(taken, {PEOPLE[0]: 10.0, PEOPLE[1]: 10.0}) == 6.0
        assert latest_behind(taken, {}) == -1.0
