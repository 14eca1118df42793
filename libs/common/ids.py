"""Identifiers: UUIDv7 (RFC 9562), so that a primary key's order is roughly the order of creation."""

from uuid import UUID

import orjson
from uuid_utils import compat, uuid7


def new_id() -> UUID:
    """Return a fresh UUIDv7 as a standard-library UUID."""
    return compat.uuid7()


def new_id_text() -> str:
    """Return a fresh UUIDv7 as its text, at a third of the cost."""
    return str(uuid7())


def text_of(identity: UUID) -> str:
    """Return `str(identity)`, three times as fast for what the standard library made."""
    # The driver's own UUIDs are a subclass, which writes itself fast and which orjson does not know.
    return orjson.dumps(identity)[1:-1].decode() if type(identity) is UUID else str(identity)
