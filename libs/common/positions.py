"""How far somebody has read in every partition, as one short opaque text.

Four bytes of a topic's hash stand for its name, then one varint per partition (LEB128), so that the text
fits a header line however many topics there are.
"""

import base64
import binascii
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import orjson

from libs.common.bus import TopicPartition
from libs.common.problems import BadRequest

# A thousand partitions fit, and an address that the server still reads.
LONGEST = 16_384
_FORM = 1
_HASH_BYTES = 4
_TOO_FAR = 2**63

type Positions = Mapping[TopicPartition, int]


def encode(positions: Positions) -> str:
    """Return the text of positions; those at 0 are left out."""
    topics: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for place, at in positions.items():
        if at > 0:
            topics[place.topic][place.partition] = at
    written = bytearray([_FORM])
    for topic in sorted(topics):
        partitions = topics[topic]
        written += _named(topic)
        written.append(max(partitions) + 1)
        for number in range(max(partitions) + 1):
            _write(written, partitions.get(number, 0))
    return base64.urlsafe_b64encode(written).decode().rstrip("=")


def decode(given: str | None, topics: Iterable[str]) -> dict[TopicPartition, int]:
    """Return the positions of a text in these topics, none for no text; others are passed over.

    Raises BadRequest `bad-cursor` for what `encode` never made. The form of an earlier release, a JSON object
    by `topic/partition`, is read as well.
    """
    if given is None:
        return {}
    try:
        raw = base64.b64decode(given + "=" * (-len(given) % 4), altchars=b"-_", validate=True)
        found = _read_json(raw) if raw[:1] == b"{" else _read(raw, {_named(each): each for each in topics})
    except (ValueError, binascii.Error, IndexError) as error:
        raise BadRequest("bad-cursor") from error
    if not all(0 <= at < _TOO_FAR for at in found.values()):
        raise BadRequest("bad-cursor")
    return found


def _named(topic: str) -> bytes:
    return hashlib.blake2b(topic.encode(), digest_size=_HASH_BYTES).digest()


def _write(into: bytearray, number: int) -> None:
    while number >= 0x80:  # noqa: PLR2004 - seven bits a byte
        into.append(number & 0x7F | 0x80)
        number >>= 7
    into.append(number)


def _read(raw: bytes, names: Mapping[bytes, str]) -> dict[TopicPartition, int]:
    if not raw or raw[0] != _FORM:
        raise ValueError(raw[:1])
    rest, found = iter(raw[1:]), {}
    for first in rest:
        name = bytes([first, *(_next(rest) for _ in range(_HASH_BYTES - 1))])
        topic = names.get(name)
        for number in range(_next(rest)):
            at = _varint(rest)
            if topic is not None:
                found[TopicPartition(topic, number)] = at
    return found


def _varint(rest: Iterator[int]) -> int:
    number = shift = 0
    while True:
        byte = _next(rest)
        number |= (byte & 0x7F) << shift
        shift += 7
        if number >= _TOO_FAR:
            raise ValueError(number)
        if byte < 0x80:  # noqa: PLR2004 - the last byte
            return number


def _next(rest: Iterator[int]) -> int:
    byte = next(rest, None)
    if byte is None:
        raise ValueError("cut off")
    return byte


def _read_json(raw: bytes) -> dict[TopicPartition, int]:
    found = {}
    for name, at in orjson.loads(raw).items():
        topic, _, partition = name.rpartition("/")
        if type(at) is not int or not (partition.isascii() and partition.isdecimal()):
            raise ValueError(name)
        found[TopicPartition(topic, int(partition))] = at
    return found
