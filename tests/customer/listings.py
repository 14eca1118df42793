"""Every declared filter and sort of a list, with a value that fits it."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from libs.common.listing import Listing

_FITTING = {
    "uuid": "00000000-0000-7000-8000-000000000001",
    "date-time": "2026-01-01T00:00:00Z",
    "date": "2026-01-01",
    "integer": "5",
    "boolean": "true",
    "string": "a",
}


async def ask_everything(listing: Listing, connection: AsyncConnection) -> int:
    """Run each filter and sort once on the real server, which refuses what is no SQL; return how many."""
    filters = [
        (each["name"], _value(each["schema"]))
        for each in listing.parameters
        if each["name"] not in {"limit", "cursor", "sort", "fields"}
    ]
    sorts = [("sort", sign + name) for name in listing.sorts for sign in ("", "-")]
    for question in [*filters, *sorts]:
        await listing.page(connection, listing.parse([question]))
    return len(filters) + len(sorts)


def _value(schema: dict[str, Any]) -> str:
    if schema["type"] == "array":
        return ",".join([_value(schema["items"])] * 2)
    return _FITTING[schema.get("format", schema["type"])]
