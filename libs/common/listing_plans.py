"""What a list keeps of a page that was asked before: its statements as they are sent, and how long it was."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from libs.common.reads import Asked, ReadPool, Row

# Pages and their callers, as many as are looked at in one minute; a hostile query may be 64 KiB long.
MOST_KEPT = 500
COUNT_CAP = 1_000
# A list that was found to be this long is longer than the cap for a moment more: it would have to lose the
# rows between in that time, and aggregates change one by one, in transactions of fifty at most.
SURELY_LONG, SURE_FOR = 2 * COUNT_CAP, 0.25


class Kept[Key: Hashable, Value](dict[Key, Value]):
    """A dictionary that begins anew when it is full."""

    def keep(self, key: Key, value: Value) -> Value:
        """Remember a value and return it."""
        if len(self) >= MOST_KEPT:
            self.clear()
        self[key] = value
        return value


@dataclass(slots=True)
class Plan:
    """One page as one caller sees it; `make` gives its statements, each when it is first needed.

    "page" is the page and one row more; "total" the count of all, up to SURELY_LONG + 1; "whole" both in one
    for a list within the cap, with the count of all, up to COUNT_CAP + 1, at the end of each row. It is asked
    first where the list was `short`, within the cap, when a page of this text was last asked.
    """

    pool: ReadPool
    make: Callable[[str], Asked]
    short: Kept[str, bool]
    limit: int
    is_first: bool
    asked: dict[str, Asked] = field(default_factory=dict)
    long_until: float = 0.0

    async def found(self) -> tuple[Sequence[Row], int]:
        """Return the rows of the page, one more where there are more, and how many there are in all."""
        text = self._asked("page").text
        if self.is_first and self.short.get(text):
            rows = await self._rows("whole")
            count = rows[0][-1] if rows else 0
            if count <= COUNT_CAP:
                return rows, count
            self.short[text] = False
            return await self._rows("page"), count
        rows = await self._rows("page")
        if self.is_first and len(rows) <= self.limit:
            return rows, len(rows)
        if monotonic() < self.long_until:
            return rows, SURELY_LONG
        count = (await self._rows("total"))[0][0]
        self.short.keep(text, count <= COUNT_CAP)
        if count > SURELY_LONG:
            self.long_until = monotonic() + SURE_FOR
        return rows, count

    async def _rows(self, name: str) -> Sequence[Row]:
        return await self.pool.rows(self._asked(name))

    def _asked(self, name: str) -> Asked:
        known = self.asked.get(name)
        if known is None:
            known = self.asked[name] = self.make(name)
        return known


def total(count: int) -> dict[str, Any]:
    """Return how a count is shown."""
    return {"count": min(count, COUNT_CAP), "capped": count > COUNT_CAP}
