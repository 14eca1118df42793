"""What a list route declares: its page, its items with sparse fields, and its query parameters."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from libs.common.listing import COUNT_CAP, LARGEST_LIMIT, Listing


class Total(BaseModel):
    """How many records match; `capped` says that there are more than `count`."""

    count: Annotated[int, Field(ge=0, le=COUNT_CAP)]
    capped: bool


def listed(listing: Listing, shown: type[BaseModel]) -> dict[str, Any]:
    """Return the keywords of a list route: `@router.get("", **listed(queries.LISTING, LeadRead))`.

    `shown` is how one record is read; in a list each of its fields may be left out by `fields`.
    """
    stem = shown.__name__.removesuffix("Read")
    items: Any = Annotated[list[_sparse(stem, shown)], Field(max_length=LARGEST_LIMIT)]  # type: ignore[misc]
    return {
        "response_model": create_model(
            f"{stem}Page",
            __doc__=f"A page of {listing.name}; `next_cursor` is null on the last one.",
            items=(items, ...),
            next_cursor=(str | None, ...),
            total=(Total, ...),
        ),
        "openapi_extra": {"parameters": listing.parameters},
    }


def _sparse(stem: str, shown: type[BaseModel]) -> type[BaseModel]:
    named = {"__doc__": shown.__doc__, "__module__": shown.__module__}
    config = ConfigDict(json_schema_extra=_nothing_required)
    return type(f"{stem}ListItem", (shown,), {**named, "model_config": config})


def _nothing_required(schema: dict[str, Any]) -> None:
    schema.pop("required", None)
