"""The figures of one run, whatever its size."""

from tests.chaos.campaign.run import Outcome, send, stage
from tests.figures import Figures

WITHDRAWAL_LIMIT = 5.0


async def prove(figures: Figures, sizes: dict[str, int], patience: float) -> Outcome:
    """Send a campaign of the budget's size, and judge what the mail server took."""
    async with stage(sizes["recipients"]) as on:
        outcome = await send(
            on,
            kills=sizes["kills"],
            withdrawals=sizes["withdrawals"],
            throttle=sizes["throttle"],
            patience=patience,
        )
    judged = outcome.judgement
    figures.sample("recipients", len(on.crowd.people))
    figures.sample("kills", outcome.kills)
    figures.sample("withdrawals", len(on.withdrawn))
    figures.sample("throttle", sizes["throttle"])
    figures.exactly("recipients without the mail", judged.without_mail, 0)
    figures.exactly("mails to somebody else", judged.strangers, 0)
    figures.exactly("recipients with several Message-IDs", judged.several_message_ids, 0)
    figures.exactly("Message-IDs of several recipients", judged.shared_message_ids, 0)
    figures.exactly("repeats without a kill in flight", judged.unexplained_repeats, 0)
    figures.exactly("mails without one-click unsubscribe", judged.without_one_click, 0)
    figures.at_least("sends in flight at the kills", outcome.in_flight_at_kills, 1)
    figures.at_most("repeats", judged.repeats, 40 * outcome.kills)
    figures.at_most("last mail behind a withdrawal", outcome.latest_behind_withdrawal, WITHDRAWAL_LIMIT, "s")
    figures.at_least("withdrawn before their mail", outcome.withdrawn_unsent, 1)
    figures.at_least(
        "members known as sent", outcome.counts.get("sent", 0), len(on.crowd.people) - len(on.withdrawn)
    )
    figures.at_least("mails a second, kills included", judged.mails / outcome.seconds, 5)
    return outcome
