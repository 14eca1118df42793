"""Whether everybody has the mail, under one Message-ID, and repeats only what was in flight at a kill."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from tests.chaos.campaign.post_office import Taken

# A send ends, or is given up, within so many seconds: what was taken longer before a kill was known as sent.
IN_FLIGHT = 9.0


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is wrong with a campaign's mails."""

    mails: int
    without_mail: int
    strangers: int
    several_message_ids: int
    shared_message_ids: int
    repeats: int
    unexplained_repeats: int
    without_one_click: int


def judge(taken: Iterable[Taken], recipients: Collection[str], kills: Iterable[float]) -> Judgement:
    """Compare what the mail server took with who was to have it; `kills` are the sender's."""
    by_recipient: dict[str, list[Taken]] = defaultdict(list)
    by_message: dict[str, set[str]] = defaultdict(set)
    mails = sorted(taken, key=lambda each: each.at)
    for each in mails:
        by_recipient[each.recipient].append(each)
        by_message[each.message_id].add(each.recipient)
    moments = sorted(kills)
    pairs = [pair for own in by_recipient.values() for pair in pairwise(own)]
    return Judgement(
        mails=len(mails),
        without_mail=len(set(recipients) - by_recipient.keys()),
        strangers=len(by_recipient.keys() - set(recipients)),
        several_message_ids=sum(len({each.message_id for each in own}) > 1 for own in by_recipient.values()),
        shared_message_ids=sum(len(people) > 1 for people in by_message.values()),
        repeats=len(pairs),
        unexplained_repeats=sum(not _was_in_flight(first, second, moments) for first, second in pairs),
        without_one_click=sum(not each.one_click for each in mails),
    )


def _was_in_flight(first: Taken, second: Taken, kills: list[float]) -> bool:
    """Tell whether the sender was killed between two sends, right when the first was under way."""
    return any(first.at - 1.0 <= kill <= min(second.at, first.at + IN_FLIGHT) for kill in kills)


def latest_behind(taken: Iterable[Taken], withdrawn: Mapping[str, float]) -> float:
    """Return how long behind a withdrawal the last mail to such a person was taken; negative for before."""
    delays = [each.at - withdrawn[each.recipient] for each in taken if each.recipient in withdrawn]
    return max(delays, default=-1.0)
