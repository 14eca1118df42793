"""The chain finds every tampering, and names the first broken row."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from libs.common.audit_chain import HASH_BYTES, Anchor, Broken, Chain, Row, Seal
from libs.common.audit_sealing import seal_turn
from libs.common.audit_verify import PostgresTrail, verify
from libs.common.crypto import KekRing
from libs.common.journal import Cause
from libs.common.testing import scratch
from libs.common.transaction import Transactions
from tests.figures import Figures, budget

ROWS, EACH, PLACES = 520, 40, 50
_NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
_CAUSE = Cause("system", "test")
# Gaps between the ids, as rolled back transactions leave them, and room for rows that were never there.
_GAPS = "ALTER TABLE audit ALTER COLUMN id SET INCREMENT BY 3"
_INSERT = """
INSERT INTO audit (at, actor, action, object_type, object_id, version, changes, correlation_id, address)
SELECT '2026-03-02 09:00:00+00'::timestamptz + n * interval '1 second', 'user:' || n % 7,
  'toy.changed', 'toy',
  md5(n::text), n, jsonb_build_object('name', jsonb_build_array(n, 'enc.v1.key.' || n)), 'trace' || n,
  '192.0.2.7'
FROM generate_series(1, :count) AS n"""


@dataclass(frozen=True)
class Copy:
    """A trail in memory, as a database holds it."""

    held: list[Seal]
    audited: list[Row]
    anchors: list[Anchor]

    async def seals(self, number: int, beyond: int) -> Sequence[Seal]:
        later = [each for each in self.held if each.number >= number]
        return [each for each in later if each.number < beyond] or later[:1]

    async def rows(self, after: int, upto: int, most: int) -> Sequence[Row]:
        found = sorted((each for each in self.audited if after < each.id <= upto), key=lambda row: row.id)
        return found[:most]

    def hash_of(self, number: int) -> bytes:
        seal = next(each for each in reversed(self.held) if each.number <= number)
        at = (number - seal.number) * HASH_BYTES
        return seal.hashes[at : at + HASH_BYTES]


@pytest.fixture(scope="module")
async def sealed() -> tuple[Copy, KekRing]:
    """A chain that a database held, anchored at every third of its seals and at its end."""
    async with scratch() as lent:
        ring = KekRing.load(lent.settings.kek_file)
        transactions = Transactions(lent.database, "toy", carries={"ring": ring, "service": "toy"})
        async with lent.database.engine.begin() as connection:
            await connection.execute(text(_GAPS))
        done = 0
        while done < ROWS:
            async with lent.database.engine.begin() as connection:
                await connection.execute(text(_INSERT), {"count": EACH})
            while (more := await transactions.run(_CAUSE, seal_turn)) == 0:
                pass
            done += more
        trail = PostgresTrail(lent.database.reads)
        held, audited = list(await trail.seals(1, ROWS + 1)), list(await trail.rows(0, 10**9, ROWS))
    copy = Copy(held, audited, [])
    numbers = sorted({*(each.number + len(each.ids) - 1 for each in held[::3]), ROWS})
    copy.anchors.extend(Anchor(each, copy.hash_of(each).hex(), _NOW) for each in numbers)
    return copy, ring


async def finding(copy: Copy, ring: KekRing) -> Broken | None:
    try:
        await verify(copy, Chain.of(ring), copy.anchors)
    except Broken as broken:
        return broken
    return None


def changed(copy: Copy, place: int, old: str, new: str) -> Copy:
    """Change what stands in the row of a number."""
    rows = list(copy.audited)
    rows[place - 1] = replace(rows[place - 1], facts=rows[place - 1].facts.replace(old, new, 1))
    assert rows != copy.audited
    return replace(copy, audited=rows)


def field(copy: Copy, place: int) -> tuple[Copy, int]:
    return changed(copy, place, '"toy.changed"', '"toy.seen"'), place


def actor_and_time(copy: Copy, place: int) -> tuple[Copy, int]:
    return changed(changed(copy, place, '"user:', '"user:9'), place, "T09:", "T08:"), place


def deletion(copy: Copy, place: int) -> tuple[Copy, int]:
    return replace(copy, audited=[*copy.audited[: place - 1], *copy.audited[place:]]), place


def insertion(copy: Copy, place: int) -> tuple[Copy, int]:
    beside = copy.audited[place - 1]
    return replace(copy, audited=[*copy.audited, Row(beside.id - 1, beside.facts)]), place


def swap(copy: Copy, place: int) -> tuple[Copy, int]:
    rows, other = list(copy.audited), place % ROWS + 1
    one, two = rows[place - 1], rows[other - 1]
    rows[place - 1], rows[other - 1] = Row(one.id, two.facts), Row(two.id, one.facts)
    return replace(copy, audited=rows), min(place, other)


def truncation(copy: Copy, place: int) -> tuple[Copy, int]:
    """Cut rows and seals off from a number on, as if nothing had come after."""
    held = [each for each in copy.held if each.number < place]
    kept = place - held[-1].number if held else 0
    if held:
        held[-1] = Seal(held[-1].number, held[-1].ids[:kept], held[-1].hashes[: kept * HASH_BYTES])
    return replace(copy, held=held, audited=copy.audited[: place - 1]), place


def rewritten(copy: Copy, ring: KekRing, place: int) -> Copy:
    """Change a row and seal it and all that follow again, with the key of a ring."""
    forged = field(copy, place)[0]
    held = [each for each in copy.held if each.number + len(each.ids) <= place]
    at = held[-1].number + len(held[-1].ids) if held else 1
    head = copy.hash_of(at - 1) if held else None
    chain = Chain.of(ring, at - 1, head=head)
    # What comes before the row in its seal keeps its hashes where the key is the same.
    held += [
        chain.seal(forged.audited[each.number - 1 :][: len(each.ids)]) for each in copy.held[len(held) :]
    ]
    return replace(forged, held=held)


KINDS = (field, actor_and_time, deletion, insertion, swap, truncation)


class TestTampering:
    async def test_is_always_found_and_the_first_broken_row_named(self, sealed: tuple[Copy, KekRing]) -> None:
        copy, ring = sealed
        found, samples, draw = 0, 0, random.Random(11)
        for kind in KINDS:
            for place in draw.sample(range(1, ROWS + 1), PLACES):
                forged, first = kind(copy, place)
                broken = await finding(forged, ring)
                found += broken is not None and broken.number == first
                samples += 1
        for place in draw.sample(range(1, ROWS + 1), PLACES):
            broken = await finding(rewritten(copy, ring, place), ring)
            vouched = max((each.number for each in copy.anchors if each.number < place), default=0)
            found += broken is not None and broken.number == vouched + 1
            samples += 1

        figures = Figures("audit")
        figures.exactly("tampering found", found, samples)
        figures.sample("tamperings", samples)
        assert figures.done(), figures.failures()

    async def test_by_who_has_no_key_is_found_at_the_row_itself(self, sealed: tuple[Copy, KekRing]) -> None:
        copy, ring = sealed
        stranger = replace(ring, blind_index_secret=bytes(32))
        first = copy.held[3].number

        broken = await finding(rewritten(copy, stranger, first), ring)

        assert broken is not None
        assert broken.number == first

    async def test_that_nobody_did_is_not_found(self, sealed: tuple[Copy, KekRing]) -> None:
        copy, ring = sealed

        chain = await verify(copy, Chain.of(ring), copy.anchors)

        assert chain.number == ROWS == len(copy.audited)
        assert await finding(copy, ring) is None

    async def test_of_a_seal_is_found_too(self, sealed: tuple[Copy, KekRing]) -> None:
        copy, ring = sealed
        second, third = copy.held[1], copy.held[2]
        crimes = {
            "its seal is gone": [copy.held[0], *copy.held[2:]],
            "cut short": [copy.held[0], replace(second, hashes=second.hashes[1:]), *copy.held[2:]],
            "out of order": [copy.held[0], replace(second, ids=[1, *second.ids[1:]]), *copy.held[2:]],
            "is not what was sealed": [*copy.held[:2], replace(third, hashes=second.hashes), *copy.held[3:]],
        }

        told = {what: await finding(replace(copy, held=held), ring) for what, held in crimes.items()}

        assert {what: what in str(broken) for what, broken in told.items()} == dict.fromkeys(crimes, True)

    async def test_that_happened_long_after_the_anchor_says_when_that_was(
        self, sealed: tuple[Copy, KekRing]
    ) -> None:
        copy, ring = sealed
        late = Anchor(ROWS + 9, "ab", _NOW + timedelta(hours=1))

        broken = await finding(replace(copy, anchors=[*copy.anchors, late]), ring)

        assert str(broken) == (
            f"row {ROWS + 1}: is gone, as are all up to row {ROWS + 9},"
            " which was anchored at 2026-03-02 10:00:00 UTC"
        )


def test_the_budget_is_what_the_proof_does() -> None:
    assert budget("audit") == {"tamperings": (len(KINDS) + 1) * PLACES}
