"""What an aggregate has recorded and not flushed yet."""

from libs.common.db import Aggregate
from libs.common.events import Event


def told(aggregate: Aggregate) -> list[Event]:
    """Return the events in order, each checked to have taken the next version."""
    waiting = aggregate.__dict__.get("_waiting", [])
    last = aggregate.version
    assert [each.sequence for each in waiting] == list(range(last - len(waiting) + 1, last + 1))
    return [each.event for each in waiting]
