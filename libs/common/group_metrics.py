"""What the metrics tell of the groups of a process."""

from collections.abc import Sequence
from datetime import datetime

from libs.common.envelope import Envelope
from libs.common.metrics import SLOW, Counter, Histogram

RECORDS = Counter("plexus_consumer_records_total", "Records by what became of them", ("group", "outcome"))
PARKED = Counter(
    "plexus_consumer_keys_parked_total", "Keys set aside, with a dead letter or without", ("group",)
)
DEAD_LETTERS = Counter("plexus_consumer_dead_letters_total", "Copies sent to the dead letters", ("group",))
RETRIES = Counter(
    "plexus_consumer_retries_total", "Batches to be tried again, by the failure's class", ("group", "error")
)
DELAY = Histogram(
    "plexus_event_delay_seconds", "From when an event was recorded until it was applied", ("group",), SLOW
)


def count(
    name: str, envelopes: Sequence[Envelope], taken: int, applied: int, parked: int, now: datetime
) -> None:
    """Note what became of a batch, and how old its oldest event was."""
    dropped = taken - applied - parked
    for outcome, number in (("applied", applied), ("duplicate", dropped), ("parked", parked)):
        if number:
            RECORDS.add(name, outcome, by=number)
    if applied:
        # A stranger's instant may lack its zone, and must not stop anything here.
        oldest = min(each.time.timestamp() for each in envelopes)
        DELAY.observe(max(0.0, now.timestamp() - oldest), name, times=applied)
