"""Deliveries: events on their way to webhooks, and these events while they may be asked for.

They are many and change often, so they are rows beside the webhook and no aggregates: nobody hears of them.
"""

from datetime import timedelta
from random import uniform

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from libs.common.db import Base
from libs.common.problem_texts import register

register(
    {"redeliver-what": ("Name one delivery, a time range or a cursor", "请指定一个投递、时间范围或游标")}
)

# The group that reads every topic for the webhooks.
GROUP = "integration.webhooks"
PENDING, DELIVERED, DEAD = "pending", "delivered", "dead"
# Held: the webhook was off. Withheld: its owner could not read the record when its turn came.
HELD, WITHHELD = "held", "withheld"
# The type of an event that means nothing.
TEST = "integration.webhook.tested.v1"

# How long behind each failure comes the next attempt, in seconds: thirteen attempts over three days.
SCHEDULE = (5, 30, 120, 600, 1800, *(hours * 3600 for hours in (1, 2, 4, 8, 12, 20, 26)))
# So many failures in a row open the breaker; then one delivery at a time asks whether the receiver is back.
BREAKS_AT = 5
_FIRST_REST, _LONGEST_REST = 5.0, 60.0
_LONGEST_WISH = 3600
_INSTANT = sa.DateTime(timezone=True)

# An event that at least one webhook wanted, as it came from the bus: personal fields are ciphertext.
kept_event = sa.Table(
    "kept_event",
    Base.metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("partition", sa.Integer, nullable=False),
    sa.Column("offset", sa.BigInteger, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("time", _INSTANT, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("headers", JSONB, nullable=False),
    sa.Column("value", sa.LargeBinary, nullable=False),
)

# One event on its way to one webhook; its id is made of both, and is what the receiver knows it by.
delivery = sa.Table(
    "delivery",
    Base.metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("webhook_id", sa.Uuid, nullable=False),
    sa.Column("event_id", sa.Uuid, nullable=False),
    sa.Column("event_type", sa.Text, nullable=False),
    sa.Column("event_time", _INSTANT, nullable=False),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("partition", sa.Integer, nullable=False),
    sa.Column("offset", sa.BigInteger, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("attempts", sa.BigInteger, nullable=False),
    sa.Column("next_at", _INSTANT, nullable=False),
    sa.Column("lease_until", _INSTANT),
    sa.Column("last_status", sa.BigInteger),
    sa.Column("last_error", sa.Text),
    sa.Column("created_at", _INSTANT, nullable=False),
    sa.Column("finished_at", _INSTANT),
)


def pause(attempts: int, wish: int | None = None) -> timedelta:
    """Return how long to wait behind so many attempts, a little more by chance, or as long as was wished."""
    least = SCHEDULE[min(attempts, len(SCHEDULE)) - 1] * uniform(1.0, 1.1)  # noqa: S311 - it only spreads the load
    return timedelta(seconds=max(least, min(wish or 0, _LONGEST_WISH)))


def rest(failures: int) -> timedelta | None:
    """Return how long a receiver is left alone behind so many failures in a row."""
    if failures < BREAKS_AT:
        return None
    return timedelta(seconds=min(_LONGEST_REST, _FIRST_REST * 2.0 ** min(failures - BREAKS_AT, 10)))
