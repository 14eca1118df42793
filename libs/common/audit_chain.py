"""The audit trail as a chain: each row's hash is taken over the row and the hash before it.

HMAC-SHA256 (RFC 2104) under a key that is not in the database, so whoever can only write there cannot seal a
row; who has the key too is found by the anchors, heads of the chain that the log was told (docs/adr/0016).
What is hashed is what is stored: personal values are ciphertext there, so an erasure, which takes their keys,
breaks nothing.
"""

import hmac
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from libs.common.crypto import KekRing

HASH_BYTES = 32
# What a row is hashed as: one text in which no two rows look alike, whatever zone or locale the session has.
FACTS = """json_build_array(id, at AT TIME ZONE 'UTC', actor, action, object_type, object_id, version,
  changes, correlation_id, address)::text"""
BEFORE_ALL = -(2**63)


@dataclass(frozen=True, slots=True)
class Seal:
    """Rows that were sealed in one turn: the number of the first, their ids in order, their hashes."""

    number: int
    ids: Sequence[int]
    hashes: bytes


@dataclass(frozen=True, slots=True)
class Anchor:
    """What the log was told: the hash of the row of this number, at an instant."""

    number: int
    hash: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the trail as it is now, and what it is hashed as."""

    id: int
    facts: str


@dataclass(eq=False)
class Broken(Exception):
    """The first row of the chain that is not as it was sealed: its number, its id if it has one, and why."""

    number: int
    id: int | None
    what: str

    def __str__(self) -> str:
        """Say it in one line."""
        named = f"row {self.number}" if self.id is None else f"row {self.number} (id {self.id})"
        return f"{named}: {self.what}"


@dataclass(slots=True)
class Chain:
    """The chain up to a row: how many there are, the id and the hash of the last."""

    key: bytes = field(repr=False)
    number: int = 0
    last_id: int = BEFORE_ALL
    head: bytes = bytes(HASH_BYTES)
    _mac: hmac.HMAC = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Take the key in once: a copy of that costs half of a new one."""
        self._mac = hmac.new(self.key, digestmod="sha256")

    @classmethod
    def of(
        cls, ring: KekRing, number: int = 0, last_id: int = BEFORE_ALL, head: bytes | None = None
    ) -> "Chain":
        """Begin the chain of a deployment, or go on behind a row."""
        return cls(ring.secret("audit-chain"), number, last_id, head or bytes(HASH_BYTES))

    def append(self, row: Row) -> bytes:
        """Go on by a row and return its hash."""
        mac = self._mac.copy()
        mac.update(self.head)
        mac.update(row.facts.encode())
        self.head = mac.digest()
        self.number += 1
        self.last_id = row.id
        return self.head

    def seal(self, rows: Iterable[Row]) -> Seal:
        """Go on by several rows, which come by their ids."""
        number, ids, hashes = self.number + 1, [], bytearray()
        for row in rows:
            hashes += self.append(row)
            ids.append(row.id)
        return Seal(number, ids, bytes(hashes))


class Check:
    """Walks the chain from its first row, and raises Broken at the first that is not what it was."""

    def __init__(self, chain: Chain, anchors: Iterable[Anchor]) -> None:
        """Take a chain at its beginning, and every anchor that there is."""
        self.chain = chain
        self.anchors: Mapping[int, Sequence[Anchor]] = _by_number(anchors)
        self._vouched = 0

    def walk(self, seals: Sequence[Seal], rows: Sequence[Row]) -> None:
        """Compare seals, which follow those before, with all rows up to the last id of them."""
        found = iter(rows)
        for seal in seals:
            self._seal(seal, found)
        for row in found:
            raise Broken(self.chain.number + 1, row.id, "was inserted after the rows around it were sealed")

    def end(self) -> None:
        """Say that there are no more seals."""
        last = max(self.anchors, default=0)
        if last > self.chain.number:
            at = self.anchors[last][-1].at
            what = f"is gone, as are all up to row {last}, which was anchored at {at:%Y-%m-%d %H:%M:%S} UTC"
            raise Broken(self.chain.number + 1, None, what)

    def _seal(self, seal: Seal, rows: Iterator[Row]) -> None:
        chain = self.chain
        if seal.number != chain.number + 1:
            raise Broken(chain.number + 1, None, f"its seal is gone; the next seal is of row {seal.number}")
        if not seal.ids or len(seal.hashes) != len(seal.ids) * HASH_BYTES:
            raise Broken(seal.number, None, "its seal is cut short")
        for place, identity in enumerate(seal.ids):
            row, number = next(rows, None), chain.number + 1
            if identity <= chain.last_id:
                raise Broken(number, identity, "its seal is out of order")
            if row is None or row.id > identity:
                raise Broken(number, identity, "was deleted")
            if row.id < identity:
                raise Broken(number, row.id, "was inserted after the rows around it were sealed")
            if chain.append(row) != seal.hashes[place * HASH_BYTES : (place + 1) * HASH_BYTES]:
                raise Broken(number, identity, "is not what was sealed: it, or its seal, was changed")
            if number in self.anchors:
                self._compare(number)

    def _compare(self, number: int) -> None:
        for anchor in self.anchors[number]:
            if anchor.hash != self.chain.head.hex():
                first = self._vouched + 1
                what = (
                    f"this row or one up to row {number} was changed and sealed again: "
                    f"row {number} is not the one anchored at {anchor.at:%Y-%m-%d %H:%M:%S} UTC"
                )
                raise Broken(first, None, what)
        self._vouched = number


def _by_number(anchors: Iterable[Anchor]) -> Mapping[int, Sequence[Anchor]]:
    found: dict[int, list[Anchor]] = {}
    for each in anchors:
        found.setdefault(each.number, []).append(each)
    return found
