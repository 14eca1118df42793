"""What every client of aiokafka shares: its options, its end, and the form of a record."""

import asyncio
import ssl
import struct
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from libs.common.bus import Record
from libs.common.settings import Settings

_SEED, _MIX, _WORD = 0x9747B28C, 0x5BD1E995, 0xFFFFFFFF
_stopping: set[asyncio.Task[None]] = set()


async def stop(client: AIOKafkaProducer | AIOKafkaConsumer) -> None:
    """Stop a client; after a second it goes on in the background."""
    task = asyncio.create_task(client.stop())
    _stopping.add(task)
    task.add_done_callback(_stopping.discard)
    await asyncio.wait([task], timeout=1)


def connection(settings: Settings) -> dict[str, Any]:
    """Return the options that every client takes."""
    options: dict[str, Any] = {
        "bootstrap_servers": settings.kafka_bootstrap,
        "client_id": f"plexus-{settings.service}-{settings.slot}",
        "security_protocol": settings.kafka_security_protocol,
        "retry_backoff_ms": 100,
    }
    if "SASL" in settings.kafka_security_protocol:
        options["sasl_mechanism"] = settings.kafka_sasl_mechanism
        options["sasl_plain_username"] = settings.kafka_sasl_username
        options["sasl_plain_password"] = settings.kafka_sasl_password
    if "SSL" in settings.kafka_security_protocol:
        options["ssl_context"] = ssl.create_default_context(cafile=settings.kafka_ca_file)
    return options


def record_of(place: Any, each: Any) -> Record:
    """Return a record of a topic's partition as the port has it."""
    return Record(
        place.topic,
        place.partition,
        each.offset,
        datetime.fromtimestamp(each.timestamp / 1000, UTC),
        each.key or b"",
        each.value or b"",
        tuple(each.headers),
    )


@lru_cache(maxsize=4096)
def partition_of(key: bytes, count: int) -> int:
    """Return which of `count` partitions Kafka's clients choose for a key: murmur2 as Java's has it.

    The client's own takes a byte at a time, which is most of what sending a small message costs.
    """
    size = len(key)
    words, hashed = size // 4, _SEED ^ size
    for word in struct.unpack_from(f"<{words}I", key):
        mixed = word * _MIX & _WORD
        hashed = (hashed * _MIX & _WORD) ^ ((mixed ^ mixed >> 24) * _MIX & _WORD)
    if size % 4:
        hashed = (hashed ^ int.from_bytes(key[words * 4 :], "little")) * _MIX & _WORD
    hashed = (hashed ^ hashed >> 13) * _MIX & _WORD
    return ((hashed ^ hashed >> 15) & 0x7FFFFFFF) % count
