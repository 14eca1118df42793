"""Ask every door what it shows to viewer after viewer, and compare with the specification."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from tests.access.doors import Door
from tests.access.worlds import Viewer, worlds

SEED = 20261123
MOST_TOLD = 10
FEW = 6


@dataclass
class Verdict:
    """How many (viewer, record) pairs each door was asked for, and what it said that is not so."""

    cases: Counter[str] = field(default_factory=Counter)
    shown: int = 0
    wrong: list[str] = field(default_factory=list)


async def judge(doors: Sequence[Door], cases: int, seed: int = SEED, *, until_wrong: bool = False) -> Verdict:
    """Go through companies until so many cases are judged, or, `until_wrong`, the first is wrong."""
    verdict = Verdict()
    chance = random.Random(seed)
    for company, viewers in worlds(seed):
        # The first door is the cheapest by far; of the others, one viewer comes through a few.
        asked = [(viewer, doors[0]) for viewer in viewers]
        asked += [(chance.choice(viewers), door) for door in chance.sample(doors[1:], FEW)]
        for viewer, door in asked:
            allowed = {id for id, each in door.records.items() if viewer.may(door.kind, each, door.action)}
            verdict.cases[door.name] += len(door.records)
            verdict.shown += len(allowed)
            wrong = await _wrong(door, viewer, allowed)
            if wrong and len(verdict.wrong) < MOST_TOLD:
                verdict.wrong.append(f"{company}, {door.name}, {viewer.actor.user_id}: {wrong}")
            if wrong and until_wrong:
                return verdict
        if verdict.cases.total() >= cases:
            break
    return verdict


async def _wrong(door: Door, viewer: Viewer, allowed: set[UUID]) -> str:
    """Return what a door says that is not so; what it says about itself must be in itself right."""
    try:
        found = await door.ask(viewer.actor)
    except AssertionError as error:
        return f"at odds with itself: {error}"
    if isinstance(found, int):
        expected = min(len(allowed), door.most)
        return "" if found == expected else f"{found} for {expected}"
    return "" if found == allowed else f"shows {sorted(found - allowed)}, hides {sorted(allowed - found)}"
