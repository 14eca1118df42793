"""The figures of one run, whatever its size."""

from tests.chaos.campaign.run import Outcome, Withdrawal, send, send_to_some_who_leave, stage
from tests.figures import Figures

WITHDRAWAL_LIMIT = 5.0
# What a sender may have had in its hands at one kill.
_MOST_AT_ONCE = 40


async def prove(figures: Figures, sizes: dict[str, int], patience: float) -> Outcome:
    """Send campaigns of the budget's size, and judge what the mail server took."""
    async with stage(sizes["recipients"]) as on:
        outcome = await send(on, kills=sizes["kills"], throttle=sizes["throttle"], patience=patience)
        left = await send_to_some_who_leave(
            on, withdrawals=sizes["withdrawals"], throttle=sizes["slow_throttle"], patience=patience
        )
    figures.sample("recipients", len(on.crowd.people))
    figures.sample("kills", outcome.kills)
    figures.sample("throttle", sizes["throttle"])
    _judge_kills(figures, outcome, len(on.crowd.people))
    figures.sample("withdrawals", left.withdrawn)
    figures.sample("slow_throttle", sizes["slow_throttle"])
    _judge_withdrawals(figures, left)
    return outcome


def _judge_kills(figures: Figures, outcome: Outcome, people: int) -> None:
    judged = outcome.judgement
    figures.exactly("recipients without the mail", judged.without_mail, 0)
    figures.exactly("mails to somebody else", judged.strangers, 0)
    figures.exactly("recipients with several Message-IDs", judged.several_message_ids, 0)
    figures.exactly("Message-IDs of several recipients", judged.shared_message_ids, 0)
    figures.exactly("repeats without a kill in flight", judged.unexplained_repeats, 0)
    figures.exactly("mails without one-click unsubscribe", judged.without_one_click, 0)
    figures.at_least("sends in flight at the kills", outcome.in_flight_at_kills, 1)
    figures.at_most("repeats", judged.repeats, _MOST_AT_ONCE * outcome.kills)
    figures.exactly("members known as sent", outcome.counts.get("sent", 0), people)


def _judge_withdrawals(figures: Figures, left: Withdrawal) -> None:
    figures.at_most("last mail behind a withdrawn consent", left.latest, WITHDRAWAL_LIMIT, "s")
    figures.at_least("withdrawn before their mail", left.unsent, 1)
    figures.exactly("who agreed and has no mail", left.without_mail, 0)
