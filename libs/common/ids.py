"""Identifiers: UUIDv7 (RFC 9562), so that a primary key's order is roughly the order of creation."""

from uuid import UUID

from uuid_utils import compat


def new_id() -> UUID:
    """Return a fresh UUIDv7 as a standard-library UUID."""
    return compat.uuid7()
