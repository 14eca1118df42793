"""Verifies a service's audit trail against its seals and anchors.

Run as `python -m libs.common.audit_verify services.<name>`: one line, and exit code 1 when a row is not what
it was. It reads a part of the trail at a time, so its memory does not grow with it.
"""

import asyncio
import importlib
import logging
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import uuid4

import orjson

from libs.common.audit_chain import FACTS, Anchor, Broken, Chain, Check, Row, Seal
from libs.common.bus import Bus, Record
from libs.common.crypto import KekRing
from libs.common.db import Database
from libs.common.kafka import KafkaBus
from libs.common.plan import Plan, anchor_topic
from libs.common.reads import Asked, ReadPool

# How many numbers are looked at in one go; a seal's may go beyond.
STEP = 5000
_SEALS = "SELECT number, ids, hashes FROM audit_seal WHERE number >= $1 AND number < $2 ORDER BY number"
_NEXT = "SELECT number, ids, hashes FROM audit_seal WHERE number >= $1 ORDER BY number LIMIT 1"
_ROWS = f"SELECT id, {FACTS} FROM audit WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3"
_UNSEALED = "SELECT count(*), min(at)::text FROM audit WHERE id > $1"
_WAIT = 1.0
_PATIENCE = 30.0


class Trail(Protocol):
    """Where a trail is read from."""

    async def seals(self, number: int, beyond: int) -> Sequence[Seal]:
        """Return the seals whose number lies in [number, beyond), or the next one when there is none."""
        ...

    async def rows(self, after: int, upto: int, most: int) -> Sequence[Row]:
        """Return the rows whose id lies in (after, upto], at most so many."""
        ...


@dataclass(frozen=True, slots=True)
class PostgresTrail:
    """The trail of a service's database."""

    reads: ReadPool

    async def seals(self, number: int, beyond: int) -> Sequence[Seal]:
        """Return the seals whose number lies in [number, beyond), or the next one when there is none."""
        found = await self.reads.rows(Asked(_SEALS, (number, beyond)))
        found = found or await self.reads.rows(Asked(_NEXT, (number,)))
        return [Seal(*each) for each in found]

    async def rows(self, after: int, upto: int, most: int) -> Sequence[Row]:
        """Return the rows whose id lies in (after, upto], at most so many."""
        return [Row(*each) for each in await self.reads.rows(Asked(_ROWS, (after, upto, most)))]

    async def unsealed(self, after: int) -> tuple[int, str | None]:
        """Return how many rows come behind the last sealed one, and since when the first of them waits."""
        ((count, since),) = await self.reads.rows(Asked(_UNSEALED, (after,)))
        return count, since


async def verify(trail: Trail, chain: Chain, anchors: Iterable[Anchor]) -> Chain:
    """Walk the whole trail and return the chain at its end; raises Broken for the first bad row."""
    check = Check(chain, anchors)
    while seals := await trail.seals(chain.number + 1, chain.number + 1 + STEP):
        upto = max((max(each.ids, default=chain.last_id) for each in seals), default=chain.last_id)
        # One more than there may be: were there any, one would be met before these are at their end.
        most = sum(len(each.ids) for each in seals) + 1
        check.walk(seals, await trail.rows(chain.last_id, upto, most))
    check.end()
    return chain


async def read_anchors(bus: Bus, service: str) -> list[Anchor]:
    """Return every anchor that the log keeps of a service."""
    topic, found = anchor_topic(service), list[Anchor]()
    left = {place: end for place, end in (await bus.ends([topic])).items() if end}
    if not left:
        return found
    reader = await bus.reader(f"{service}.audit-verify.{uuid4().hex[:8]}", [topic], "0")
    try:
        async with asyncio.timeout(_PATIENCE) as patience:
            while left:
                for place in reader.unplaced():
                    reader.place(place, 0)
                for place, records in (await reader.poll(_WAIT, 1000)).items():
                    patience.reschedule(asyncio.get_running_loop().time() + _PATIENCE)
                    found += map(_anchor, records)
                    if place in left and records[-1].offset + 1 >= left[place]:
                        del left[place]
    finally:
        await reader.close()
    return found


def _anchor(record: Record) -> Anchor:
    told = orjson.loads(record.value)
    # The broker's time: it was told the hash by then, whatever the record itself says.
    return Anchor(told["number"], told["hash"], record.timestamp)


async def main(package: str) -> int:
    """Verify the service that stands in `package`, and say how it is; return the exit code."""
    plan: Plan = importlib.import_module(f"{package}.worker").PLAN
    service, ring = plan.settings.service, KekRing.load(plan.settings.kek_file)
    database, bus = Database.connect(plan.settings), KafkaBus(plan.settings)
    try:
        anchors = await read_anchors(bus, service)
        trail = PostgresTrail(database.reads)
        try:
            chain = await verify(trail, Chain.of(ring), anchors)
        except Broken as broken:
            sys.stdout.write(f"{service}: {broken}\n")
            return 1
        count, since = await trail.unsealed(chain.last_id)
        waiting = f", {count} not yet sealed since {since}" if count else ""
        sys.stdout.write(f"{service}: {chain.number} rows are as sealed, {len(anchors)} anchors{waiting}\n")
        return 0
    finally:
        await bus.close()
        await database.close()


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    sys.exit(asyncio.run(main(sys.argv[1])))
